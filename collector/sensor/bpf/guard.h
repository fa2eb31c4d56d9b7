/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The guard: the programs that enforce an egress policy. They are attached to
 * the cgroup that is to be contained, and only where a policy was handed over;
 * all other programs on cgroups observe only.
 *
 * A flow passes where a network rule allows its address, or where DNS has told
 * one of the allowed names that address (`guard_learned`); the latter are
 * GUARD_BY_NAME until the client has said whom it speaks to. Nothing passes
 * that cannot be read. Each program is independent of the others: a packet
 * goes out when all of them let it.
 */
#ifndef RUNGLASS_GUARD_H
#define RUNGLASS_GUARD_H

#include "guardPolicy.h"
#include "stream.h"

#define GUARD_PASS 1
#define GUARD_REFUSE 0

/* A flow id that no observed flow has: see new_flow(). */
#define FLOW_NUMBERED_DENIED (1ULL << 63)

struct guard_networks_map {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);
	__type(key, struct guard_network_key);
	__type(value, __u32); /* the rule */
};
extern struct guard_networks_map guard_networks SEC(".maps");

struct guard_names_map {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);
	__type(key, struct guard_name_key);
	__type(value, struct guard_span);
};
extern struct guard_names_map guard_names SEC(".maps");

struct guard_ports_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct guard_port);
};
extern struct guard_ports_map guard_ports SEC(".maps");

struct guard_learned_map {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1);
	__type(key, struct guard_address);
	__type(value, struct guard_learned);
};
extern struct guard_learned_map guard_learned SEC(".maps");

enum guard_state {
	GUARD_UNKNOWN,
	GUARD_ALLOWED,
	GUARD_BY_NAME, /* only as the address of a name: TCP passes until it says another */
	GUARD_DENIED,
	GUARD_ENDED, /* it said something that is refused, which was told; nothing of it passes any more */
};

/* Whom a packet or a call is for. */
struct guard_peer {
	__u8 address[16]; /* IPv4 in the first 4 bytes; an IPv4-mapped address is the IPv4 one */
	__u16 port;       /* in host byte order */
	__u8 family;      /* 4 or 6 */
	__u8 protocol;    /* IPPROTO_TCP, also for MPTCP; IPPROTO_UDP, also for UDP-Lite; or the number of another */
};

/* What the guard remembers of a socket. */
struct guard_socket {
	struct owner owner; /* who called connect() or sendmsg() last; pid 0: not known */
	__u64 cookie;
	struct guard_peer peer; /* of TCP, for which `state` holds */
	__u32 rule;
	__u8 state; /* enum guard_state */
	__u8 pad[3];
	/* What was refused last, and how often since it was told. */
	struct guard_peer refused;
	__u32 untold;
	__u64 told;
};

struct guard_sockets_map {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct guard_socket);
};
extern struct guard_sockets_map guard_sockets SEC(".maps");

extern const volatile bool guard_on;
extern const volatile __u32 guard_network_kinds; /* enum guard_network_kind */
/* Has the policy a network that opens all of loopback, IPv4 or IPv6, whatever protocol and port? */
extern const volatile bool guard_loopback_open4, guard_loopback_open6;
extern volatile __u32 guard_mode;                /* enum guard_mode */
extern volatile __u64 guard_lease;               /* ns of CLOCK_MONOTONIC_COARSE until which the guard was last checked */
extern volatile __u64 guard_refusals;
/*
 * The mark of a packet that a program of the guard has refused, a number that nobody can guess: the observers run behind
 * it, and what was never sent is not for them.
 */
extern const volatile __u32 guard_refused_mark;
/* The number of the network namespace that the sensor is in, which is taken for the machine's. */
extern const volatile __u32 guard_home_network;

static __always_inline int guard_drop(struct __sk_buff *skb)
{
	skb->mark = guard_refused_mark;
	return GUARD_REFUSE;
}

static __always_inline bool guard_has_dropped(struct __sk_buff *skb)
{
	return guard_on && skb->mark == guard_refused_mark;
}

/*
 * Nobody looks after the guard any more: whoever has killed, stopped or starved the processes that do shall not have a
 * network for it.
 */
static __always_inline bool guard_locked(void)
{
	return guard_mode == GUARD_LOCKED || bpf_ktime_get_coarse_ns() > guard_lease;
}

static __always_inline bool guard_same_peer(const struct guard_peer *a, const struct guard_peer *b)
{
	const __u64 *x = (const void *)a->address, *y = (const void *)b->address;

	return x[0] == y[0] && x[1] == y[1] && a->port == b->port && a->family == b->family && a->protocol == b->protocol;
}

static __always_inline bool guard_is_loopback(const struct guard_peer *peer)
{
	const __u64 *words = (const void *)peer->address;

	return peer->family == 4 ? peer->address[0] == 127 : words[0] == 0 && words[1] == bpf_cpu_to_be64(1);
}

/* What `networks` would say of loopback, without a look-up: most of what programs on one machine say is said there. */
static __always_inline bool guard_is_open_loopback(const struct guard_peer *peer)
{
	return guard_is_loopback(peer) && (peer->family == 4 ? guard_loopback_open4 : guard_loopback_open6);
}

/* What the protocol is called in a policy. */
static __always_inline __u8 guard_protocol(__u32 protocol)
{
	if (protocol == IPPROTO_MPTCP)
		return IPPROTO_TCP;
	return protocol == IPPROTO_UDPLITE ? IPPROTO_UDP : protocol;
}

/*
 * Which rule of a span opens this port: its number, or GUARD_NO_RULE. A global function: the verifier checks it once.
 */
__u32 guard_span_rule(__u32 first, __u32 count, __u32 port, __u32 protocol);

/* As a question of `names`: the span of the narrowest rule that fits, or 0. */
static __always_inline struct guard_span *guard_name(struct guard_name_key *key)
{
	return bpf_map_lookup_elem(&guard_names, key);
}

static __always_inline bool guard_network(struct guard_network_key *key, __u32 kind, __u8 protocol, __u16 port, __u32 *rule)
{
	__u32 *found;

	if (!(guard_network_kinds & kind))
		return false;
	key->protocol = protocol;
	key->port = port;
	found = bpf_map_lookup_elem(&guard_networks, key);
	if (!found)
		return false;
	*rule = *found;
	return true;
}

static __always_inline bool guard_by_network(const struct guard_peer *peer, __u32 *rule)
{
	struct guard_network_key key = { .family = peer->family };
	__u16 port = bpf_htons(peer->port);

	key.prefix = GUARD_NETWORK_HEAD + (peer->family == 4 ? 32 : 128);
	__builtin_memcpy(key.address, peer->address, 16);
	/* What is neither TCP nor UDP has no port, and no entry can name it: only what allows all to an address allows it. */
	if (peer->protocol == IPPROTO_TCP || peer->protocol == IPPROTO_UDP) {
		if (guard_network(&key, GUARD_PORT_AND_PROTOCOL, peer->protocol, port, rule) ||
		    guard_network(&key, GUARD_PROTOCOL_ONLY, peer->protocol, GUARD_ANY_PORT, rule) ||
		    guard_network(&key, GUARD_PORT_ONLY, GUARD_ANY_PROTOCOL, port, rule))
			return true;
	}
	return guard_network(&key, GUARD_NEITHER, GUARD_ANY_PROTOCOL, GUARD_ANY_PORT, rule);
}

static __always_inline bool guard_by_name(const struct guard_peer *peer, __u32 *rule)
{
	struct guard_address address = { .family = peer->family };
	struct guard_learned *learned;

	if (peer->protocol != IPPROTO_TCP && peer->protocol != IPPROTO_UDP)
		return false;
	__builtin_memcpy(address.bytes, peer->address, 16);
	learned = bpf_map_lookup_elem(&guard_learned, &address);
	if (!learned || learned->until < bpf_ktime_get_boot_ns())
		return false;
	for (int i = 0; i < GUARD_SPANS; i++) {
		if (!learned->span[i].count)
			continue;
		*rule = guard_span_rule(learned->span[i].first, learned->span[i].count, peer->port, peer->protocol);
		if (*rule != GUARD_NO_RULE)
			return true;
	}
	return false;
}

/* Is this an address that a rule opens for DNS by its port? One that is open whatever the port is no resolver by that. */
__attribute__((weak)) __noinline int guard_is_resolver(const struct guard_peer *peer)
{
	struct guard_network_key key = {};
	__u32 rule;

	if (!peer)
		return 0;
	key.family = peer->family;
	key.prefix = GUARD_NETWORK_HEAD + (peer->family == 4 ? 32 : 128);
	__builtin_memcpy(key.address, peer->address, 16);
	return guard_network(&key, GUARD_PORT_AND_PROTOCOL, peer->protocol, bpf_htons(DNS_PORT), &rule) ||
	       guard_network(&key, GUARD_PORT_ONLY, GUARD_ANY_PROTOCOL, bpf_htons(DNS_PORT), &rule);
}

/* DNS goes to resolvers only. What a container asks its engine on its own loopback, the engine asks a resolver. */
static __always_inline bool guard_is_other_dns(const struct guard_peer *peer)
{
	return peer->port == DNS_PORT && !guard_is_loopback(peer) && !guard_is_resolver(peer);
}

/* What the policy says of a peer, and by which rule. */
static __always_inline enum guard_state guard_decide(const struct guard_peer *peer, __u32 *rule)
{
	*rule = GUARD_NO_RULE;
	if (guard_is_open_loopback(peer))
		return GUARD_ALLOWED;
	if (guard_locked() && !guard_is_loopback(peer))
		return GUARD_DENIED;
	if (guard_is_other_dns(peer))
		return GUARD_DENIED;
	if (guard_by_network(peer, rule))
		return GUARD_ALLOWED;
	return guard_by_name(peer, rule) ? GUARD_BY_NAME : GUARD_DENIED;
}

/* Why guard_decide() has refused it. */
static __always_inline __u8 guard_why(const struct guard_peer *peer)
{
	if (guard_locked())
		return RG_DENIED_LOCKED;
	return guard_is_other_dns(peer) ? RG_DENIED_RESOLVER : RG_DENIED_ADDRESS;
}

/* How long equal refusals on one socket are counted before they are told again. */
#define GUARD_TELL_NS 1000000000ULL

/* Is this refusal only counted, as one like it was told a moment ago? Returns how many it stands for otherwise, else 0. */
static __always_inline __u32 guard_refusals_to_tell(struct guard_socket *g, const struct guard_peer *peer)
{
	__u64 now = bpf_ktime_get_boot_ns();
	__u32 count;

	if (!g)
		return 1;
	if (g->told && now - g->told < GUARD_TELL_NS && guard_same_peer(&g->refused, peer)) {
		__sync_fetch_and_add(&g->untold, 1);
		return 0;
	}
	count = guard_same_peer(&g->refused, peer) ? g->untold + 1 : 1;
	g->refused = *peer;
	g->untold = 0;
	g->told = now;
	return count;
}

/* Fills what all RG_DENIED have in common. `g`: 0 where nothing is remembered of the socket. */
static __always_inline void guard_fill_denied(struct rg_denied *r, const struct guard_socket *g,
					      const struct guard_peer *peer, __u8 reason)
{
	struct owner nobody = {};

	name_owner(&r->h, g ? &g->owner : &nobody, RG_DENIED, sizeof(*r));
	r->flow = FLOW_NUMBERED_DENIED | __sync_fetch_and_add(&guard_refusals, 1);
	r->rule = GUARD_NO_RULE;
	r->cookie = g ? g->cookie : 0;
	r->count = 1;
	r->reason = reason;
	r->remote_port = peer->port;
	r->family = peer->family;
	r->protocol = peer->protocol;
	__builtin_memcpy(r->remote, peer->address, 16);
}

/* A flood of refusals costs no process and no connection: see room_for_content(). */
static __always_inline void guard_emit(struct rg_denied *r)
{
	if (room_for_content(KIND_NET))
		emit(&core_ring, KIND_NET, r, sizeof(*r));
}

#endif
