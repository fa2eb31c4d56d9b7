/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Many operations as fast as they go. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void die(const char *what)
{
	fprintf(stderr, "storm: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* N new files with names of 200 characters; no two operations are equal, so none can be folded. */
static void create(const char *folder, long n)
{
	char path[4096];

	for (long i = 0; i < n; i++) {
		int fd;

		snprintf(path, sizeof(path), "%s/%0200ld", folder, i);
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
		if (fd < 0)
			die(path);
		close(fd);
		unlink(path);
	}
}

/* N files, written again and again in turn. */
static void rewrite(const char *folder, long n, int rounds)
{
	char path[4096];

	for (int round = 0; round < rounds; round++) {
		for (long i = 0; i < n; i++) {
			int fd;

			snprintf(path, sizeof(path), "%s/%ld", folder, i);
			fd = open(path, O_WRONLY | O_CREAT, 0600);
			if (fd < 0)
				die(path);
			close(fd);
		}
	}
}

static void run(const char *name, const char *argument)
{
	pid_t pid = vfork();
	int status;

	if (pid < 0)
		die("vfork");
	if (pid == 0) {
		execl("/proc/self/exe", "storm", name, argument, NULL);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) != pid || status != 0)
		die(name);
}

/* N processes, one after the other. */
static void execute(long n)
{
	for (long i = 0; i < n; i++)
		run("nop", "");
}

/* N processes that each write a file of their own, several at a time. */
static void write_each(const char *folder, long n, int parallel)
{
	char path[4096];

	for (int p = 0; p < parallel; p++) {
		pid_t pid = fork();

		if (pid < 0)
			die("fork");
		if (pid > 0)
			continue;
		for (long i = p; i < n; i += parallel) {
			snprintf(path, sizeof(path), "%s/%ld", folder, i);
			run("touch", path);
		}
		_exit(0);
	}
	for (int p = 0; p < parallel; p++) {
		int status;

		if (wait(&status) < 0 || status != 0)
			die("child");
	}
}

static void touch(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	if (fd < 0)
		die(path);
	close(fd);
}

/* One file after the other, with a pause between them. */
static void slowly(const char *folder, long n, int pause_us)
{
	char path[4096];

	for (long i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/s%ld", folder, i);
		touch(path);
		usleep(pause_us);
	}
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "", *where = argc > 2 ? argv[2] : "";
	long n = argc > 3 ? atol(argv[3]) : 1000;

	if (!strcmp(what, "nop"))
		_exit(0);
	if (!strcmp(what, "touch"))
		touch(where);
	else if (!strcmp(what, "create"))
		create(where, n);
	else if (!strcmp(what, "rewrite") && argc > 4)
		rewrite(where, n, atoi(argv[4]));
	else if (!strcmp(what, "exec"))
		execute(n);
	else if (!strcmp(what, "write-each"))
		write_each(where, n, 4);
	else if (!strcmp(what, "slowly") && argc > 4)
		slowly(where, n, atoi(argv[4]));
	else
		return 2;
	return 0;
}
