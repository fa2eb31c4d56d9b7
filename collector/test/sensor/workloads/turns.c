/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * On one processor, programs are started one after the other, and another task, which goes before all others, again and
 * again makes a file meanwhile: wherever it takes over, what is told of both must be theirs. Prints how many of each.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PROGRAMS 60
#define PAUSE_NS 200000

static int *files;

static void make_files(const char *folder)
{
	struct sched_param first = { .sched_priority = 1 };
	struct timespec pause = { .tv_nsec = PAUSE_NS };
	char path[256];

	sched_setscheduler(0, SCHED_FIFO, &first);
	for (;;) {
		snprintf(path, sizeof(path), "%s/made", folder);
		close(open(path, O_WRONLY | O_CREAT, 0600));
		unlink(path);
		++*files;
		nanosleep(&pause, NULL);
	}
}

int main(int argc, char **argv)
{
	cpu_set_t one;
	pid_t maker;

	if (argc > 2 && !strcmp(argv[1], "nop"))
		return 0;
	if (argc != 2)
		return 2;
	CPU_ZERO(&one);
	CPU_SET(0, &one);
	sched_setaffinity(0, sizeof(one), &one);
	files = mmap(NULL, sizeof(*files), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	maker = fork();
	if (maker == 0)
		make_files(argv[1]);
	for (int i = 0; i < PROGRAMS; i++) {
		pid_t pid = vfork();

		if (pid == 0) {
			execl("/proc/self/exe", "turns", "nop", "the-argument-of-a-program", NULL);
			_exit(1);
		}
		waitpid(pid, NULL, 0);
	}
	kill(maker, SIGKILL);
	waitpid(maker, NULL, 0);
	printf("%d\n%d\n", PROGRAMS, *files);
	return 0;
}
