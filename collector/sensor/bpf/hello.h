/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The randoms of ClientHellos, by which a connection that a TLS library knows is
 * found to be a flow: the library keeps its random in memory, and sent it.
 */
#ifndef RUNGLASS_HELLO_H
#define RUNGLASS_HELLO_H

#include "flow.h"
#include "stream.h"

#define CLIENT_RANDOM 11 /* where it is in a ClientHello: behind the heads of record and message, and the version */

/* Half of it is more than enough to be one of its kind. */
struct client_random {
	__u64 word[2];
};

struct tls_hello {
	__u64 flow;
	__u32 pid;
	__u32 pad;
};

/* One is looked for when its connection sends its first data. */
struct tls_hellos_map {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct client_random);
	__type(value, struct tls_hello);
};
extern struct tls_hellos_map tls_hellos SEC(".maps");

static __always_inline void keep_hello(struct __sk_buff *skb, const struct tcp_flow *f, const struct segment *s)
{
	struct tls_hello hello = { .flow = f->flow, .pid = f->owner.pid };
	struct client_random random;

	/* No client sends a hello in such small pieces. */
	if (s->length < CLIENT_RANDOM + sizeof(random) || bpf_skb_load_bytes(skb, s->payload + CLIENT_RANDOM, &random, sizeof(random)))
		return;
	bpf_map_update_elem(&tls_hellos, &random, &hello, BPF_ANY);
}

#endif
