// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Tells what was refused because of a name. A global function: the verifier checks it once. */
#include "guardName.h"

struct guard_named_record {
	struct rg_denied d;
	__u8 name[GUARD_NAME_TOLD];
};

/* Of a connection, its own number. */
static __always_inline void flow_of(struct __sk_buff *skb, const struct guard_data *d, __u64 *flow)
{
	struct bpf_sock *sk = skb->sk;
	struct tcp_flow *f;

	if (!sk || d->peer.protocol != IPPROTO_TCP)
		return;
	sk = bpf_sk_fullsock(sk);
	if (!sk)
		return;
	f = bpf_sk_storage_get(&tcp_flows, sk, 0, 0);
	if (f && f->state != TCP_FLOW_NONE)
		*flow = f->flow;
}

__noinline int guard_tell_named(struct __sk_buff *skb, const struct guard_data *d, __u32 why, __u32 at, __u32 length)
{
	struct guard_named_record *r;

	if (!d || !room_for_content(KIND_NET))
		return 0;
	r = bpf_ringbuf_reserve(&core_ring, sizeof(*r), 0);
	if (!r) {
		count_result(KIND_NET, 1);
		return 0;
	}
	guard_fill_denied(&r->d, guard_socket_of(skb), &d->peer, why);
	flow_of(skb, d, &r->d.flow);
	r->d.h.flags = why >> GUARD_FLAGS;
	r->d.local_port = d->local_port;
	__builtin_memcpy(r->d.local, d->local, 16);
	r->d.name_len = 0;
	if (length > 0 && length < GUARD_NAME_TOLD) {
		/* What the compiler knows by now, the verifier must see again. */
		OPAQUE(length);
		length = ((length - 1) & (GUARD_NAME_TOLD - 1)) + 1;
		OPAQUE(length);
		if (length < GUARD_NAME_TOLD && !bpf_skb_load_bytes(skb, at, r->name, length))
			r->d.name_len = length;
	}
	r->d.h.size = sizeof(r->d) + r->d.name_len;
	bpf_ringbuf_submit(r, wake_flags(&core_ring));
	count_result(KIND_NET, 0);
	return 0;
}
