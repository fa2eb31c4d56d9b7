// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#define _GNU_SOURCE
#include "warden.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "clock.h"
#include "frames.h"
#include "guard.h"
#include "privileges.h"
#include "say.h"
#include "systemCalls.h"

#define CHECK_MS 1000
/* Every so many checks it says that all is well. */
#define HEARTBEAT_CHECKS 5

struct word {
	__u32 armed;
	char reason[256];
};

static int to_warden = -1; /* in the sensor */
static int to_sensor;      /* in the warden */

static void tell(bool armed, const char *reason)
{
	struct word word = { .armed = armed };

	snprintf(word.reason, sizeof(word.reason), "%s", reason);
	/* A sensor that does not read is stopped or ending; then the lease is what counts. */
	if (write(to_sensor, &word, sizeof(word)) < 0 && errno != EAGAIN)
		guard_lock();
}

static void look_after(void)
{
	static unsigned int checks;
	char change[200] = "";
	enum guard_health health = guard_check(change, sizeof(change));

	if (health == GUARD_LOST) {
		guard_lock();
		guard_freeze();
		tell(false, change);
		return;
	}
	guard_renew();
	if (health == GUARD_MENDED)
		tell(true, change);
	else if (checks % HEARTBEAT_CHECKS == 0)
		tell(true, "the programs are attached and pinned, as was just looked at");
	checks++;
}

static void watch(void)
{
	struct pollfd wait = { .fd = to_sensor, .events = POLLIN };
	__u64 next = 0;

	for (;;) {
		__u64 now = boot_now();

		if (now >= next) {
			look_after();
			next = boot_now() + CHECK_MS * 1000000ULL;
		}
		now = boot_now();
		if (poll(&wait, 1, next > now ? (next - now) / 1000000 + 1 : 0) < 0 && errno != EINTR)
			break;
		/* The sensor says nothing: it only ends. */
		if (wait.revents)
			break;
	}
	/* The sensor is gone, whatever has ended it. */
	guard_lock();
	_exit(0);
}

static void run(int socket)
{
	static const int deaf_to[] = { SIGTERM, SIGINT, SIGHUP, SIGPIPE, SIGQUIT, SIGUSR1, SIGUSR2 };

	for (size_t i = 0; i < sizeof(deaf_to) / sizeof(deaf_to[0]); i++)
		signal(deaf_to[i], SIG_IGN);
	to_sensor = socket;
	take_precedence();
	if (!guard_keep_only(socket) || !keep_guarding_capabilities() || !limit_warden())
		_exit(3);
	watch();
}

int warden_start(const struct options *options)
{
	struct pollfd wait;
	int ends[2];
	pid_t child;

	if (!guard_wanted())
		return -1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends))
		fail(3, CANNOT_ENFORCE "%s", strerror(errno));
	child = fork();
	if (child == 0) {
		close(ends[0]);
		run(ends[1]);
	}
	close(ends[1]);
	if (child < 0)
		fail(3, CANNOT_ENFORCE "the process that looks after it cannot be started: %s", strerror(errno));
	to_warden = ends[0];
	/* It has to have looked once: it may lack what that takes. */
	wait = (struct pollfd){ .fd = to_warden, .events = POLLIN };
	if (poll(&wait, 1, 5000) <= 0 || !warden_tell(to_warden))
		fail(3, CANNOT_ENFORCE "the process that looks after it does not run");
	return to_warden;
}

bool warden_tell(int fd)
{
	struct word word;
	ssize_t n;

	while ((n = read(fd, &word, sizeof(word))) == sizeof(word)) {
		word.reason[sizeof(word.reason) - 1] = 0;
		frame_enforcement(word.armed, word.reason);
	}
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	guard_lock();
	frame_enforcement(false, "the process that looks after the enforcement has ended: nothing is allowed any more");
	to_warden = -1;
	return false;
}
