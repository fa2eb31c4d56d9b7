// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Refuses what the egress policy does not allow: connects and datagrams when
 * they are asked for, so that the caller learns it at once, and below that
 * every packet, whatever way it came (io_uring, fast open, a socket from before).
 * That a socket is connected over UDP sends nothing and is not refused: libraries
 * do it to find out which address they would send from.
 */
#include "guard.h"

#define SOCK_RAW 3
#define TCP_LISTEN 10
#define IPPROTO_HOPOPTS 0
#define IPPROTO_ICMP 1
#define IPPROTO_ICMPV6 58
/* Of an address, its port, and so much of what follows that it can be told what it is. */
#define IPV4_LEAST 24
#define IPV6_LEAST 44
#define IPV4_FRAGMENT 0x1fff
/* Neighbour discovery, which routers and neighbours only take where it has passed no router. */
#define ND_FIRST 133
#define ND_LAST 136
#define ND_HOPS 255

__noinline __u32 guard_span_rule(__u32 first, __u32 count, __u32 port, __u32 protocol)
{
	for (__u32 i = 0; i < GUARD_SPAN_PORTS && i < count; i++) {
		__u32 at = first + i;
		struct guard_port *p = bpf_map_lookup_elem(&guard_ports, &at);

		if (!p)
			break;
		if ((p->port == GUARD_ANY_PORT || p->port == port) &&
		    (p->protocol == GUARD_ANY_PROTOCOL || p->protocol == protocol))
			return p->rule;
	}
	return GUARD_NO_RULE;
}

/* An address that stands for "this machine" is the one that the kernel puts in its place. */
static __always_inline void peer4(struct guard_peer *peer, struct bpf_sock_addr *ctx)
{
	__u32 address = ctx->user_ip4;

	*(__u32 *)peer->address = address ? address : bpf_htonl(0x7f000001);
	peer->family = 4;
}

static __always_inline void peer6(struct guard_peer *peer, struct bpf_sock_addr *ctx)
{
	__u32 *address = (__u32 *)peer->address;
	__u32 a = ctx->user_ip6[0], b = ctx->user_ip6[1], c = ctx->user_ip6[2], d = ctx->user_ip6[3];

	if (a == 0 && b == 0 && c == bpf_htonl(0xffff)) {
		address[0] = d ? d : bpf_htonl(0x7f000001);
		peer->family = 4;
		return;
	}
	address[0] = a;
	address[1] = b;
	address[2] = c;
	address[3] = a || b || c || d ? d : bpf_htonl(1);
	peer->family = 6;
}

static __always_inline void tell_refused(struct guard_socket *g, const struct guard_peer *peer, __u8 reason)
{
	struct rg_denied r = {};
	__u32 count = guard_refusals_to_tell(g, peer);

	if (!count)
		return;
	guard_fill_denied(&r, g, peer, reason);
	r.count = count;
	guard_emit(&r);
}

/*
 * Networks of a policy do not change, so of a flow to one of them nothing need be remembered: room for that costs more than
 * several looks at them. Only where a flow has sent so many segments, it pays. Not so of DNS: who serves it may ask on, so
 * its questions are read, and that one was refused is remembered.
 */
#define WORTH_REMEMBERING 8

static __always_inline bool must_remember(const struct guard_peer *peer, enum guard_state state)
{
	return state != GUARD_ALLOWED || peer->port == DNS_PORT;
}

/* What was remembered of another peer must not stand for this one, so where there is something it is always renewed. */
static __always_inline struct guard_socket *socket_of_call(struct bpf_sock_addr *ctx, struct bpf_sock *sk,
							   const struct guard_peer *peer, enum guard_state state)
{
	__u64 create = must_remember(peer, state) ? BPF_SK_STORAGE_GET_F_CREATE : 0;
	struct guard_socket *g = bpf_sk_storage_get(&guard_sockets, sk, 0, create);

	if (g) {
		current_owner(&g->owner);
		g->cookie = bpf_get_socket_cookie(ctx);
	}
	return g;
}

/* What a socket that nothing can be remembered of is refused by is told without knowing whose it is. */
static __always_inline int connects(struct bpf_sock_addr *ctx, struct guard_peer *peer)
{
	struct bpf_sock *sk = ctx->sk;
	struct guard_socket *g;
	enum guard_state state;
	__u32 rule;

	if (!sk)
		return GUARD_REFUSE;
	peer->port = bpf_ntohs((__u16)ctx->user_port);
	peer->protocol = guard_protocol(ctx->protocol);
	state = guard_decide(peer, &rule);
	g = socket_of_call(ctx, sk, peer, state);
	if (peer->protocol != IPPROTO_TCP)
		return GUARD_PASS;
	if (g) {
		g->peer = *peer;
		g->rule = rule;
		g->state = state;
	}
	if (state != GUARD_DENIED)
		return GUARD_PASS;
	tell_refused(g, peer, guard_why(peer));
	return GUARD_REFUSE;
}

static __always_inline int sends(struct bpf_sock_addr *ctx, struct guard_peer *peer)
{
	struct bpf_sock *sk = ctx->sk;
	struct guard_socket *g;
	enum guard_state state;
	__u32 rule;

	if (!sk)
		return GUARD_REFUSE;
	peer->port = bpf_ntohs((__u16)ctx->user_port);
	peer->protocol = guard_protocol(ctx->protocol);
	state = guard_decide(peer, &rule);
	g = socket_of_call(ctx, sk, peer, state);
	if (state != GUARD_DENIED)
		return GUARD_PASS;
	tell_refused(g, peer, guard_why(peer));
	return GUARD_REFUSE;
}

SEC("cgroup/connect4")
int guard_connect4(struct bpf_sock_addr *ctx)
{
	struct guard_peer peer = {};

	peer4(&peer, ctx);
	return connects(ctx, &peer);
}

SEC("cgroup/connect6")
int guard_connect6(struct bpf_sock_addr *ctx)
{
	struct guard_peer peer = {};

	peer6(&peer, ctx);
	return connects(ctx, &peer);
}

SEC("cgroup/sendmsg4")
int guard_sendmsg4(struct bpf_sock_addr *ctx)
{
	struct guard_peer peer = {};

	peer4(&peer, ctx);
	return sends(ctx, &peer);
}

SEC("cgroup/sendmsg6")
int guard_sendmsg6(struct bpf_sock_addr *ctx)
{
	struct guard_peer peer = {};

	peer6(&peer, ctx);
	return sends(ctx, &peer);
}

/* A raw socket writes its own headers, and one of SCTP or L2TP passes none of the hooks on connects. */
static __always_inline bool may_be_made(const struct bpf_sock *sk)
{
	__u8 protocol = guard_protocol(sk->protocol);

	if (sk->type == SOCK_RAW)
		return false;
	return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP || protocol == IPPROTO_ICMP || protocol == IPPROTO_ICMPV6;
}

SEC("cgroup/sock_create")
int guard_create(struct bpf_sock *sk)
{
	struct guard_peer nobody = { .protocol = sk->protocol, .family = sk->family == AF_INET6 ? 6 : 4 };
	struct rg_denied r = {};
	struct owner owner = {};

	if (may_be_made(sk))
		return GUARD_PASS;
	current_owner(&owner);
	guard_fill_denied(&r, 0, &nobody, RG_DENIED_SOCKET);
	name_owner(&r.h, &owner, RG_DENIED, sizeof(r));
	guard_emit(&r);
	return GUARD_REFUSE;
}

/* A packet on its way out. */
struct guard_packet {
	struct guard_peer peer;
	__u8 local[16];
	__u16 local_port;
	__u8 reason; /* why it can not pass, whatever its address; 0: none */
	__u8 passes; /* 1: whatever its address */
};

static __always_inline void read_ports(struct guard_packet *p, __u8 protocol, const __u8 *transport)
{
	p->peer.protocol = guard_protocol(protocol);
	if (p->peer.protocol == IPPROTO_TCP || p->peer.protocol == IPPROTO_UDP) {
		p->local_port = (__u16)transport[0] << 8 | transport[1];
		p->peer.port = (__u16)transport[2] << 8 | transport[3];
	}
}

/* An IPv4 packet: with options it may take another way than its address says, and only a raw socket sends fragments here. */
static __always_inline void read4(struct guard_packet *p, const __u8 *data)
{
	p->peer.family = 4;
	*(__u32 *)p->peer.address = *(const __u32 *)(data + 16);
	*(__u32 *)p->local = *(const __u32 *)(data + 12);
	if ((data[0] & 15) != 5 || (((__u16)data[6] << 8 | data[7]) & IPV4_FRAGMENT))
		p->reason = RG_DENIED_PACKET;
	else
		read_ports(p, data[9], data + 20);
}

/* What the kernel itself says to neighbours: who they are, and in which groups of theirs this machine is. */
static __always_inline bool is_neighbourly(const __u8 *data)
{
	bool on_the_link = data[24] == 0xff && (data[25] & 15) <= 2;

	if (data[6] == IPPROTO_ICMPV6)
		return data[7] == ND_HOPS && data[40] >= ND_FIRST && data[40] <= ND_LAST;
	return data[6] == IPPROTO_HOPOPTS && data[40] == IPPROTO_ICMPV6 && on_the_link;
}

static __always_inline void read6(struct guard_packet *p, const __u8 *data)
{
	p->peer.family = 6;
	__builtin_memcpy(p->peer.address, data + 24, 16);
	__builtin_memcpy(p->local, data + 8, 16);
	if (is_neighbourly(data))
		p->passes = 1;
	else
		read_ports(p, data[6], data + 40);
	/* Other headers in front of TCP and UDP are protocols that nobody allows: a routing header names other addresses. */
}

static __always_inline void read_packet(struct __sk_buff *skb, struct guard_packet *p)
{
	__u8 *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;

	if (skb->protocol == bpf_htons(ETH_P_IP) && data + IPV4_LEAST <= end)
		read4(p, data);
	else if (skb->protocol == bpf_htons(ETH_P_IPV6) && data + IPV6_LEAST <= end)
		read6(p, data);
	else
		p->reason = RG_DENIED_PACKET;
}

static __always_inline void tell_dropped(struct guard_socket *g, const struct guard_packet *p, __u8 reason, __u32 rule)
{
	struct rg_denied r = {};
	__u32 count = guard_refusals_to_tell(g, &p->peer);

	if (!count)
		return;
	guard_fill_denied(&r, g, &p->peer, reason);
	r.count = count;
	r.rule = rule;
	r.local_port = p->local_port;
	__builtin_memcpy(r.local, p->local, 16);
	/* It would wait for an answer until it has given up. */
	if (p->peer.protocol == IPPROTO_TCP)
		r.h.flags |= RG_CUT;
	guard_emit(&r);
}

static __always_inline int drop(struct __sk_buff *skb, struct guard_socket *g, const struct guard_packet *p, __u8 reason,
				__u32 rule)
{
	tell_dropped(g, p, reason, rule);
	return guard_drop(skb);
}

/*
 * Whose a socket is of which the guard has not remembered it: those who observe have. Packets are refused that a call was
 * not where the guard is locked meanwhile, or a rule of the machine's own firewall has turned them elsewhere.
 */
static __always_inline struct guard_socket *remember_caller(struct __sk_buff *skb, struct bpf_sock *sk)
{
	struct tcp_flow *f = bpf_sk_storage_get(&tcp_flows, sk, 0, 0);
	struct udp_socket *u = f ? 0 : bpf_sk_storage_get(&udp_sockets, sk, 0, 0);
	struct guard_socket *g;

	if (!f && !u)
		return 0;
	g = bpf_sk_storage_get(&guard_sockets, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
	if (g) {
		g->owner = f ? f->owner : u->owner;
		g->cookie = bpf_get_socket_cookie(skb);
	}
	return g;
}

static __always_inline bool is_worth_remembering(struct bpf_sock *sk, const struct guard_peer *peer, enum guard_state state)
{
	struct bpf_tcp_sock *tcp;

	if (must_remember(peer, state))
		return true;
	tcp = bpf_tcp_sock(sk);
	return tcp && tcp->segs_out >= WORTH_REMEMBERING;
}

SEC("cgroup_skb/egress")
int guard_egress(struct __sk_buff *skb)
{
	struct guard_packet p = {};
	struct guard_socket *g = 0;
	struct bpf_sock *sk = skb->sk;
	enum guard_state state;
	__u32 rule = GUARD_NO_RULE;
	bool tcp;

	read_packet(skb, &p);
	if (!p.reason && p.peer.port != DNS_PORT && guard_is_open_loopback(&p.peer))
		return GUARD_PASS;
	if (sk)
		sk = bpf_sk_fullsock(sk);
	if (sk)
		g = bpf_sk_storage_get(&guard_sockets, sk, 0, 0);
	if (p.reason)
		return drop(skb, g, &p, p.reason, rule);
	if (p.passes)
		return GUARD_PASS;
	/* Those that a listening socket sends are not of a flow that it has asked for. */
	tcp = sk && p.peer.protocol == IPPROTO_TCP && sk->state != TCP_LISTEN;
	if (g && tcp && g->state != GUARD_UNKNOWN && guard_same_peer(&g->peer, &p.peer)) {
		if (g->state == GUARD_DENIED)
			return drop(skb, g, &p, RG_DENIED_ADDRESS, g->rule);
		if (g->state == GUARD_ENDED)
			return guard_drop(skb);
		if (!guard_locked() || guard_is_loopback(&p.peer))
			return GUARD_PASS;
	}
	state = guard_decide(&p.peer, &rule);
	if (state == GUARD_DENIED && sk && !g)
		g = remember_caller(skb, sk);
	if (state == GUARD_DENIED)
		return drop(skb, g, &p, guard_why(&p.peer), rule);
	/* A flow from before, one that others have opened to us, or one that nothing was remembered of as it began. */
	if (tcp && !g && is_worth_remembering(sk, &p.peer, state))
		g = bpf_sk_storage_get(&guard_sockets, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
	if (tcp && g && g->state == GUARD_UNKNOWN) {
		g->peer = p.peer;
		g->rule = rule;
		g->state = state;
	}
	return GUARD_PASS;
}
