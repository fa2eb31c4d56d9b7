/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The randoms of ClientHellos, by which a connection that a TLS library knows is
 * found to be a flow: the library keeps its random in memory, and sent it.
 */
#ifndef RUNGLASS_HELLO_H
#define RUNGLASS_HELLO_H

#include "flow.h"
#include "stream.h"

#define TLS_HANDSHAKE 0x16
#define TLS_CLIENT_HELLO 1
#define CLIENT_TYPE 5    /* where the message's type is in a record */
#define CLIENT_RANDOM 11 /* where it is in a ClientHello: behind the heads of record and message, and the version */

struct tls_hello {
	__u64 flow;
	__u32 pid;
	__u8 read; /* 1: what goes through its connection was read at the library, */
	__u8 live; /* and the library has not freed it since */
	__u16 pad;
};

/* One is looked for when its connection sends its first data. */
struct tls_hellos_map {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct client_random);
	__type(value, struct tls_hello);
};
extern struct tls_hellos_map tls_hellos SEC(".maps");

/* How many hellos processes have sent, by their number; several can share one. */
#define HELLO_COUNTS 4096
struct hello_counts_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, HELLO_COUNTS);
	__type(key, __u32);
	__type(value, __u32);
};
extern struct hello_counts_map hello_counts SEC(".maps");

static __always_inline __u32 *hello_count(__u32 pid)
{
	__u32 slot = pid % HELLO_COUNTS;

	return bpf_map_lookup_elem(&hello_counts, &slot);
}

static __always_inline void add_hello(const struct client_random *random, __u64 flow, __u32 pid)
{
	struct tls_hello hello = { .flow = flow, .pid = pid };
	__u32 *count = hello_count(pid);

	bpf_map_update_elem(&tls_hellos, random, &hello, BPF_ANY);
	if (count)
		__sync_fetch_and_add(count, 1);
}

/* `at`: where the segment is in what is sent. */
static __always_inline void keep_hello(struct __sk_buff *skb, struct tcp_flow *f, const struct segment *s, __u32 at)
{
	struct client_random random;

	/* No client sends a hello in such small pieces. */
	if (s->length < CLIENT_RANDOM + sizeof(random) || bpf_skb_load_bytes(skb, s->payload + CLIENT_RANDOM, &random, sizeof(random)))
		return;
	f->random = random;
	f->hello_end = at + f->out.wanted;
	add_hello(&random, f->flow, f->owner.pid);
}

#endif
