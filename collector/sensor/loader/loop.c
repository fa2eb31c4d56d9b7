// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loop.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "../bpf/record.h"
#include "attacher.h"
#include "clock.h"
#include "counters.h"
#include "folds.h"
#include "frames.h"
#include "guard.h"
#include "hooks.h"
#include "merge.h"
#include "missed.h"
#include "output.h"
#include "say.h"
#include "warden.h"

/* How long a record may lie in a ring while events come, and how many empty rounds count as quiet. */
#define ROUND_MS 4
#define QUIET_ROUNDS 25
#define SLEEP_MS 1000
#define REFRESH_NS 250000000ULL
/*
 * How long equal file operations are counted before the count is told: longer when there is much to tell, so that these
 * are at most some 5,000 frames a second.
 */
#define FOLD_NS 40000000ULL
#define FOLD_NS_PER_FRAME 200000ULL
#define FOLD_NS_MAX 500000000ULL
/* A reader that took nothing for so long will not take the rest. */
#define PATIENCE_MS 10000

void loop_catch_end(struct loop *loop)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	loop->end_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (loop->end_fd < 0)
		fail(3, "cannot wait for signals: %s", strerror(errno));
}

static bool add(int epoll, int fd, __u32 events)
{
	struct epoll_event event = { .events = events, .data.fd = fd };

	return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

void loop_prepare(struct loop *loop)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	/* Edge-triggered: a ring with one record in it would be ready all the time, and the programs wake us in batches. */
	if (epoll < 0 || !add(epoll, loop->core_fd, EPOLLIN | EPOLLET) || !add(epoll, loop->file_fd, EPOLLIN | EPOLLET) ||
	    !add(epoll, loop->end_fd, EPOLLIN))
		fail(3, "cannot wait for the ring buffers: %s", strerror(errno));
	if (loop->attacher >= 0)
		add(epoll, loop->attacher, EPOLLIN);
	if (loop->warden >= 0)
		add(epoll, loop->warden, EPOLLIN);
	/* A file or /dev/null as stdin can not be waited for, and has no end to speak of; a pipe or a socket has. */
	add(epoll, STDIN_FILENO, EPOLLIN);
	/* A full pipe that is read again makes room for what we hold; a file takes all at once. */
	add(epoll, STDOUT_FILENO, EPOLLOUT | EPOLLET);
	loop->epoll_fd = epoll;
}

/* Reads and forgets: only the end of stdin means something. */
static bool stdin_ended(void)
{
	char ignored[4096];
	ssize_t n = read(STDIN_FILENO, ignored, sizeof(ignored));

	return n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
}

/* Waits for something to do. False when the sensor is to end. */
static bool wait_for_more(struct loop *loop, int timeout_ms)
{
	struct epoll_event events[8];
	int n = epoll_wait(loop->epoll_fd, events, 8, timeout_ms);

	for (int i = 0; i < n; i++) {
		if (events[i].data.fd == loop->end_fd)
			return false;
		if (events[i].data.fd == STDIN_FILENO && stdin_ended())
			return false;
		if (loop->attacher >= 0 && events[i].data.fd == loop->attacher && !attacher_tell(loop->attacher)) {
			close(loop->attacher);
			loop->attacher = -1;
		}
		if (loop->warden >= 0 && events[i].data.fd == loop->warden && !warden_tell(loop->warden)) {
			close(loop->warden);
			loop->warden = -1;
		}
	}
	return true;
}

/*
 * While events come, the loop looks every few milliseconds and is woken early
 * only by a large batch. When it has been quiet it asks to be woken by any
 * record, and looks once more after a round: a program that read the old wish
 * has written its record by then.
 */
static int next_timeout(struct loop *loop, unsigned long taken, unsigned int *quiet)
{
	if (taken)
		*quiet = 0;
	else if (*quiet <= QUIET_ROUNDS)
		++*quiet;
	if (*quiet < QUIET_ROUNDS) {
		*loop->wanted_wake = WAKE_BATCH;
		return ROUND_MS;
	}
	*loop->wanted_wake = WAKE_ANY;
	return *quiet == QUIET_ROUNDS ? ROUND_MS : SLEEP_MS;
}

static int end(struct loop *loop)
{
	bool whole = hooks_whole(frame_coverage);

	guard_lock();
	*loop->tls_ended = 1;
	attacher_end(loop->attacher);
	hooks_detach();
	while (drain(&loop->core, &loop->file))
		output_write();
	folds_flush();
	missed_refresh();
	shortfalls_tell(&loop->shortfalls);
	counters_tell_loss();
	counters_tell_bye();
	if (output_drain(PATIENCE_MS))
		return whole ? 0 : 3;
	say("the reader of the frames is gone or does not read: %zu bytes of frames are lost", output_queued());
	return 3;
}

/* What is not worth doing in every round. */
static void now_and_then(const struct loop *loop, __u64 now, bool quiet)
{
	static __u64 refreshed, next_sweep;

	if (quiet || now >= next_sweep) {
		__u64 pause = folds_sweep() * FOLD_NS_PER_FRAME;

		if (pause < FOLD_NS)
			pause = FOLD_NS;
		next_sweep = now + (pause < FOLD_NS_MAX ? pause : FOLD_NS_MAX);
	}
	if (now - refreshed > REFRESH_NS) {
		missed_refresh();
		hooks_whole(frame_coverage);
		shortfalls_tell(&loop->shortfalls);
		refreshed = now;
	}
}

int loop_run(struct loop *loop)
{
	unsigned int quiet = 0;

	for (;;) {
		unsigned long taken = drain(&loop->core, &loop->file);

		now_and_then(loop, boot_now(), quiet > QUIET_ROUNDS);
		counters_tell_loss();
		if (!output_write()) {
			say("the reader of the frames is gone: the sensor ends");
			return 3;
		}
		if (!wait_for_more(loop, next_timeout(loop, taken, &quiet)))
			return end(loop);
	}
}
