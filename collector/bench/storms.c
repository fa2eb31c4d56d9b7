/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Workloads of the storm benchmark. Each does N operations of one kind as fast
 * as it can and then prints one line of JSON: operations done, wall and CPU
 * time of the loop alone, so that the start of a tracer is not in the figures.
 *
 *   storms exec N            N times vfork + execve of this program as "nop"
 *   storms write N DIR       N times open for writing, write, close, over 1,000 files that exist
 *   storms create N DIR      N new files, each written once
 *   storms connect N         N TCP connections over loopback, accepted and closed
 *   storms reach N ADDRESS PORT     the same to a server that listens there already,
 *   storms accept 0 ADDRESS PORT    such as this one, until its input ends
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void die(const char *what)
{
	fprintf(stderr, "storms: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static double cpu(int who)
{
	struct rusage r;

	getrusage(who, &r);
	return r.ru_utime.tv_sec + r.ru_stime.tv_sec + (r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6;
}

static void exec_storm(long n, const char *self)
{
	char *const argv[] = { "nop", "one", "two", NULL };
	char *const envp[] = { NULL };

	for (long i = 0; i < n; i++) {
		pid_t pid = vfork();

		if (pid < 0)
			die("vfork");
		if (pid == 0) {
			execve(self, argv, envp);
			_exit(127);
		}
		int status;

		if (waitpid(pid, &status, 0) < 0 || status != 0)
			die("child");
	}
}

static void put(const char *path, int flags)
{
	int fd = open(path, flags, 0600);

	if (fd < 0)
		die(path);
	if (write(fd, "x", 1) != 1)
		die("write");
	close(fd);
}

static void write_storm(long n, const char *dir)
{
	char path[4096];

	for (long i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/f%03ld", dir, i % 1000);
		put(path, O_WRONLY);
	}
}

static void create_storm(long n, const char *dir)
{
	char path[4096];

	for (long i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/n%07ld", dir, i);
		put(path, O_WRONLY | O_CREAT | O_EXCL);
	}
}

static int listener;

static void listen_at(struct sockaddr_in *at)
{
	socklen_t len = sizeof(*at);

	listener = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(listener, (struct sockaddr *)at, sizeof(*at)) < 0 || listen(listener, 4096) < 0)
		die("listen");
	getsockname(listener, (struct sockaddr *)at, &len);
}

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

static void connect_storm(long n, const struct sockaddr_in *to)
{
	struct linger hard = { .l_onoff = 1, .l_linger = 0 };

	for (long i = 0; i < n; i++) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);

		if (fd < 0)
			die("socket");
		/* A reset instead of TIME_WAIT: otherwise the ports of one loopback address run out. */
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
		if (connect(fd, (const struct sockaddr *)to, sizeof(*to)) < 0)
			die("connect");
		close(fd);
	}
}

int main(int argc, char **argv)
{
	if (argc > 0 && strcmp(argv[0], "nop") == 0)
		_exit(0);
	if (argc < 3) {
		fprintf(stderr, "usage: storms exec|write|create|connect|reach N [DIR | ADDRESS PORT]\n");
		return 2;
	}
	long n = atol(argv[2]);
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	if (argc > 4) {
		if (inet_pton(AF_INET, argv[3], &to.sin_addr) != 1)
			die(argv[3]);
		to.sin_port = htons(atoi(argv[4]));
	}
	if (strcmp(argv[1], "accept") == 0) {
		pthread_t thread;

		listen_at(&to);
		pthread_create(&thread, NULL, accept_all, NULL);
		puts("listening");
		fflush(stdout);
		while (getchar() != EOF)
			;
		return 0;
	}
	if (strcmp(argv[1], "connect") == 0) {
		pthread_t thread;

		listen_at(&to);
		pthread_create(&thread, NULL, accept_all, NULL);
	}
	if (strcmp(argv[1], "write") == 0) {
		char path[4096];

		for (int i = 0; i < 1000; i++) {
			snprintf(path, sizeof(path), "%s/f%03d", argv[3], i);
			put(path, O_WRONLY | O_CREAT);
		}
	}
	double wall = now(), used = cpu(RUSAGE_SELF) + cpu(RUSAGE_CHILDREN);

	if (strcmp(argv[1], "exec") == 0)
		exec_storm(n, "/proc/self/exe");
	else if (strcmp(argv[1], "write") == 0)
		write_storm(n, argv[3]);
	else if (strcmp(argv[1], "create") == 0)
		create_storm(n, argv[3]);
	else if (strcmp(argv[1], "connect") == 0 || strcmp(argv[1], "reach") == 0)
		connect_storm(n, &to);
	else
		die("no such storm");
	wall = now() - wall;
	used = cpu(RUSAGE_SELF) + cpu(RUSAGE_CHILDREN) - used;
	printf("{\"done\":%ld,\"wall\":%.6f,\"cpu\":%.6f}\n", n, wall, used);
	fflush(stdout);
	_exit(0);
}
