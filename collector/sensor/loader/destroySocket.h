/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Ends TCP connections of others: who waits on them learns it at once (ECONNABORTED). */
#ifndef RUNGLASS_DESTROY_SOCKET_H
#define RUNGLASS_DESTROY_SOCKET_H

#include <linux/types.h>
#include <stdbool.h>

struct connection {
	__u64 cookie; /* 0: not known */
	__u16 local_port, remote_port; /* in host byte order */
	__u8 family; /* 4 or 6 */
	__u8 pad[3];
	__u8 local[16], remote[16]; /* IPv4 in the first 4 bytes */
};

/* Prepares it, in the network namespace that the caller is in. False with errno where the kernel cannot. */
bool destroy_open(void);

/* Connections of other network namespaces are not found, and stay; needs CAP_NET_ADMIN. */
void destroy_socket(const struct connection *connection);

/* The descriptor that it uses, or -1. */
int destroy_fd(void);

#endif
