/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One call each that changes files in the folder of the second argument; the first names the call. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

/* The kernel takes no more in one message. */
#define MOST_DESCRIPTORS 253

#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif

static long must(long result, const char *what)
{
	if (result >= 0)
		return result;
	fprintf(stderr, "calls: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* The folder has `old`, with some content, and `new` is made where a call needs a second file. */
static int old(int flags)
{
	return must(open("old", flags), "open old");
}

static int new(void)
{
	return must(open("new", O_RDWR | O_CREAT, 0600), "open new");
}

static void by_copy_file_range(void)
{
	must(copy_file_range(old(O_RDONLY), NULL, new(), NULL, 3, 0), "copy_file_range");
}

static void by_sendfile(void)
{
	must(sendfile(new(), old(O_RDONLY), NULL, 3), "sendfile");
}

static void by_splice(void)
{
	int pipes[2];

	must(pipe(pipes), "pipe");
	must(splice(old(O_RDONLY), NULL, pipes[1], NULL, 3, 0), "splice from a file");
	must(splice(pipes[0], NULL, new(), NULL, 3, 0), "splice into a file");
}

static void by_mmap(void)
{
	char *map = mmap(NULL, 4096, PROT_READ, MAP_SHARED, old(O_RDWR), 0);

	must(mprotect(map, 4096, PROT_READ | PROT_WRITE), "mprotect");
	map[0] = 'x';
}

static void by_fallocate(void)
{
	must(fallocate(old(O_WRONLY), 0, 0, 100), "fallocate");
}

static void by_exchange(void)
{
	close(new());
	must(renameat2(AT_FDCWD, "old", AT_FDCWD, "new", RENAME_EXCHANGE), "renameat2");
}

static void by_whiteout(void)
{
	must(renameat2(AT_FDCWD, "old", AT_FDCWD, "new", RENAME_WHITEOUT), "renameat2");
}

/* A file that gets a name only once it is whole. */
static void by_tmpfile(void)
{
	int fd = must(open(".", O_TMPFILE | O_WRONLY, 0600), "O_TMPFILE");
	char link[64];

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	must(linkat(AT_FDCWD, link, AT_FDCWD, "new", AT_SYMLINK_FOLLOW), "linkat");
	must(linkat(fd, "", AT_FDCWD, "newer", AT_EMPTY_PATH), "linkat");
}

static void by_xattr(void)
{
	int fd = old(O_RDONLY);

	must(setxattr("old", "user.a", "1", 1, 0), "setxattr");
	must(lsetxattr("old", "user.b", "1", 1, 0), "lsetxattr");
	must(fsetxattr(fd, "user.c", "1", 1, 0), "fsetxattr");
	must(removexattr("old", "user.a"), "removexattr");
	must(lremovexattr("old", "user.b"), "lremovexattr");
	must(fremovexattr(fd, "user.c"), "fremovexattr");
}

static void by_chown(void)
{
	must(chown("old", 1, 1), "chown");
	must(lchown("old", 2, 2), "lchown");
	must(fchown(old(O_RDONLY), 3, 3), "fchown");
	must(fchownat(AT_FDCWD, "old", 4, 4, 0), "fchownat");
}

static void by_utimes(void)
{
	must(utimensat(AT_FDCWD, "old", NULL, 0), "utimensat");
	must(utimes("old", NULL), "utimes");
}

static void by_bind(void)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX }, abstract = { .sun_family = AF_UNIX, .sun_path = "\0runglass" };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	/* Neither has its length to be said in the text. */
	strcpy(name.sun_path, "socketXXXX");
	must(bind(fd, (void *)&name, offsetof(struct sockaddr_un, sun_path) + 6), "bind");
	must(bind(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&abstract, sizeof(abstract)), "bind to no file");
}

/* A child opens the file and hands it over, so many times in one message; behind its name, where that is asked for. */
static void by_messages(int count, int with_name)
{
	char byte = 0;
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(3 * sizeof(int)) + CMSG_SPACE(MOST_DESCRIPTORS * sizeof(int))];
	} control = { 0 };
	struct iovec part = { &byte, 1 };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control) };
	int pair[2];

	must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), "socketpair");
	must(setsockopt(pair[0], SOL_SOCKET, SO_PASSCRED, &with_name, sizeof(with_name)), "SO_PASSCRED");
	if (fork() == 0) {
		int fd = old(O_WRONLY);

		message.msg_controllen = CMSG_SPACE(count * sizeof(int));
		control.head.cmsg_len = CMSG_LEN(count * sizeof(int));
		control.head.cmsg_level = SOL_SOCKET;
		control.head.cmsg_type = SCM_RIGHTS;
		for (int i = 0; i < count; i++)
			memcpy(CMSG_DATA(&control.head) + i * sizeof(fd), &fd, sizeof(fd));
		must(sendmsg(pair[1], &message, 0), "sendmsg");
		_exit(0);
	}
	must(recvmsg(pair[0], &message, 0), "recvmsg");
	wait(NULL);
}

static void by_message(void)
{
	by_messages(1, 0);
}

static void by_long_message(void)
{
	by_messages(MOST_DESCRIPTORS, 1);
}

static void by_pidfd(void)
{
	int pipes[2], fd = -1;
	pid_t child;

	must(pipe(pipes), "pipe");
	child = fork();
	if (child == 0) {
		fd = old(O_WRONLY);
		must(write(pipes[1], &fd, sizeof(fd)), "write");
		pause();
	}
	must(read(pipes[0], &fd, sizeof(fd)), "read");
	must(syscall(SYS_pidfd_getfd, syscall(SYS_pidfd_open, child, 0), fd, 0), "pidfd_getfd");
	kill(child, SIGKILL);
	wait(NULL);
}

static void by_mount(void)
{
	must(mkdir("over", 0700), "mkdir");
	must(mount("runglass-test", "over", "tmpfs", 0, NULL), "mount");
	must(umount("over"), "umount");
}

static void by_clone(void)
{
	int from = old(O_RDONLY), to = new();

	/* Not every file system can. */
	if (ioctl(to, FICLONE, from) && errno != EOPNOTSUPP && errno != EINVAL && errno != EXDEV && errno != ENOTTY)
		must(-1, "FICLONE");
}

static void by_read(void)
{
	char path[64];
	pid_t child;

	close(old(O_RDONLY));
	must(mkdir("kept", 0700), "mkdir");
	close(must(open("kept/any", O_WRONLY | O_CREAT, 0600), "create"));
	close(must(open("secret.pem", O_WRONLY | O_CREAT, 0600), "create"));
	must(symlink("secret.pem", "harmless"), "symlink");
	for (int i = 0; i < 100; i++)
		close(must(open("harmless", O_RDONLY), "through a link"));
	close(must(open("secret.pem", O_RDWR), "to read and write"));
	close(must(open("secret.pem", O_PATH), "only the name"));
	close(must(open("kept", O_RDONLY | O_DIRECTORY), "a folder"));
	close(must(open("kept/any", O_RDONLY), "in the folder"));
	close(must(open("/proc/self/mem", O_RDONLY), "its own memory"));
	close(must(open("/proc/self/environ", O_RDONLY), "its own environment"));
	child = fork();
	if (child == 0)
		pause();
	snprintf(path, sizeof(path), "/proc/%d/environ", child);
	close(must(open(path, O_RDONLY), path));
	snprintf(path, sizeof(path), "/proc/%d/task/%d/mem", child, child);
	close(must(open(path, O_RDWR), path));
	printf("%d\n", child);
	kill(child, SIGKILL);
	wait(NULL);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} calls[] = {
		{ "copy_file_range", by_copy_file_range }, { "sendfile", by_sendfile }, { "splice", by_splice },
		{ "mmap", by_mmap }, { "fallocate", by_fallocate }, { "exchange", by_exchange }, { "whiteout", by_whiteout },
		{ "tmpfile", by_tmpfile }, { "xattr", by_xattr }, { "chown", by_chown }, { "utimes", by_utimes },
		{ "bind", by_bind }, { "message", by_message }, { "pidfd", by_pidfd }, { "mount", by_mount },
		{ "clone", by_clone }, { "read", by_read }, { "long-message", by_long_message },
	};

	if (argc != 3)
		return 2;
	must(chdir(argv[2]), argv[2]);
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		if (strcmp(calls[i].name, argv[1]))
			continue;
		calls[i].run();
		return 0;
	}
	return 2;
}
