// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#define _GNU_SOURCE
#include "uprobeMulti.h"

#include <errno.h>
#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#define UPROBE_MULTI_RETURN 1

struct uprobe_multi_attr {
	__u32 program;
	__u32 target;
	__u32 attach_type;
	__u32 flags;
	__u64 path;
	__u64 offsets;
	__u64 reference_counters;
	__u64 cookies;
	__u32 count;
	__u32 multi_flags;
	__u32 pid;
	__u32 pad;
};

int uprobe_multi_attach(int program, const char *path, const __u64 *offsets, const __u64 *cookies, __u32 count, bool returns)
{
	struct uprobe_multi_attr attr = {
		.program = program,
		.attach_type = UPROBE_MULTI,
		.path = (unsigned long)path,
		.offsets = (unsigned long)offsets,
		.cookies = (unsigned long)cookies,
		.count = count,
		.multi_flags = returns ? UPROBE_MULTI_RETURN : 0,
	};

	return syscall(SYS_bpf, BPF_LINK_CREATE, &attr, sizeof(attr));
}

bool uprobe_multi_is_there(int program)
{
	__u64 nowhere = 0;
	/* No file: a kernel that knows the call says so, another that the call is wrong. */
	int link = uprobe_multi_attach(program, "/", &nowhere, &nowhere, 1, false);

	if (link >= 0)
		close(link);
	return link >= 0 || (errno != EINVAL && errno != E2BIG);
}
