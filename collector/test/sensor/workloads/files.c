/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Changes to files in the folder of the second argument, by every call that makes them; the first names the set. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif

static void must(long result, const char *what)
{
	if (result >= 0)
		return;
	fprintf(stderr, "files: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void shut(int fd, const char *what)
{
	must(fd, what);
	close(fd);
}

static void fails(long result, const char *what)
{
	if (result < 0)
		return;
	fprintf(stderr, "files: %s should have failed\n", what);
	exit(1);
}

static void opens(void)
{
	struct open_how how = { .flags = O_WRONLY };
	int folder;

	shut(open("a", O_WRONLY | O_CREAT, 0600), "create");
	shut(creat("b", 0600), "creat, new");
	shut(creat("b", 0600), "creat, old");
	shut(open("a", O_WRONLY), "write");
	shut(open("a", O_RDWR | O_APPEND), "append");
	shut(open("a", O_WRONLY | O_TRUNC), "truncate");
	shut(open("a", O_RDONLY), "read");
	shut(open("a", O_RDONLY | O_CREAT, 0600), "read, had it been new created");
	shut(open("c", O_RDONLY | O_CREAT, 0600), "read, created");
	shut(open("c", O_PATH), "path");
	shut(open("c", O_PATH | O_WRONLY | O_TRUNC), "path, with flags that then mean nothing");
	fails(open("a", O_WRONLY | O_CREAT | O_EXCL, 0600), "create of an old one");
	fails(open("missing", O_WRONLY), "write to none");
	folder = open(".", O_RDONLY | O_DIRECTORY);
	shut(openat(folder, "d", O_WRONLY | O_CREAT, 0600), "openat");
	shut(syscall(SYS_openat2, folder, "d", &how, sizeof(how)), "openat2");
	how.flags = O_RDONLY;
	shut(syscall(SYS_openat2, folder, "d", &how, sizeof(how)), "openat2 to read");
	how.flags = O_WRONLY | O_CREAT;
	how.mode = 0600;
	shut(syscall(SYS_openat2, AT_FDCWD, "e", &how, sizeof(how)), "openat2 to create");
}

static void paths(const char *folder)
{
	char path[4096], link[64];
	int fd;

	must(mkdir("sub", 0700), "mkdir");
	must(chdir("sub"), "chdir");
	shut(open("../sub/./x", O_WRONLY | O_CREAT, 0600), "dots");
	snprintf(path, sizeof(path), "%s//sub/../y", folder);
	shut(open(path, O_WRONLY | O_CREAT, 0600), "absolute");
	must(symlink("x", "l"), "symlink");
	/* The file that was really opened is told, not the link. */
	fd = open("l", O_WRONLY);
	must(fd, "through a link");
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	shut(open(link, O_WRONLY), "again through /proc");
	must(rename(".././sub//x", "../z"), "rename");
	must(unlink("l"), "unlink");
	must(chmod("../z", 0640), "chmod");
}

static void names(void)
{
	int folder = open(".", O_RDONLY | O_DIRECTORY), fd;

	shut(open("a", O_WRONLY | O_CREAT, 0600), "create");
	must(rename("a", "b"), "rename");
	must(renameat(folder, "b", folder, "c"), "renameat");
	must(renameat2(folder, "c", AT_FDCWD, "d", RENAME_NOREPLACE), "renameat2");
	must(link("d", "e"), "link");
	must(linkat(folder, "d", folder, "f", 0), "linkat");
	fd = open("d", O_RDONLY);
	must(linkat(fd, "", AT_FDCWD, "g", AT_EMPTY_PATH), "linkat of a descriptor");
	must(symlink("d", "s"), "symlink");
	must(symlinkat("../up", folder, "t"), "symlinkat");
	must(symlink("/absolute/target", "u"), "symlink");
	must(unlink("e"), "unlink");
	must(unlinkat(folder, "f", 0), "unlinkat");
	must(mkdir("m", 0700), "mkdir");
	must(mkdirat(folder, "n", 0700), "mkdirat");
	must(rmdir("m"), "rmdir");
	must(unlinkat(folder, "n", AT_REMOVEDIR), "unlinkat of a folder");
	must(mknod("o", S_IFREG | 0600, 0), "mknod");
	must(mknodat(folder, "p", S_IFIFO | 0600, 0), "mknodat");
	fails(rename("missing", "b"), "rename of none");
	fails(unlink("missing"), "unlink of none");
	fails(rmdir("missing"), "rmdir of none");
}

static void contents(void)
{
	int fd = open("a", O_RDWR | O_CREAT, 0600);

	must(truncate("a", 10), "truncate");
	must(ftruncate(fd, 5), "ftruncate");
	must(chmod("a", 0640), "chmod");
	must(fchmod(fd, 0600), "fchmod");
	must(fchmodat(AT_FDCWD, "a", 0644, 0), "fchmodat");
	must(syscall(SYS_fchmodat2, AT_FDCWD, "a", 0600, 0), "fchmodat2");
	fails(truncate("missing", 1), "truncate of none");
	fails(chmod("missing", 0600), "chmod of none");
}

/* None of these is a change to a file. */
static void no_files(void)
{
	int pipes[2];
	char path[64];

	shut(open("/dev/null", O_WRONLY), "null");
	shut(open("/dev/zero", O_RDWR), "zero");
	shut(open("/proc/self/comm", O_WRONLY), "proc");
	must(pipe(pipes), "pipe");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", pipes[1]);
	shut(open(path, O_WRONLY), "pipe");
	shut(socket(AF_UNIX, SOCK_STREAM, 0), "socket");
	shut(open("/dev/ptmx", O_RDWR | O_NOCTTY), "terminal");
}

/* In a mount namespace of its own, below a mount, and in a root of its own. */
static void namespaces(void)
{
	char name[64];

	must(mkdir("mount", 0700), "mkdir");
	must(unshare(CLONE_NEWNS), "unshare");
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "private");
	must(mount("runglass-test", "mount", "tmpfs", 0, NULL), "mount");
	shut(open("mount/inside", O_WRONLY | O_CREAT, 0600), "create below the mount");
	must(unlink("mount/inside"), "unlink below the mount");
	must(chdir("mount"), "chdir");
	must(mkdir("deep", 0700), "mkdir");
	must(chroot("deep"), "chroot");
	must(chdir("/"), "chdir");
	shut(open("/rooted", O_WRONLY | O_CREAT, 0600), "create in the root");
	must(chmod("/rooted", 0640), "chmod in the root");
	snprintf(name, sizeof(name), "relative");
	must(mkdir(name, 0700), "mkdir in the root");
}

/* A tree so deep that no path reaches its end. */
static void deep(void)
{
	char name[201];

	memset(name, 'd', 200);
	name[200] = 0;
	for (int i = 0; i < 30; i++) {
		must(mkdir(name, 0700), "mkdir");
		must(chdir(name), "chdir");
	}
	shut(open("bottom", O_WRONLY | O_CREAT, 0600), "create");
}

static void *hide_and_show(void *page)
{
	for (;;) {
		mprotect(page, 4096, PROT_NONE);
		for (volatile int i = 0; i < 200; i++)
			;
		mprotect(page, 4096, PROT_READ | PROT_WRITE);
		for (volatile int i = 0; i < 200; i++)
			;
	}
	return NULL;
}

/* Changes a file whose name another thread takes away and gives back all the time; prints how often that went well. */
static void hidden_name(long n)
{
	char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pthread_t other;
	long done = 0;

	strcpy(page, "f");
	shut(open(page, O_WRONLY | O_CREAT, 0600), "create");
	must(pthread_create(&other, NULL, hide_and_show, page), "thread");
	while (done < n)
		done += chmod(page, 0600) == 0;
	printf("%ld\n", done);
}

static void write_again(long n)
{
	for (long i = 0; i < n; i++)
		shut(open("again", O_WRONLY), "write");
}

static void repeat(long n)
{
	shut(open("again", O_WRONLY | O_CREAT, 0600), "create");
	write_again(n);
}

/* The same, then says so, and writes as often again for each byte of its stdin until that ends. */
static void repeat_and_wait(long n)
{
	char more;

	repeat(n);
	must(write(STDOUT_FILENO, "done\n", 5) == 5 ? 0 : -1, "stdout");
	while (read(STDIN_FILENO, &more, 1) > 0)
		write_again(n);
}

/* Writes under one name, then under another, then in a folder that gets another name. */
static void repeat_and_rename(long n)
{
	shut(open("one", O_WRONLY | O_CREAT, 0600), "create");
	for (long i = 0; i < n; i++)
		shut(open("one", O_WRONLY), "write");
	must(rename("one", "two"), "rename");
	for (long i = 0; i < n; i++)
		shut(open("two", O_WRONLY), "write");
	must(mkdir("old", 0700), "mkdir");
	must(rename("two", "old/three"), "rename");
	for (long i = 0; i < n; i++)
		shut(open("old/three", O_WRONLY), "write");
	must(rename("old", "new"), "rename of the folder");
	for (long i = 0; i < n; i++)
		shut(open("new/three", O_WRONLY), "write");
}

/* Folders of ever new names with a file of always the same, each removed before the next: they take turns in memory. */
static void recycle(long n)
{
	char folder[32], file[40];

	for (long i = 0; i < n; i++) {
		snprintf(folder, sizeof(folder), "d%ld", i);
		snprintf(file, sizeof(file), "%s/f", folder);
		must(mkdir(folder, 0700), "mkdir");
		shut(open(file, O_WRONLY | O_CREAT, 0600), "create");
		shut(open(file, O_WRONLY), "write");
		must(unlink(file), "unlink");
		must(i % 2 ? rmdir(folder) : unlinkat(AT_FDCWD, folder, AT_REMOVEDIR), "rmdir");
	}
}

/* Files of one name in many folders, each written after the kernel has forgotten the one before. */
static void forgotten(long n)
{
	char folder[32], file[40];

	for (long i = 0; i < n; i++) {
		snprintf(folder, sizeof(folder), "d%ld", i);
		snprintf(file, sizeof(file), "%s/f", folder);
		must(mkdir(folder, 0700), "mkdir");
		shut(open(file, O_WRONLY | O_CREAT, 0600), "create");
	}
	sync();
	for (long i = 0; i < n; i++) {
		int caches = open("/proc/sys/vm/drop_caches", O_WRONLY);

		must(write(caches, "2", 1) == 1 ? 0 : -1, "drop_caches");
		close(caches);
		usleep(10000);
		snprintf(file, sizeof(file), "d%ld/f", i);
		shut(open(file, O_WRONLY), "write");
	}
}

/* More files in turn than are remembered at a time. */
static void rotate(long n)
{
	char name[32];

	for (int round = 0; round < 4; round++) {
		for (long i = 0; i < n; i++) {
			snprintf(name, sizeof(name), "f%ld", i);
			shut(open(name, O_WRONLY | O_CREAT, 0600), "open");
		}
	}
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "", *folder = argc > 2 ? argv[2] : "";
	long n = argc > 3 ? atol(argv[3]) : 1000;

	must(chdir(folder), folder);
	if (!strcmp(what, "opens"))
		opens();
	else if (!strcmp(what, "paths"))
		paths(folder);
	else if (!strcmp(what, "names"))
		names();
	else if (!strcmp(what, "contents"))
		contents();
	else if (!strcmp(what, "no-files"))
		no_files();
	else if (!strcmp(what, "namespaces"))
		namespaces();
	else if (!strcmp(what, "deep"))
		deep();
	else if (!strcmp(what, "repeat"))
		repeat(n);
	else if (!strcmp(what, "repeat-and-wait"))
		repeat_and_wait(n);
	else if (!strcmp(what, "repeat-rename"))
		repeat_and_rename(n);
	else if (!strcmp(what, "rotate"))
		rotate(n);
	else if (!strcmp(what, "hidden-name"))
		hidden_name(n);
	else if (!strcmp(what, "recycle"))
		recycle(n);
	else if (!strcmp(what, "forgotten"))
		forgotten(n);
	else
		return 2;
	return 0;
}
