/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Names in packets, and what the policy says of them; and those packets. For the programs of the guard that go by names. */
#ifndef RUNGLASS_GUARD_NAME_H
#define RUNGLASS_GUARD_NAME_H

#include "guard.h"

enum guard_listed {
	GUARD_NO_NAME,  /* no name stands there, or none that can be a host's */
	GUARD_UNLISTED, /* no rule is about it */
	GUARD_LISTED,
};

/* A name that was read. */
struct guard_found {
	__u64 hash;             /* of its letters in lower case */
	struct guard_span span; /* what it opens, where it is listed */
	__u32 next;             /* DNS: where in the packet the name ends */
	__u32 pad;
};

/* Reads the name in the question of a DNS message, which begins at `at` of the packet; returns an enum guard_listed. */
int guard_question_name(struct __sk_buff *skb, __u32 at, struct guard_found *found);

/* The same for `length` letters, as TLS has them. */
int guard_server_name(struct __sk_buff *skb, __u32 at, __u32 length, struct guard_found *found);

/* A packet of UDP or TCP. */
struct guard_data {
	struct guard_peer peer; /* the other side */
	__u8 local[16];
	__u32 sequence; /* TCP: of the first byte of its payload */
	__u32 payload;  /* offset of the payload */
	__u32 length;   /* of the payload */
	__u16 local_port;
	__u8 flags; /* TCP */
	__u8 pad;
};

enum guard_readable {
	GUARD_OF_NO_MATTER, /* neither UDP nor TCP */
	GUARD_READ,
	GUARD_HIDDEN, /* what it carries stands behind headers that are not followed */
};

/* Fills `d` with a packet of ours (`out`) or to us. Returns an enum guard_readable. */
int guard_read(struct __sk_buff *skb, struct guard_data *d, __u32 out);

static __always_inline struct guard_socket *guard_socket_of(struct __sk_buff *skb)
{
	struct bpf_sock *sk = skb->sk;

	if (!sk)
		return 0;
	sk = bpf_sk_fullsock(sk);
	if (!sk)
		return 0;
	return bpf_sk_storage_get(&guard_sockets, sk, 0, 0);
}

#define GUARD_NAME_TOLD 256 /* above any name's length */

/*
 * Tells a refusal on the socket of a packet, with the `length` bytes at `at` of it, which are a name as it stands there. `why` is an
 * enum rg_denied_reason, with flags of the frame above GUARD_FLAGS bits.
 */
#define GUARD_FLAGS 8
int guard_tell_named(struct __sk_buff *skb, const struct guard_data *d, __u32 why, __u32 at, __u32 length);

#endif
