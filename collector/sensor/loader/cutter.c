// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#define _GNU_SOURCE
#include "cutter.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "destroySocket.h"
#include "existing.h"
#include "frames.h"
#include "guard.h"
#include "privileges.h"
#include "systemCalls.h"

#define COVERAGE "net.cut"
#define NOT_HERE "in networks of their own, as containers have them, refused connections wait until they give up: "

struct request {
	struct connection connection;
	__s32 process; /* who has made it; 0: not known */
};

static int to_cutter = -1; /* in the sensor */

static void cut_elsewhere(const struct request *request, int home)
{
	int process = syscall(SYS_pidfd_open, request->process, 0);

	if (process < 0)
		return;
	/* Somebody else may have the number by now: then no connection there has that cookie. */
	if (!setns(process, CLONE_NEWNET)) {
		int netlink = destroy_open();

		if (netlink >= 0) {
			destroy_socket(netlink, &request->connection);
			close(netlink);
		}
		/* Whoever stays would keep the namespace there. */
		if (setns(home, CLONE_NEWNET))
			_exit(3);
	}
	close(process);
}

static void run(int socket, int netlink, int home)
{
	static const int deaf_to[] = { SIGTERM, SIGINT, SIGHUP, SIGPIPE, SIGQUIT, SIGUSR1, SIGUSR2 };
	const int kept[] = { socket, netlink, home };
	struct request request;

	prctl(PR_SET_NAME, "runglass-cutter");
	for (size_t i = 0; i < sizeof(deaf_to) / sizeof(deaf_to[0]); i++)
		signal(deaf_to[i], SIG_IGN);
	if (!close_all_but(kept, sizeof(kept) / sizeof(kept[0])) || fcntl(socket, F_SETFL, 0) || !keep_cutting_capabilities() ||
	    !limit_cutter())
		_exit(3);
	for (;;) {
		ssize_t n = read(socket, &request, sizeof(request));

		if (n < 0 && errno == EINTR)
			continue;
		if (n != sizeof(request))
			_exit(0);
		if (destroy_socket(netlink, &request.connection) == ENOENT && request.process > 0 && home >= 0)
			cut_elsewhere(&request, home);
	}
}

void cutter_start(void)
{
	int netlink, home, ends[2];
	pid_t child;

	if (!guard_wanted())
		return;
	netlink = destroy_open();
	if (netlink < 0 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends)) {
		frame_coverage(COVERAGE, RG_OFF, "this kernel cannot end connections: those that are refused wait until they give up");
		return;
	}
	home = host_process_ids() ? open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC) : -1;
	if (home < 0)
		frame_coverage(COVERAGE, RG_OFF, NOT_HERE "this is a PID namespace of its own");
	child = fork();
	if (child == 0)
		run(ends[1], netlink, home);
	close(ends[1]);
	close(netlink);
	if (home >= 0)
		close(home);
	if (child < 0) {
		frame_coverage(COVERAGE, RG_OFF, strerror(errno));
		close(ends[0]);
		return;
	}
	to_cutter = ends[0];
}

void cutter_cut(const struct rg_denied *denied)
{
	struct request request = {
		.connection = {
			.cookie = denied->cookie,
			.local_port = denied->local_port,
			.remote_port = denied->remote_port,
			.family = denied->family,
		},
		.process = denied->h.pid,
	};

	if (to_cutter < 0)
		return;
	memcpy(request.connection.local, denied->local, 16);
	memcpy(request.connection.remote, denied->remote, 16);
	/* Where it does not fit, the next packet asks again. */
	if (write(to_cutter, &request, sizeof(request)) >= 0 || errno == EAGAIN || errno == EINTR)
		return;
	frame_coverage(COVERAGE, RG_OFF, "what ends refused connections was ended: they wait until they give up");
	close(to_cutter);
	to_cutter = -1;
}
