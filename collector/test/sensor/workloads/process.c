/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Processes of every kind, one per name. Prints the pids it made, one per line, in the order of their making. */
#define _GNU_SOURCE
#include <linux/sched.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char *self;

static void say(pid_t pid)
{
	printf("%d\n", pid);
	fflush(stdout);
}

static void await(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) != pid)
		;
}

static void reap(pid_t pid)
{
	say(pid);
	await(pid);
}

static void run_self(const char *name)
{
	char *const argv[] = { "process", (char *)name, NULL };

	execv(self, argv);
	_exit(127);
}

static void by_fork(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(7);
	reap(pid);
}

static void by_vfork(void)
{
	pid_t pid = vfork();

	if (pid == 0)
		run_self("nop");
	reap(pid);
}

/* The middle process ends at once, so its child gets another parent. */
static void twice(void)
{
	pid_t middle = fork();

	if (middle == 0) {
		pid_t last = fork();

		if (last == 0) {
			/* Only once the middle has ended is the end of this one told after it. */
			while (getppid() != 1)
				usleep(1000);
			run_self("nop");
		}
		say(last);
		say(getpid());
		_exit(0);
	}
	await(middle);
}

static void by_signal(int signal)
{
	pid_t pid = fork();

	if (pid == 0) {
		kill(getpid(), signal);
		pause();
	}
	reap(pid);
}

static void *exec_here(void *unused)
{
	run_self("nop");
	return unused;
}

/* A thread that is not the first one execs: it takes the pid of the process, and all other threads end. */
static void thread_execs(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		pthread_t thread;

		pthread_create(&thread, NULL, exec_here, NULL);
		pause();
	}
	reap(pid);
}

static void *exit_later(void *unused)
{
	usleep(50000);
	exit(5);
	return unused;
}

/* The first thread ends before the others: the process ends only with the last. */
static void leader_leaves(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		pthread_t thread;

		pthread_create(&thread, NULL, exit_later, NULL);
		pthread_exit(NULL);
	}
	reap(pid);
}

/* Threads are no processes; they all end at about the same time. */
static void *nothing(void *unused)
{
	return unused;
}

static void many_threads(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		pthread_t threads[50];

		for (int i = 0; i < 50; i++)
			pthread_create(&threads[i], NULL, nothing, NULL);
		for (int i = 0; i < 50; i++)
			pthread_join(threads[i], NULL);
		_exit(0);
	}
	reap(pid);
}

/* Two processes with the same pid, one after the other. */
static void same_pid(void)
{
	pid_t pid = fork(), again = 0;

	if (pid == 0)
		_exit(1);
	reap(pid);
	/* Somebody else may take the pid in between; the kernel then says so, and we try until it is free. */
	for (int i = 0; i < 1000; i++) {
		struct clone_args args = { .exit_signal = SIGCHLD, .set_tid = (uintptr_t)&pid, .set_tid_size = 1 };

		again = syscall(SYS_clone3, &args, sizeof(args));
		if (again == 0)
			_exit(2);
		if (again > 0)
			break;
		usleep(1000);
	}
	reap(again);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	self = "/proc/self/exe";
	if (!strcmp(what, "nop"))
		return 0;
	if (!strcmp(what, "fork"))
		by_fork();
	else if (!strcmp(what, "vfork"))
		by_vfork();
	else if (!strcmp(what, "double-fork"))
		twice();
	else if (!strcmp(what, "signal"))
		by_signal(argc > 2 ? atoi(argv[2]) : SIGTERM);
	else if (!strcmp(what, "thread-exec"))
		thread_execs();
	else if (!strcmp(what, "leader-exit"))
		leader_leaves();
	else if (!strcmp(what, "threads"))
		many_threads();
	else if (!strcmp(what, "same-pid"))
		same_pid();
	else
		return 2;
	return 0;
}
