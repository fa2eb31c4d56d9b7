// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "destroySocket.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#define EVERY_STATE 0xffffffff

static int netlink = -1;

struct request {
	struct nlmsghdr head;
	struct inet_diag_req_v2 body;
};

bool destroy_open(void)
{
	netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_SOCK_DIAG);
	return netlink >= 0;
}

int destroy_fd(void)
{
	return netlink;
}

void destroy_socket(const struct connection *c)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct request r = {
		.head = { .nlmsg_len = sizeof(r), .nlmsg_type = SOCK_DESTROY, .nlmsg_flags = NLM_F_REQUEST },
		.body = {
			.sdiag_family = c->family == 4 ? AF_INET : AF_INET6,
			.sdiag_protocol = IPPROTO_TCP,
			.idiag_states = EVERY_STATE,
		},
	};
	struct inet_diag_sockid *id = &r.body.id;
	char answer[512];

	if (netlink < 0)
		return;
	id->idiag_sport = htons(c->local_port);
	id->idiag_dport = htons(c->remote_port);
	memcpy(id->idiag_src, c->local, 16);
	memcpy(id->idiag_dst, c->remote, 16);
	id->idiag_cookie[0] = c->cookie ? (__u32)c->cookie : INET_DIAG_NOCOOKIE;
	id->idiag_cookie[1] = c->cookie ? c->cookie >> 32 : INET_DIAG_NOCOOKIE;
	/* What it says is of no use: the packets are refused whatever becomes of the connection. */
	sendto(netlink, &r, sizeof(r), 0, (struct sockaddr *)&kernel, sizeof(kernel));
	while (recv(netlink, answer, sizeof(answer), 0) > 0) {
	}
}
