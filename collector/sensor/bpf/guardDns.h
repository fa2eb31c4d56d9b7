/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * DNS decides which addresses a name opens. Questions go to resolvers of the
 * policy only (port 53 of an address that a rule names with that port), and
 * only about names that a rule is about; all else to port 53 is refused. What a
 * resolver answers to such a question is learned before the asker has the
 * answer, so its first connection finds the address open.
 *
 * Of an answer, all addresses count as those of the name that was asked for,
 * whatever CNAMEs lead there: who owns the name says where it is, so the
 * chain proves nothing more; and what a CNAME names is no name of the policy
 * for that, neither for questions nor in TLS. Hints (HTTPS, SVCB) are not
 * learned: a client that takes them asks for the addresses too.
 *
 * Over TCP, a message's length and question must come in one segment, or the
 * length alone in one; an answer's records in as many as it takes, but for
 * those that a segment cuts.
 */
#ifndef RUNGLASS_GUARD_DNS_H
#define RUNGLASS_GUARD_DNS_H

#include "guardName.h"

#define DNS_HEAD 12
#define DNS_LEAST (DNS_HEAD + 2 + 4) /* with a question about one letter */
#define DNS_MESSAGES 8  /* in one segment */

/* How long an answer is waited for. */
#define ASKED_NS 30000000000ULL

/* A question that a resolver was asked. */
struct guard_asked_key {
	__u64 cookie; /* of the socket */
	__u8 server[16];
	__u16 id;
	__u8 family;
	__u8 protocol;
	__u32 pad;
};
struct guard_asked {
	__u64 hash; /* of the name */
	__u64 until;
};
struct guard_asked_map {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1); /* set by the loader */
	__type(key, struct guard_asked_key);
	__type(value, struct guard_asked);
};
extern struct guard_asked_map guard_asked SEC(".maps");

/* One direction of DNS over TCP. */
struct guard_dns_stream {
	__u32 next; /* sequence number of what is read next, */
	__u32 body; /* of this message, whose length came alone; 0: a length */
};
struct guard_dns_connection {
	struct guard_dns_stream out;
	struct guard_dns_stream in;
	__u8 synchronised;
	__u8 begun; /* seen from its SYN on: one from before arming is not followed, so nothing of it passes */
};
struct guard_dns_connections_map {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct guard_dns_connection);
};
extern struct guard_dns_connections_map guard_dns_connections SEC(".maps");

static __always_inline void guard_asked_key_of(struct __sk_buff *skb, const struct guard_data *d, const __u8 *id,
					       struct guard_asked_key *key)
{
	key->cookie = bpf_get_socket_cookie(skb);
	key->id = (__u16)id[0] << 8 | id[1];
	key->family = d->peer.family;
	key->protocol = d->peer.protocol;
	__builtin_memcpy(key->server, d->peer.address, 16);
}

static __always_inline struct guard_dns_connection *guard_dns_connection_of(struct __sk_buff *skb, __u64 flags)
{
	struct bpf_sock *sk = skb->sk;

	if (!sk)
		return 0;
	sk = bpf_sk_fullsock(sk);
	if (!sk)
		return 0;
	return bpf_sk_storage_get(&guard_dns_connections, sk, 0, flags);
}

/* Where a message ends that begins in a segment at `at`; 0: its length is not there. `*from` is where it begins. */
static __always_inline __u32 guard_dns_message_end(struct __sk_buff *skb, struct guard_dns_stream *s, __u32 at, __u32 end,
						   __u32 *from)
{
	__u8 length[2];

	*from = at;
	if (s->body)
		return at + s->body;
	if (at + 2 > end || bpf_skb_load_bytes(skb, at, length, 2))
		return 0;
	*from = at + 2;
	return at + 2 + ((__u32)length[0] << 8 | length[1]);
}

#endif
