// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The end of a socket: its last descriptor was closed. Observes only, as all programs on the cgroup root. */
#include "connectResult.h"

#define ALLOW 1

static __always_inline void close_udp(struct udp_socket *u)
{
	for (int i = 0; i < UDP_PEERS; i++) {
		struct udp_peer *p = &u->peers[i];

		if (p->flow)
			emit_close(&p->owner, p->flow, p->began, p->sent, p->received, 0);
		p->flow = 0;
	}
}

SEC("cgroup/sock_release")
int on_release(struct bpf_sock *sk)
{
	if (sk->protocol == IPPROTO_UDP || sk->protocol == IPPROTO_UDPLITE) {
		struct udp_socket *u = bpf_sk_storage_get(&udp_sockets, sk, 0, 0);

		if (u)
			close_udp(u);
	} else {
		struct tcp_flow *f = bpf_sk_storage_get(&tcp_flows, sk, 0, 0);

		/*
		 * A connect that never came to an end, for instance one that failed before its first packet in io_uring. One that
		 * still tries, or has succeeded, ends in another state.
		 */
		if (f && f->state == TCP_FLOW_CONNECTING && sk->state == TCP_CLOSE)
			give_up_flow(f);
	}
	return ALLOW;
}
