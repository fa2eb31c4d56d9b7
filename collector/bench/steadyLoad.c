/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The workload of the latency and the soak benchmarks: a steady mix of what an agent's tools do, at a rate that is asked for.
 *
 *   steadyLoad CONTROL DIR
 *
 * Reads lines "RATE SECONDS" from the FIFO CONTROL and does, for each, RATE events a second; ends at the FIFO's end.
 * One round of seven operations makes ten events: one program run (exec, exit), two TCP connections over loopback
 * (connect, close) and four new files in DIR. After each phase it writes one line of JSON to stderr: what it did.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define EVENTS_PER_ROUND 10
/* Programs that fail have each a row of their own; those that end well and did nothing are folded into one. */
#define PROGRAM_CODE 1
#define TICK_NS 1000000LL

static long runs, connections, files;
static struct sockaddr_in to = { .sin_family = AF_INET };

static void die(const char *what)
{
	fprintf(stderr, "steadyLoad: %s: %s\n", what, strerror(errno));
	exit(1);
}

static long long now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void run_program(void)
{
	char number[32];
	char *const argv[] = { "step", "run", number, NULL };
	char *const envp[] = { NULL };
	int status;
	pid_t pid;

	/* With an end, so that the page can be read: its cells follow without a space. */
	snprintf(number, sizeof(number), "%ld.", ++runs);
	pid = vfork();
	if (pid < 0)
		die("vfork");
	if (pid == 0) {
		execve("/proc/self/exe", argv, envp);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != PROGRAM_CODE)
		die("child");
}

static void make_connection(void)
{
	struct linger hard = { .l_onoff = 1, .l_linger = 0 };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0)
		die("socket");
	/* A reset instead of TIME_WAIT: otherwise the ports of one loopback address run out. */
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	if (connect(fd, (const struct sockaddr *)&to, sizeof(to)) < 0)
		die("connect");
	close(fd);
	connections++;
}

static void make_file(const char *dir)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/d%03ld/f%07ld", dir, files / 1000, files);
	if (files % 1000 == 0) {
		char *slash = strrchr(path, '/');

		*slash = 0;
		mkdirat(AT_FDCWD, path, 0700);
		*slash = '/';
	}
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	if (fd < 0 || write(fd, "x", 1) != 1)
		die(path);
	close(fd);
	files++;
}

static void one_operation(long i, const char *dir)
{
	switch (i % 7) {
	case 0:
		return run_program();
	case 2:
	case 5:
		return make_connection();
	default:
		return make_file(dir);
	}
}

/* Works what is due once a tick, so that the rate holds whatever a single operation takes. */
static void phase(long rate, double seconds, const char *dir)
{
	long total = rate * seconds * 7 / EVENTS_PER_ROUND, done = 0;
	long long start = now_ns(), next = start, end;

	while (done < total) {
		long due = (now_ns() - start) / 1e9 * rate * 7 / EVENTS_PER_ROUND + 1;

		for (; done < due && done < total; done++)
			one_operation(done, dir);
		next += TICK_NS;
		if (next < now_ns())
			next = now_ns();
		struct timespec until = { .tv_sec = next / 1000000000LL, .tv_nsec = next % 1000000000LL };

		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
	}
	end = now_ns();
	fprintf(stderr,
		"{\"steadyLoad\":true,\"rate\":%ld,\"seconds\":%.3f,\"runs\":%ld,\"connections\":%ld,\"files\":%ld}\n", rate,
		(end - start) / 1e9, runs, connections, files);
}

static int listener;

static void *accept_all(void *unused)
{
	(void)unused;
	for (;;) {
		int fd = accept(listener, NULL, NULL);

		if (fd >= 0)
			close(fd);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	socklen_t length = sizeof(to);
	pthread_t thread;
	double seconds;
	FILE *control;
	long rate;

	if (argc > 0 && strcmp(argv[0], "step") == 0)
		_exit(PROGRAM_CODE);
	if (argc != 3) {
		fprintf(stderr, "usage: steadyLoad CONTROL DIR\n");
		return 2;
	}
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	listener = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(listener, (struct sockaddr *)&to, sizeof(to)) < 0 || listen(listener, 4096) < 0)
		die("listen");
	getsockname(listener, (struct sockaddr *)&to, &length);
	pthread_create(&thread, NULL, accept_all, NULL);
	control = fopen(argv[1], "re");
	if (!control)
		die(argv[1]);
	while (fscanf(control, "%ld %lf", &rate, &seconds) == 2)
		phase(rate, seconds, argv[2]);
	return 0;
}
