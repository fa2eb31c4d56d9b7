// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#define _GNU_SOURCE
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "say.h"

#define QUEUE_SIZE (64UL << 20)
#define LESS_LIMIT (QUEUE_SIZE / 2)
/* What remains for the sensor's own frames (loss, bye) when all else is full. */
#define CONTROL_ROOM 4096
#define WRITE_SIZE (1UL << 20)
#define PIPE_SIZE (1 << 20)

static __u8 *queue;           /* mapped twice in a row, so that a frame never wraps */
static unsigned long written; /* bytes given to the reader */
static unsigned long filled;  /* bytes put in; the two grow without end */
static __u64 lost;

/* Only a pipe or a socket can make us wait; the flag on a shared terminal or file would outlive us. */
static void never_wait(void)
{
	struct stat out;
	int flags = fcntl(STDOUT_FILENO, F_GETFL), room = PIPE_SIZE;

	if (flags < 0 || fstat(STDOUT_FILENO, &out))
		fail(3, "there is no standard output to write frames to: %s", strerror(errno));
	if (!S_ISFIFO(out.st_mode) && !S_ISSOCK(out.st_mode))
		return;
	if (fcntl(STDOUT_FILENO, F_SETFL, flags | O_NONBLOCK))
		fail(3, "cannot make standard output non-blocking: %s", strerror(errno));
	/* A larger buffer saves system calls; it is no harm when it is refused. */
	if (S_ISFIFO(out.st_mode))
		fcntl(STDOUT_FILENO, F_SETPIPE_SZ, room);
	else
		setsockopt(STDOUT_FILENO, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room));
}

void output_open(void)
{
	int fd = memfd_create("runglass-output", MFD_CLOEXEC);

	never_wait();
	if (fd < 0 || ftruncate(fd, QUEUE_SIZE))
		fail(3, "cannot make the output queue: %s", strerror(errno));
	queue = mmap(NULL, 2 * QUEUE_SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (queue == MAP_FAILED)
		fail(3, "cannot map the output queue: %s", strerror(errno));
	for (int half = 0; half < 2; half++) {
		if (mmap(queue + half * QUEUE_SIZE, QUEUE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd,
			 0) == MAP_FAILED)
			fail(3, "cannot map the output queue: %s", strerror(errno));
	}
	close(fd);
}

void *output_reserve(size_t size, enum importance importance, __u64 events)
{
	unsigned long limit = QUEUE_SIZE;

	if (importance == OUTPUT_LESS)
		limit = LESS_LIMIT;
	else if (importance == OUTPUT_CORE)
		limit = QUEUE_SIZE - CONTROL_ROOM;
	if (filled - written + size > limit) {
		lost += events;
		return NULL;
	}
	return queue + filled % QUEUE_SIZE;
}

void output_commit(size_t size)
{
	filled += size;
}

bool output_write(void)
{
	while (filled > written) {
		unsigned long length = filled - written;
		ssize_t n;

		n = write(STDOUT_FILENO, queue + written % QUEUE_SIZE, length < WRITE_SIZE ? length : WRITE_SIZE);
		if (n > 0) {
			written += n;
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		return n < 0 && errno == EAGAIN;
	}
	/* Empty: begin at the front again, so that a queue that is read in time touches few pages. */
	written = filled = 0;
	return true;
}

size_t output_queued(void)
{
	return filled - written;
}

void output_lose(__u64 events)
{
	lost += events;
}

__u64 output_lost(void)
{
	return lost;
}

bool output_drain(int patience_ms)
{
	struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };

	while (output_write()) {
		if (filled == written)
			return true;
		if (poll(&out, 1, patience_ms) <= 0)
			return false;
	}
	return false;
}
