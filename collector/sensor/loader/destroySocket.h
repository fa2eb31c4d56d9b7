/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Ends TCP connections of others: who waits on them learns it at once (ECONNABORTED). */
#ifndef RUNGLASS_DESTROY_SOCKET_H
#define RUNGLASS_DESTROY_SOCKET_H

#include <linux/types.h>

struct connection {
	__u64 cookie; /* 0: not known */
	__u16 local_port, remote_port; /* in host byte order */
	__u8 family; /* 4 or 6 */
	__u8 pad[3];
	__u8 local[16], remote[16]; /* IPv4 in the first 4 bytes */
};

/* A descriptor for it, in the network namespace that the caller is in; -1 with errno where the kernel cannot. */
int destroy_open(void);

/* Returns 0, or an errno: ENOENT where no such connection is in the descriptor's network namespace. Needs CAP_NET_ADMIN. */
int destroy_socket(int netlink, const struct connection *connection);

#endif
