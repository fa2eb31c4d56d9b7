// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Who connects where. These programs run for every socket below the cgroup
 * root, io_uring and 32-bit calls included. They OBSERVE ONLY: each returns
 * ALLOW at its one return statement; anything else would cut the machine off.
 */
#include "connectResult.h"
#include "guard.h"

#define ALLOW 1

static __u64 numbered_flows;

struct peer {
	__u8 address[16];
	__u16 port;
	__u8 family;
};

/* No address at all is the machine itself: by the address that the socket is bound to, or by loopback. */
static __always_inline __u32 reached4(struct bpf_sock_addr *ctx, __u32 address)
{
	__u32 bound = ctx->sk ? ctx->sk->src_ip4 : 0;

	if (address)
		return address;
	return bound ? bound : bpf_htonl(0x7f000001);
}

static __always_inline void peer4(struct peer *peer, struct bpf_sock_addr *ctx)
{
	*(__u32 *)peer->address = reached4(ctx, ctx->user_ip4);
	peer->port = bpf_ntohs((__u16)ctx->user_port);
	peer->family = 4;
}

/* An IPv4-mapped address reaches an IPv4 peer, and is said as such. */
static __always_inline void peer6(struct peer *peer, struct bpf_sock_addr *ctx)
{
	__u32 *address = (__u32 *)peer->address;
	__u32 a = ctx->user_ip6[0], b = ctx->user_ip6[1], c = ctx->user_ip6[2], d = ctx->user_ip6[3];

	peer->port = bpf_ntohs((__u16)ctx->user_port);
	if (a == 0 && b == 0 && c == bpf_htonl(0xffff)) {
		address[0] = reached4(ctx, d);
		peer->family = 4;
		return;
	}
	address[0] = a;
	address[1] = b;
	address[2] = c;
	address[3] = a || b || c || d ? d : bpf_htonl(1);
	peer->family = 6;
}

static __always_inline void local_address(struct rg_connect *r, struct bpf_sock *sk)
{
	__u32 *local = (__u32 *)r->local;

	r->local_port = sk->src_port;
	if (r->family == 4) {
		local[0] = sk->src_ip4;
		return;
	}
	local[0] = sk->src_ip6[0];
	local[1] = sk->src_ip6[1];
	local[2] = sk->src_ip6[2];
	local[3] = sk->src_ip6[3];
}

static __always_inline void tcp_connect(struct bpf_sock_addr *ctx, struct bpf_sock *sk, const struct peer *peer)
{
	__u64 thread = bpf_get_current_pid_tgid();
	struct connect_call *call = connect_slot(thread);
	struct rg_connect r = {};
	struct tcp_flow *f;

	f = bpf_sk_storage_get(&tcp_flows, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
	if (!f) {
		/* No memory: the event is lost, and counted as such. */
		count_result(KIND_NET, 1);
		return;
	}
	/* Who connects again has failed before, which a send that connects has told nobody. */
	if (f->state == TCP_FLOW_CONNECTING)
		give_up_flow(f);
	f->flow = new_flow(bpf_get_socket_cookie(ctx), &f->attempts, &numbered_flows, FLOW_NUMBERED_TCP);
	f->state = TCP_FLOW_CONNECTING;
	f->family = peer->family;
	f->remote_port = peer->port;
	f->content = CONTENT_NONE;
	f->hello_end = 0;
	current_owner(&f->owner);

	name_owner(&r.h, &f->owner, RG_CONNECT, sizeof(r));
	f->began = r.h.time;
	r.flow = f->flow;
	r.remote_port = peer->port;
	r.family = peer->family;
	r.protocol = IPPROTO_TCP;
	__builtin_memcpy(r.remote, peer->address, 16);
	local_address(&r, sk);
	emit(&core_ring, KIND_NET, &r, sizeof(r));

	if (call) {
		call->thread = thread;
		call->flow = f->flow;
		call->waiting = 1;
	}
}

/* Remembers who uses the socket; a flow begins with its first datagram. */
static __always_inline void udp_owner(struct bpf_sock_addr *ctx, struct bpf_sock *sk)
{
	struct udp_socket *u = bpf_sk_storage_get(&udp_sockets, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);

	if (!u) {
		count_result(KIND_NET, 1);
		return;
	}
	if (!u->cookie)
		u->cookie = bpf_get_socket_cookie(ctx);
	current_owner(&u->owner);
}

/* The guard has refused it, and told so: it runs before, as it was attached before or further down. */
static __always_inline bool was_refused(struct bpf_sock *sk)
{
	struct guard_socket *g = guard_on ? bpf_sk_storage_get(&guard_sockets, sk, 0, 0) : 0;

	return g && g->state == GUARD_DENIED;
}

static __always_inline void observe(struct bpf_sock_addr *ctx, const struct peer *peer)
{
	struct bpf_sock *sk = ctx->sk;
	__u32 protocol = ctx->protocol;

	if (!sk)
		return;
	if (!is_watched(bpf_get_current_pid_tgid() >> 32)) {
		count_filtered(KIND_NET);
		return;
	}
	if ((protocol == IPPROTO_TCP || protocol == IPPROTO_MPTCP) && !was_refused(sk))
		tcp_connect(ctx, sk, peer);
	else if (protocol == IPPROTO_UDP || protocol == IPPROTO_UDPLITE)
		udp_owner(ctx, sk);
}

SEC("cgroup/connect4")
int on_connect4(struct bpf_sock_addr *ctx)
{
	struct peer peer = {};

	peer4(&peer, ctx);
	observe(ctx, &peer);
	return ALLOW;
}

SEC("cgroup/connect6")
int on_connect6(struct bpf_sock_addr *ctx)
{
	struct peer peer = {};

	peer6(&peer, ctx);
	observe(ctx, &peer);
	return ALLOW;
}

static __always_inline void observe_send(struct bpf_sock_addr *ctx)
{
	struct bpf_sock *sk = ctx->sk;

	if (!sk)
		return;
	if (is_watched(bpf_get_current_pid_tgid() >> 32))
		udp_owner(ctx, sk);
	else
		count_filtered(KIND_NET);
}

SEC("cgroup/sendmsg4")
int on_sendmsg4(struct bpf_sock_addr *ctx)
{
	observe_send(ctx);
	return ALLOW;
}

SEC("cgroup/sendmsg6")
int on_sendmsg6(struct bpf_sock_addr *ctx)
{
	observe_send(ctx);
	return ALLOW;
}
