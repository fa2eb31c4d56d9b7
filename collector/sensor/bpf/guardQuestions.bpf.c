// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Lets questions to DNS out that the policy has a rule about: see guardDns.h. */
#include "guardDns.h"
#include "guardPeek.h"

struct guard_asked_map guard_asked SEC(".maps");
struct guard_dns_connections_map guard_dns_connections SEC(".maps");

/* May this message go to a resolver? Remembers that it was asked. */
__noinline int guard_ask(struct __sk_buff *skb, const struct guard_data *d, __u32 at, __u32 length)
{
	struct guard_asked asked = {};
	struct guard_asked_key key = {};
	struct guard_found found = {};
	__u8 head[DNS_HEAD];

	if (!d || length < DNS_LEAST || bpf_skb_load_bytes(skb, at, head, DNS_HEAD))
		return GUARD_NO_NAME;
	/* A plain question (neither an answer nor another operation), one of them, and no records but additional ones. */
	if ((head[2] & 0xf8) || head[4] || head[5] != 1 || head[6] || head[7] || head[8] || head[9])
		return GUARD_NO_NAME;
	switch (guard_question_name(skb, at + DNS_HEAD, &found)) {
	case GUARD_LISTED:
		break;
	case GUARD_UNLISTED:
		return GUARD_UNLISTED;
	default:
		return GUARD_NO_NAME;
	}
	if (found.next + 4 > at + length)
		return GUARD_NO_NAME;
	guard_asked_key_of(skb, d, head, &key);
	asked.hash = found.hash;
	asked.until = bpf_ktime_get_boot_ns() + ASKED_NS;
	bpf_map_update_elem(&guard_asked, &key, &asked, BPF_ANY);
	return GUARD_LISTED;
}

static __always_inline int refuse(struct __sk_buff *skb, const struct guard_data *d, __u32 at, __u32 length)
{
	struct guard_socket *g = guard_socket_of(skb);
	__u32 why = RG_DENIED_QUESTION;

	/* It would wait for an answer until it has given up. */
	if (d->peer.protocol == IPPROTO_TCP) {
		why |= RG_CUT << GUARD_FLAGS;
		if (g && guard_same_peer(&g->peer, &d->peer))
			g->state = GUARD_ENDED;
	}
	guard_tell_named(skb, d, why, at, length);
	return guard_drop(skb);
}

static __always_inline int refuse_message(struct __sk_buff *skb, const struct guard_data *d, __u32 at, __u32 length)
{
	/* The name and the type, as far as they may be there. */
	length = length > DNS_HEAD ? length - DNS_HEAD : 0;
	if (length >= GUARD_NAME_TOLD)
		length = GUARD_NAME_TOLD - 1;
	return refuse(skb, d, at + DNS_HEAD, length);
}

static __always_inline int datagram_out(struct __sk_buff *skb, const struct guard_data *d)
{
	/* Many datagrams that look like one: only the first would be read. */
	if (skb->gso_size || guard_ask(skb, d, d->payload, d->length) != GUARD_LISTED)
		return refuse_message(skb, d, d->payload, d->length);
	return GUARD_PASS;
}

static __always_inline int segment_out(struct __sk_buff *skb, const struct guard_data *d)
{
	struct guard_dns_connection *c = guard_dns_connection_of(skb, BPF_SK_STORAGE_GET_F_CREATE);
	__u32 at = d->payload, end = d->payload + d->length;

	if (!c)
		return guard_drop(skb);
	if (d->flags & TCP_SYN) {
		c->out.next = d->sequence;
		c->out.body = 0;
		c->in.next = 0;
		c->in.body = 0;
		c->synchronised = 0;
		c->begun = 1;
	}
	if (!d->length)
		return GUARD_PASS;
	if (!c->begun)
		return refuse(skb, d, 0, 0);
	/* What is sent again has passed already. */
	if ((__s32)(d->sequence + d->length - c->out.next) <= 0)
		return GUARD_PASS;
	if (d->sequence != c->out.next)
		return refuse(skb, d, 0, 0);
	for (int i = 0; i < DNS_MESSAGES; i++) {
		__u32 from, until = guard_dns_message_end(skb, &c->out, at, end, &from);

		/* The whole message is here, or its length and nothing else. */
		if (!until || until < from + DNS_LEAST || (until > end && from != end))
			return refuse(skb, d, 0, 0);
		if (from == end) {
			c->out.body = until - from;
			c->out.next += from - at;
			return GUARD_PASS;
		}
		if (guard_ask(skb, d, from, until - from) != GUARD_LISTED)
			return refuse_message(skb, d, from, until - from);
		c->out.body = 0;
		c->out.next += until - at;
		at = until;
		if (at == end)
			return GUARD_PASS;
	}
	return refuse(skb, d, 0, 0);
}

SEC("cgroup_skb/egress")
int guard_questions(struct __sk_buff *skb)
{
	struct guard_data d = {};
	int readable;

	if (guard_is_for_other_port(skb, DNS_PORT, true))
		return GUARD_PASS;
	readable = guard_read(skb, &d, true);
	if (readable == GUARD_HIDDEN)
		return guard_drop(skb);
	if (readable != GUARD_READ || d.peer.port != DNS_PORT)
		return GUARD_PASS;
	/*
	 * Others are refused already, but on the machine's own loopback; who listens there may ask on, outside of the cgroup
	 * that is contained. Where that is the whole machine, it is held to the policy itself.
	 */
	if (!guard_is_resolver(&d.peer) && (watch_all || !guard_is_loopback(&d.peer)))
		return GUARD_PASS;
	return d.peer.protocol == IPPROTO_UDP ? datagram_out(skb, &d) : segment_out(skb, &d);
}
