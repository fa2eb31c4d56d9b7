/*
 * DIRECTORY: maps a file as code, as a loader does, whose file system lets the next who opens it wait for ever, and ends with
 * its input. The kernel does not say of an overlay that another program serves what is below it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define SIZE 8192
#define NODE 2

static void need(int ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	exit(1);
}

static void answer(int fuse, const struct fuse_in_header *in, int error, const void *body, size_t length)
{
	struct fuse_out_header out = { .len = sizeof(out) + length, .error = -error, .unique = in->unique };
	struct iovec parts[] = { { &out, sizeof(out) }, { (void *)body, length } };

	need(writev(fuse, parts, 2) >= 0 || errno == ENOENT, "answer");
}

static struct fuse_attr attributes(unsigned long node)
{
	struct fuse_attr a = { .ino = node, .nlink = 1, .mode = node == NODE ? S_IFREG | 0755 : S_IFDIR | 0755 };

	if (node == NODE)
		a.size = SIZE;
	return a;
}

static void serve(int fuse)
{
	static char in[1 << 17], zeros[SIZE];
	int opened = 0;

	for (;;) {
		const struct fuse_in_header *h = (const void *)in;
		struct fuse_attr a;

		if (read(fuse, in, sizeof(in)) < (ssize_t)sizeof(*h)) {
			if (errno == EINTR || errno == ENOENT)
				continue;
			exit(0);
		}
		a = attributes(h->nodeid);
		if (h->opcode == FUSE_INIT) {
			struct fuse_init_out out = { .major = FUSE_KERNEL_VERSION, .minor = 31, .max_write = 4096 };

			answer(fuse, h, 0, &out, sizeof(out));
		} else if (h->opcode == FUSE_LOOKUP && !strcmp((const char *)(h + 1), "hanging.so")) {
			struct fuse_entry_out out = { .nodeid = NODE, .entry_valid = 3600, .attr_valid = 3600, .attr = attributes(NODE) };

			answer(fuse, h, 0, &out, sizeof(out));
		} else if (h->opcode == FUSE_LOOKUP) {
			answer(fuse, h, ENOENT, NULL, 0);
		} else if (h->opcode == FUSE_GETATTR) {
			struct fuse_attr_out out = { .attr_valid = 3600, .attr = a };

			answer(fuse, h, 0, &out, sizeof(out));
		} else if (h->opcode == FUSE_OPEN && ++opened > 1) {
			continue;
		} else if (h->opcode == FUSE_OPEN || h->opcode == FUSE_OPENDIR) {
			struct fuse_open_out out = { .fh = 1 };

			answer(fuse, h, 0, &out, sizeof(out));
		} else if (h->opcode == FUSE_READ) {
			const struct fuse_read_in *r = (const void *)(h + 1);
			unsigned long left = r->offset < SIZE ? SIZE - r->offset : 0;

			answer(fuse, h, 0, zeros, r->size < left ? r->size : left);
		} else if (h->opcode == FUSE_STATFS) {
			struct fuse_statfs_out out = { .st = { .bsize = 4096, .namelen = 255 } };

			answer(fuse, h, 0, &out, sizeof(out));
		} else if (h->opcode == FUSE_READDIR || h->opcode == FUSE_RELEASE || h->opcode == FUSE_RELEASEDIR ||
			   h->opcode == FUSE_FLUSH || h->opcode == FUSE_ACCESS) {
			answer(fuse, h, 0, NULL, 0);
		} else if (h->opcode != FUSE_FORGET && h->opcode != FUSE_BATCH_FORGET && h->opcode != FUSE_INTERRUPT) {
			answer(fuse, h, ENOSYS, NULL, 0);
		}
	}
}

int main(int argc, char **argv)
{
	int fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC), file;
	char options[512], byte;
	pid_t server;

	need(argc == 2 && fuse >= 0, "/dev/fuse");
	need(!chdir(argv[1]) && !mkdir("lower", 0755) && !mkdir("empty", 0755) && !mkdir("merged", 0755), "mkdir");
	need(!unshare(CLONE_NEWNS) && !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "unshare");
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", fuse);
	need(!mount("hanging", "lower", "fuse", 0, options), "mount fuse");
	server = fork();
	if (server == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		serve(fuse);
	}
	close(fuse);
	need(!mount("overlay", "merged", "overlay", MS_RDONLY, "lowerdir=lower:empty"), "mount overlay");
	file = open("merged/hanging.so", O_RDONLY);
	need(file >= 0, "open");
	need(mmap(NULL, SIZE, PROT_READ | PROT_EXEC, MAP_PRIVATE, file, 0) != MAP_FAILED, "mmap");
	puts("mapped");
	fflush(stdout);
	while (read(0, &byte, 1) > 0) {
	}
	kill(server, SIGKILL);
	return 0;
}
