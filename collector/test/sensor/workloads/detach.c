/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Takes the programs of the process in its argument off their hooks, as root can: all that the kernel lets it. Prints how many. */
#define _GNU_SOURCE
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif

#define MOST 1024

int main(int argc, char **argv)
{
	int process = argc == 2 ? syscall(SYS_pidfd_open, atoi(argv[1]), 0) : -1, count = 0;

	if (process < 0)
		return 2;
	for (int fd = 0; fd < MOST; fd++) {
		union bpf_attr attr = { 0 };
		int taken = syscall(SYS_pidfd_getfd, process, fd, 0);

		if (taken < 0)
			continue;
		attr.link_detach.link_fd = taken;
		count += syscall(SYS_bpf, BPF_LINK_DETACH, &attr, sizeof(attr)) == 0;
		close(taken);
	}
	printf("%d\n", count);
	return 0;
}
