/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Names that lead elsewhere than their text says, in the folder of the second argument; the first says which. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static long must(long result, const char *what)
{
	if (result >= 0)
		return result;
	fprintf(stderr, "links: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* Links of /proc to what the process itself has. */
static void own(const char *folder)
{
	char path[4096];
	int fd;

	close(must(open("a", O_WRONLY | O_CREAT, 0600), "create"));
	must(chmod("/proc/self/cwd/a", 0640), "chmod");
	snprintf(path, sizeof(path), "/proc/thread-self/root%s/b", folder);
	must(rename("/proc/self/cwd/./a", path), "rename");
	must(mkdir("/proc/self/cwd/c", 0700), "mkdir");
	fd = must(open("c", O_RDONLY | O_DIRECTORY), "open");
	snprintf(path, sizeof(path), "/dev/fd/%d/d", fd);
	must(mkdir(path, 0700), "mkdir in a descriptor");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	must(chmod(path, 0750), "chmod of a descriptor");
	snprintf(path, sizeof(path), "/proc/self/fd/%d/../e", fd);
	must(mkdir(path, 0700), "mkdir beside a descriptor");
	must(unlink("/proc/self/cwd/b"), "unlink");
}

/* The same of a process by its number, which need not be the process's own: where it leads is not known to the sensor. */
static void others(const char *folder)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/cwd/a", getpid());
	must(mkdir(path, 0700), "mkdir");
	must(mkdir("/proc/self/task/../cwd/b", 0700), "mkdir");
	must(mkdir("//proc/self/cwd/c", 0700), "mkdir");
	must(mkdir("/proc/self/cwd/c//../d", 0700), "mkdir above a folder");
	must(chdir("c"), "chdir");
	must(mkdir("/proc/self/cwd//../e", 0700), "mkdir above the working folder");
}

/* What is above a link is not what is above the name of the link. */
static void above(const char *folder)
{
	must(mkdir("a", 0700), "mkdir");
	must(mkdir("a/b", 0700), "mkdir");
	must(symlink("a/b", "link"), "symlink");
	must(mkdir("link/../c", 0700), "mkdir above a link");
	must(chdir("a/b"), "chdir");
	must(mkdir("../d", 0700), "mkdir above the working folder");
	must(mkdir(".././../e", 0700), "mkdir above that");
}

/* Nothing is above the root of a process. */
static void rooted(const char *folder)
{
	must(mkdir("root", 0700), "mkdir");
	must(mkdir("root/in", 0700), "mkdir");
	must(chroot("root"), "chroot");
	must(chdir("/in"), "chdir");
	must(mkdir("/../../a", 0700), "mkdir above the root");
	must(mkdir("../../../b", 0700), "mkdir above the root, from within");
	must(mkdir("c", 0700), "mkdir");
	must(mkdir("./../../b2", 0700), "mkdir above the root, from here");
	must(mkdir(".hidden", 0700), "mkdir of a name that begins with a dot");
	must(symlink("c", "./link"), "symlink");
	must(symlink("../../c", "up"), "symlink above the root");
}

/* Other file systems where /proc and /sys are, in a mount namespace of its own. */
static void covered(const char *folder)
{
	must(unshare(CLONE_NEWNS), "unshare");
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "private");
	must(mount(folder, "/sys", NULL, MS_BIND, NULL), "bind");
	must(mkdir("/sys/a", 0700), "mkdir");
	must(rename("/sys/a", "/sys/b"), "rename");
	must(mount(folder, "/proc", NULL, MS_BIND, NULL), "bind");
	must(rmdir("/proc/b"), "rmdir");
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(const char *folder);
	} sets[] = {
		{ "own", own }, { "others", others }, { "above", above }, { "rooted", rooted }, { "covered", covered },
	};

	if (argc != 3)
		return 2;
	must(chdir(argv[2]), argv[2]);
	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
		if (strcmp(sets[i].name, argv[1]))
			continue;
		sets[i].run(argv[2]);
		return 0;
	}
	return 2;
}
