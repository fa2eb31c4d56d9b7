// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#define _GNU_SOURCE
#include "libraries.h"

#include <errno.h>
#include <linux/bpf.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "heldLinks.h"
#include "namespaces.h"
#include "passFile.h"
#include "privileges.h"
#include "symbols.h"
#include "systemCalls.h"
#include "uprobeMulti.h"

#define MOST_LIBRARIES 256
#define OVERLAYFS_MAGIC 0x794c7630
/* Programs that are no longer there, as those of `go run` and `go test` are once they have run. */
#define MOST_REMOVED 8
/* Looking at a file takes milliseconds. */
#define PATIENCE_MS 2000
#define MOST_FAILURES 64
#define READER_SOCKET 3
#define MOST_BYTES (1UL << 32)

struct library {
	__u64 device, inode;
	__s64 changed, changed_ns; /* what no program can set: that of its inode */
	int links[2]; /* numbers, of calls and of returns */
	int program;  /* the file, of a program that has its own TLS; 0: a library */
	/* In a file system that a container has to itself: who has found it there; else zeros. */
	struct resident finder;
	struct image_key key; /* what the kernel's side knows it by */
	bool alive;
};

static struct library libraries[MOST_LIBRARIES];
static int library_count;
static int tls_program;
static void (*tell_library)(const char *path, enum rg_state state, const char *reason);
static struct symbols answer; /* of the reader */
static pid_t reader; /* 0: there is none */
static int reader_socket;
static const struct image_record *finder;
static void (*forget_image)(const struct image_key *key);

void libraries_open(int program, void (*tell)(const char *path, enum rg_state state, const char *reason),
		    void (*forget)(const struct image_key *key))
{
	forget_image = forget;
	tls_program = program;
	tell_library = tell;
}

/*
 * The reader: a process that may do nothing but look at the files it is handed. It ends where one becomes shorter under
 * its hands, and is killed where one makes it wait; then there is another.
 */
static void read_files(int socket)
{
	if (!drop_capabilities() || !limit_reader())
		_exit(1);
	for (;;) {
		struct symbols found;
		size_t size;
		int file = receive_file(socket, &size);
		void *bytes;

		if (file < 0)
			_exit(0);
		bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, file, 0);
		memset(&found, 0, sizeof(found));
		if (bytes != MAP_FAILED) {
			symbols_read(bytes, size, &found);
			munmap(bytes, size);
		}
		close(file);
		if (write(socket, &found, sizeof(found)) != sizeof(found))
			_exit(0);
	}
}

static void end_reader(void)
{
	if (reader <= 0)
		return;
	close(reader_socket);
	kill(reader, SIGKILL);
	/* One that cannot even be killed, as its disk hangs, stays behind. */
	waitpid(reader, NULL, WNOHANG);
	reader = 0;
}

static bool start_reader(void)
{
	int ends[2];

	if (reader > 0)
		return true;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return false;
	reader = fork();
	if (reader == 0) {
		/* Nothing else that is open here is for it. */
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		if (dup2(ends[1], READER_SOCKET) < 0 || syscall(SYS_close_range, READER_SOCKET + 1, ~0U, 0))
			_exit(1);
		read_files(READER_SOCKET);
	}
	close(ends[1]);
	if (reader < 0)
		close(ends[0]);
	reader_socket = ends[0];
	return reader > 0;
}

/* False when it could not be found out. */
static bool look(int file, size_t size)
{
	struct pollfd wait = { .events = POLLIN };
	pid_t ended;

	while ((ended = waitpid(-1, NULL, WNOHANG)) > 0) {
		if (ended == reader) {
			close(reader_socket);
			reader = 0;
		}
	}
	if (!start_reader())
		return false;
	wait.fd = reader_socket;
	if (send_file(reader_socket, file, size) && poll(&wait, 1, PATIENCE_MS) > 0 &&
	    read(reader_socket, &answer, sizeof(answer)) == sizeof(answer))
		return true;
	end_reader();
	return false;
}

/*
 * Attaches to all calls that were found, or to their returns; 0 where there are none, -1 with errno. Never to a return in Go:
 * it moves its stacks, with the address that the kernel has put there, and the program would end.
 */
static int attach(int file, const struct symbols *found, bool returns)
{
	__u64 offsets[TLS_CALLS], cookies[TLS_CALLS];
	__u32 count = 0;
	char path[64];
	int link;

	for (int i = 0; i < (returns ? TLS_RETURNING : TLS_CALLS); i++) {
		if (!found->offset[i])
			continue;
		offsets[count] = found->offset[i];
		cookies[count++] = i | (returns ? TLS_RETURN : 0) | (i == TLS_GO_READ ? found->go_slot << GO_SLOT : 0);
	}
	if (!count)
		return 0;
	/* The very file that was looked at, whatever its path names by now. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
	link = uprobe_multi_attach(tls_program, path, offsets, cookies, count, returns);
	return link < 0 ? link : link_hand_over(link);
}

static const char *refusal(int error)
{
	static char text[128];

	snprintf(text, sizeof(text), "the kernel does not attach to it: %s", strerror(error));
	return text;
}

static void detach(struct library *l)
{
	for (int i = 0; i < 2; i++) {
		if (l->links[i] > 0)
			link_give_up(l->links[i]);
		l->links[i] = 0;
	}
	if (l->program > 0)
		close(l->program);
	l->program = 0;
}

static bool is_removed_program(const struct library *l)
{
	struct stat s;

	return l->program > 0 && !fstat(l->program, &s) && !s.st_nlink;
}

static void forget(struct library *l)
{
	detach(l);
	memmove(l, l + 1, (&libraries[--library_count] - l) * sizeof(*l));
}

/* What is attached to stays on the disk: of programs that were removed, only the last few are kept, which may still run. */
static void forget_removed(void)
{
	int removed = 0;

	for (int i = library_count - 1; i >= 0; i--) {
		if (!is_removed_program(&libraries[i]) || ++removed <= MOST_REMOVED)
			continue;
		forget(&libraries[i]);
	}
}

/* The first process of a container is there as long as the container is, and was there before what has found the library. */
static void seen_alive(const struct resident *resident)
{
	for (int i = 0; i < library_count; i++) {
		const struct resident *found = &libraries[i].finder;

		libraries[i].alive |= resident->namespace == found->namespace && resident->start <= found->start;
	}
}

/*
 * What a container brings is another file in each container of one image, and all of these are one file on the disk: a
 * call meets the probes of all. So those of containers that have ended are taken away when another one comes. Should
 * anybody run such a file after all, it is told again.
 */
static void forget_ended(void)
{
	for (int i = 0; i < library_count; i++)
		libraries[i].alive = !libraries[i].finder.namespace;
	if (!all_residents(seen_alive))
		return;
	for (int i = library_count - 1; i >= 0; i--) {
		if (libraries[i].alive)
			continue;
		forget_image(&libraries[i].key);
		forget(&libraries[i]);
	}
}

/* Zeros where the file's system is not a container's own. */
static struct resident find_resident(int file, __u64 device)
{
	struct resident resident = { 0, 0 };
	struct statfs system;
	struct stat root;
	char pid[16];

	if (!finder || fstatfs(file, &system) || system.f_type != OVERLAYFS_MAGIC)
		return resident;
	/* The whole machine can have such a file system. */
	if (stat("/", &root) || root.st_dev == device)
		return resident;
	snprintf(pid, sizeof(pid), "%u", finder->pid);
	if (!resident_of(pid, &resident))
		resident.namespace = 0;
	return resident;
}

void library_finder(const struct image_record *record)
{
	finder = record;
}

/* The returns first: a call that is seen waits for its return. */
static void hook(int file, struct library *l, const char *path)
{
	bool requests_only = answer.offset[TLS_GO_RECORD] && !answer.offset[TLS_GO_READ];

	l->links[1] = attach(file, &answer, true);
	if (l->links[1] >= 0)
		l->links[0] = attach(file, &answer, false);
	if (l->links[0] > 0) {
		tell_library(path, RG_ON, requests_only ? "its requests only: how it reads has a form that is not known" : "");
		return;
	}
	tell_library(path, RG_UNSUPPORTED, refusal(errno));
	detach(l);
}

static struct library *find(__u64 device, __u64 inode)
{
	for (int i = 0; i < library_count; i++) {
		if (libraries[i].device == device && libraries[i].inode == inode)
			return &libraries[i];
	}
	return NULL;
}

void library_found(int file)
{
	static const char *const not_read[] = {
		[TLS_NSS] = "requests inside NSS are not read yet",
		[TLS_MBEDTLS] = "requests inside Mbed TLS are not read yet",
		[TLS_WOLFSSL] = "requests inside wolfSSL are not read yet",
		[TLS_S2N] = "requests inside s2n are not read yet",
	};
	static const char *const why_not_go[] = {
		"its crypto/tls has a form that is not known",
		"it was built with a Go before 1.17, whose calls are not read",
	};
	char link[64], path[RG_PATH_CAP];
	static int failures;
	struct library *l;
	struct resident resident;
	struct stat s;
	bool looked;
	ssize_t n;

	if (fstat(file, &s) || !S_ISREG(s.st_mode) || s.st_size < 64 || (unsigned long)s.st_size > MOST_BYTES)
		return;
	l = find(s.st_dev, s.st_ino);
	if (l && l->changed == s.st_ctim.tv_sec && l->changed_ns == s.st_ctim.tv_nsec)
		return;
	/* It was written over: what was found in it is nothing any more. */
	if (l)
		detach(l);
	looked = look(file, s.st_size);
	if (looked && answer.library == TLS_NONE)
		return;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", file);
	n = readlink(link, path, sizeof(path) - 1);
	if (n <= 0)
		return;
	path[n] = 0;
	if (!looked) {
		/* Anyone can make such files. */
		if (failures++ < MOST_FAILURES)
			tell_library(path, RG_OFF, "whether it is a TLS library could not be found out in time");
		return;
	}
	resident = l ? l->finder : find_resident(file, s.st_dev);
	if (!l && resident.namespace)
		forget_ended();
	if (!l && library_count == MOST_LIBRARIES) {
		tell_library(path, RG_OFF, "more TLS libraries than are followed at a time");
		return;
	}
	if (!l)
		l = &libraries[library_count++];
	*l = (struct library){ s.st_dev, s.st_ino, s.st_ctim.tv_sec, s.st_ctim.tv_nsec, { 0, 0 }, 0, resident };
	if (finder)
		l->key = finder->key;
	if (answer.library == TLS_OPENSSL || answer.library == TLS_GNUTLS || answer.offset[TLS_GO_RECORD])
		hook(file, l, path);
	else if (answer.library == TLS_GO)
		tell_library(path, RG_UNSUPPORTED, why_not_go[answer.problem == GO_OLD]);
	else if (answer.library < sizeof(not_read) / sizeof(not_read[0]))
		tell_library(path, RG_UNSUPPORTED, not_read[answer.library]);
	if (answer.library != TLS_GO)
		return;
	l->program = dup(file);
	forget_removed();
}
