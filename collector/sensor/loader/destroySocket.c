// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "destroySocket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#define EVERY_STATE 0xffffffff

struct request {
	struct nlmsghdr head;
	struct inet_diag_req_v2 body;
};

int destroy_open(void)
{
	return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_SOCK_DIAG);
}

/* What the kernel has said to the request; 0 where it has said nothing. */
static int answer_of(int netlink)
{
	struct {
		struct nlmsghdr head;
		struct nlmsgerr error;
		char request[256];
	} answer;
	int result = 0;

	for (;;) {
		ssize_t n = recv(netlink, &answer, sizeof(answer), 0);

		if (n <= 0)
			return result;
		if ((size_t)n >= sizeof(answer.head) + sizeof(answer.error.error) && answer.head.nlmsg_type == NLMSG_ERROR)
			result = -answer.error.error;
	}
}

int destroy_socket(int netlink, const struct connection *c)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct request r = {
		.head = { .nlmsg_len = sizeof(r), .nlmsg_type = SOCK_DESTROY, .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK },
		.body = {
			.sdiag_family = c->family == 4 ? AF_INET : AF_INET6,
			.sdiag_protocol = IPPROTO_TCP,
			.idiag_states = EVERY_STATE,
		},
	};
	struct inet_diag_sockid *id = &r.body.id;
	id->idiag_sport = htons(c->local_port);
	id->idiag_dport = htons(c->remote_port);
	memcpy(id->idiag_src, c->local, 16);
	memcpy(id->idiag_dst, c->remote, 16);
	id->idiag_cookie[0] = c->cookie ? (__u32)c->cookie : INET_DIAG_NOCOOKIE;
	id->idiag_cookie[1] = c->cookie ? c->cookie >> 32 : INET_DIAG_NOCOOKIE;
	if (sendto(netlink, &r, sizeof(r), 0, (struct sockaddr *)&kernel, sizeof(kernel)) < 0)
		return errno;
	return answer_of(netlink);
}
