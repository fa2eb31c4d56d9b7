/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* File changes and connects by ways that common tracing does not see: io_uring, 32-bit calls, handles. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#ifndef IORING_FILE_INDEX_ALLOC
#define IORING_FILE_INDEX_ALLOC (~0U)
#endif
#define OP_FSETXATTR 41
#define OP_SETXATTR 42
#define OP_FTRUNCATE 55
#define OP_BIND 56

#ifndef RENAME_EXCHANGE
#define RENAME_EXCHANGE 2
#endif

static void die(const char *what)
{
	fprintf(stderr, "evasion: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void must(long result, const char *what)
{
	if (result < 0)
		die(what);
}

struct ring {
	int fd;
	unsigned *sq_tail, *sq_mask, *sq_array, *cq_head, *cq_tail, *cq_mask;
	struct io_uring_sqe *sqes;
	struct io_uring_cqe *cqes;
};

static void ring_open(struct ring *r)
{
	struct io_uring_params p = { 0 };
	uint8_t *shared;

	r->fd = syscall(SYS_io_uring_setup, 8, &p);
	must(r->fd, "io_uring_setup");
	shared = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_SHARED, r->fd, IORING_OFF_SQ_RING);
	r->sqes = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, r->fd, IORING_OFF_SQES);
	if (shared == MAP_FAILED || r->sqes == MAP_FAILED)
		die("mmap");
	r->sq_tail = (unsigned *)(shared + p.sq_off.tail);
	r->sq_mask = (unsigned *)(shared + p.sq_off.ring_mask);
	r->sq_array = (unsigned *)(shared + p.sq_off.array);
	r->cq_head = (unsigned *)(shared + p.cq_off.head);
	r->cq_tail = (unsigned *)(shared + p.cq_off.tail);
	r->cq_mask = (unsigned *)(shared + p.cq_off.ring_mask);
	r->cqes = (struct io_uring_cqe *)(shared + p.cq_off.cqes);
}

static struct io_uring_sqe *next(struct ring *r, int opcode)
{
	unsigned index = *r->sq_tail & *r->sq_mask;
	struct io_uring_sqe *sqe = &r->sqes[index];

	memset(sqe, 0, sizeof(*sqe));
	sqe->opcode = opcode;
	sqe->fd = AT_FDCWD;
	r->sq_array[index] = index;
	return sqe;
}

/* Submits the one request and returns its result. */
static int submit(struct ring *r)
{
	int result;

	__atomic_store_n(r->sq_tail, *r->sq_tail + 1, __ATOMIC_RELEASE);
	must(syscall(SYS_io_uring_enter, r->fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0), "io_uring_enter");
	while (__atomic_load_n(r->cq_tail, __ATOMIC_ACQUIRE) == *r->cq_head)
		;
	result = r->cqes[*r->cq_head & *r->cq_mask].res;
	__atomic_store_n(r->cq_head, *r->cq_head + 1, __ATOMIC_RELEASE);
	return result;
}

static int uring_open(struct ring *r, const char *path, int flags, int sqe_flags, unsigned slot)
{
	struct io_uring_sqe *sqe = next(r, IORING_OP_OPENAT);

	sqe->addr = (uintptr_t)path;
	sqe->open_flags = flags;
	sqe->len = 0600;
	sqe->flags = sqe_flags;
	sqe->file_index = slot;
	return submit(r);
}

static int uring_two(struct ring *r, int opcode, const char *from, const char *to)
{
	struct io_uring_sqe *sqe = next(r, opcode);

	sqe->addr = (uintptr_t)from;
	/* Where the second path starts from; a symbolic link has only one such place, in `fd`. */
	sqe->len = opcode == IORING_OP_SYMLINKAT ? 0 : AT_FDCWD;
	sqe->addr2 = (uintptr_t)to;
	return submit(r);
}

static int uring_one(struct ring *r, int opcode, const char *path, int unlink_flags)
{
	struct io_uring_sqe *sqe = next(r, opcode);

	sqe->addr = (uintptr_t)path;
	if (opcode == IORING_OP_UNLINKAT)
		sqe->unlink_flags = unlink_flags;
	else
		sqe->len = 0700;
	return submit(r);
}

/* `fd` is open on "renamed", which gets the name of "direct". */
static void more_by_uring(struct ring *r, int fd)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX, .sun_path = "socket" };
	struct io_uring_sqe *sqe = next(r, IORING_OP_RENAMEAT);
	char link[64];

	sqe->addr = (uintptr_t)"renamed";
	sqe->len = AT_FDCWD;
	sqe->addr2 = (uintptr_t)"direct";
	sqe->rename_flags = RENAME_EXCHANGE;
	must(submit(r), "exchange");
	sqe = next(r, OP_SETXATTR);
	sqe->addr = (uintptr_t)"user.a";
	sqe->addr2 = (uintptr_t)"1";
	sqe->len = 1;
	((uint64_t *)sqe)[6] = (uintptr_t)"direct"; /* addr3, which older headers do not have */
	must(submit(r), "setxattr");
	sqe = next(r, OP_FSETXATTR);
	sqe->fd = fd;
	sqe->addr = (uintptr_t)"user.b";
	sqe->addr2 = (uintptr_t)"1";
	sqe->len = 1;
	must(submit(r), "fsetxattr");
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	sqe = next(r, IORING_OP_LINKAT);
	sqe->addr = (uintptr_t)link;
	sqe->len = AT_FDCWD;
	sqe->addr2 = (uintptr_t)"by-descriptor";
	sqe->hardlink_flags = AT_SYMLINK_FOLLOW;
	must(submit(r), "link by descriptor");
	sqe = next(r, OP_BIND);
	sqe->fd = socket(AF_UNIX, SOCK_STREAM, 0);
	sqe->addr = (uintptr_t)&name;
	sqe->addr2 = sizeof(name);
	must(submit(r), "bind");
}

static void by_uring(void)
{
	struct ring r;
	int none[4] = { -1, -1, -1, -1 }, fd;

	ring_open(&r);
	must(uring_open(&r, "made", O_WRONLY | O_CREAT, 0, 0), "create");
	must(uring_open(&r, "made", O_WRONLY, 0, 0), "write");
	must(uring_open(&r, "made", O_WRONLY | O_TRUNC, IOSQE_ASYNC, 0), "truncate by a worker");
	must(uring_open(&r, "made", O_RDONLY, 0, 0), "read");
	must(uring_open(&r, "secret.pem", O_RDONLY | O_CREAT, 0, 0), "a secret");
	must(uring_open(&r, "secret.pem", O_RDONLY, 0, 0), "read of a secret");
	if (uring_open(&r, "missing/made", O_WRONLY | O_CREAT, 0, 0) >= 0)
		die("an open that must fail");
	/* A descriptor that only the ring knows: no file descriptor ever exists. */
	must(syscall(SYS_io_uring_register, r.fd, IORING_REGISTER_FILES, none, 4), "register");
	must(uring_open(&r, "direct", O_WRONLY | O_CREAT | O_EXCL, 0, 2), "create direct");
	must(uring_open(&r, "secret.pem", O_RDONLY, 0, 3), "read direct");
	must(uring_two(&r, IORING_OP_RENAMEAT, "made", "renamed"), "rename");
	must(uring_two(&r, IORING_OP_LINKAT, "renamed", "linked"), "link");
	must(uring_two(&r, IORING_OP_SYMLINKAT, "renamed", "symbolic"), "symlink");
	must(uring_one(&r, IORING_OP_MKDIRAT, "folder", 0), "mkdir");
	must(uring_one(&r, IORING_OP_UNLINKAT, "folder", AT_REMOVEDIR), "rmdir");
	must(uring_one(&r, IORING_OP_UNLINKAT, "linked", 0), "unlink");
	if (uring_one(&r, IORING_OP_UNLINKAT, "linked", 0) != -ENOENT)
		die("an unlink that must fail");
	fd = open("renamed", O_WRONLY);
	struct io_uring_sqe *sqe = next(&r, OP_FTRUNCATE);

	sqe->fd = fd;
	sqe->off = 100;
	must(submit(&r), "ftruncate");
	more_by_uring(&r, fd);
}

#ifdef __x86_64__
static long int80(long number, long a, long b, long c, long d)
{
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d)
			 : "r8", "r9", "r10", "r11", "memory");
	return result;
}
#else
#define MAP_32BIT 0

/* Other machines have no such way in. */
static long int80(long number, long a, long b, long c, long d)
{
	return -ENOSYS;
}
#endif

static void by_int80(void)
{
	/* 32-bit calls take only addresses of 32 bits. */
	char *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	char *first = low, *second = low + 100;
	long fd;

	if (low == MAP_FAILED)
		die("mmap");
	strcpy(first, "made32");
	strcpy(second, "renamed32");
	fd = int80(295, AT_FDCWD, (long)first, O_WRONLY | O_CREAT, 0600);
	if (fd < 0) {
		errno = -fd;
		die("32-bit openat");
	}
	must(int80(5, (long)first, O_WRONLY | O_TRUNC, 0, 0), "32-bit open");
	must(int80(15, (long)first, 0640, 0, 0), "32-bit chmod");
	must(int80(212, (long)first, 1, 1, 0), "32-bit chown");
	must(int80(207, fd, 2, 2, 0), "32-bit fchown");
	must(int80(93, fd, 10, 0, 0), "32-bit ftruncate");
	must(int80(38, (long)first, (long)second, 0, 0), "32-bit rename");
	must(int80(301, AT_FDCWD, (long)second, 0, 0), "32-bit unlinkat");
}

static void by_handle(void)
{
	struct {
		struct file_handle h;
		unsigned char bytes[128];
	} handle = { .h.handle_bytes = 128 };
	int mount, folder = open(".", O_RDONLY);

	close(open("handled", O_WRONLY | O_CREAT, 0600));
	must(name_to_handle_at(AT_FDCWD, "handled", &handle.h, &mount, 0), "name_to_handle_at");
	must(open_by_handle_at(folder, &handle.h, O_WRONLY), "open_by_handle_at");
}

static void uring_connect(int port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(0x7f000001) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct io_uring_sqe *sqe;
	struct ring r;

	ring_open(&r);
	sqe = next(&r, IORING_OP_CONNECT);
	sqe->fd = fd;
	sqe->addr = (uintptr_t)&to;
	sqe->off = sizeof(to);
	must(submit(&r), "connect");
	close(fd);
}

static void int80_connect(int port)
{
	struct sockaddr_in *to = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	*to = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(0x7f000001) };
	must(int80(362, fd, (long)to, sizeof(*to), 0), "32-bit connect");
	close(fd);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "", *where = argc > 2 ? argv[2] : "";

	if (!strcmp(what, "uring-connect")) {
		uring_connect(atoi(where));
		return 0;
	}
	if (!strcmp(what, "int80-connect")) {
		int80_connect(atoi(where));
		return 0;
	}
	if (chdir(where))
		die(where);
	if (!strcmp(what, "uring"))
		by_uring();
	else if (!strcmp(what, "int80"))
		by_int80();
	else if (!strcmp(what, "handle"))
		by_handle();
	else
		return 2;
	return 0;
}
