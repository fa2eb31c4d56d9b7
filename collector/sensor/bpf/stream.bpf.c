// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What TCP flows are about: the ClientHello of TLS, DNS, HTTP. The first bytes
 * that a client sends decide; of all other flows nothing more is looked at.
 * These programs OBSERVE ONLY, as all on the cgroup root.
 *
 * Out packets come in the order of their bytes, but for those that are sent
 * again; the socket is locked around them. In packets come before the kernel
 * has put them in order, and at times on two CPUs at once.
 */
#include "guard.h"
#include "hello.h"
#include "http.h"
#include "http2.h"

/* A ClientHello has 200 to 2,000 bytes, more with many key shares or a long ticket. */
#define HELLO_CAP 8192
/* Of a DNS connection so much is read, either way. */
#define DNS_TCP_CAP (1 << 20)
/* Pieces that one packet can have: all of the largest. */
#define PIECES 33

#define TLS_HEADS 9 /* of a record, and of the handshake message in it */

struct stream_record {
	struct rg_stream s;
	__u8 bytes[RG_STREAM_CAP];
};

/* Bytes of a stream that stand in a packet; at most RG_STREAM_CAP. */
struct piece {
	__u32 offset; /* of the first in the stream */
	__u32 from;   /* and in the packet */
	__u32 length;
	__u32 incoming;
};

/* A global function: the verifier checks it once, and not again in each round of the loop that calls it. */
__noinline int emit_piece(struct __sk_buff *skb, const struct tcp_flow *f, const struct piece *p)
{
	struct stream_record *r;
	enum kind kind;
	__u32 length;

	if (!f || !p)
		return 0;
	kind = f->content == CONTENT_DNS ? KIND_DNS : KIND_TLS;
	if (!room_for_content(kind))
		return 0;
	r = bpf_ringbuf_reserve(&core_ring, sizeof(*r), 0);
	if (!r) {
		count_result(kind, 1);
		return 0;
	}
	name_owner(&r->s.h, &f->owner, RG_STREAM, sizeof(r->s));
	r->s.flow = f->flow;
	r->s.offset = p->offset;
	r->s.content = kind == KIND_DNS ? RG_DNS_TCP : RG_TLS_HELLO;
	r->s.incoming = p->incoming;
	length = p->length;
	/* What the compiler knows by now, the verifier must see again: it learns 1.. from an addition, ..CAP from a branch. */
	OPAQUE(length);
	length = ((length - 1) & 4095) + 1;
	OPAQUE(length);
	if (length > RG_STREAM_CAP || bpf_skb_load_bytes(skb, p->from, r->bytes, length))
		length = 0;
	r->s.len = length;
	r->s.h.size = sizeof(r->s) + length;
	bpf_ringbuf_submit(r, wake_flags(&core_ring));
	count_result(kind, 0);
	return 0;
}

/* Tells the bytes offset..end of the stream, as far as they are in the segment, which begins at `at`. */
static __always_inline void emit_range(struct __sk_buff *skb, const struct tcp_flow *f, const struct segment *s,
				       __u32 at, __u32 offset, __u32 end, bool incoming)
{
	struct piece p = { .offset = offset, .incoming = incoming };

	for (int i = 0; i < PIECES && p.offset < end; i++) {
		p.length = end - p.offset < RG_STREAM_CAP ? end - p.offset : RG_STREAM_CAP;
		p.from = s->payload + (p.offset - at);
		emit_piece(skb, f, &p);
		p.offset += p.length;
	}
}

/* How many bytes the ClientHello takes that begins here, as far as can be told; 0: it is none. */
static __always_inline __u32 hello_length(struct __sk_buff *skb, const struct segment *s)
{
	__u8 heads[TLS_HEADS];
	__u32 record, message;

	if (s->length < TLS_HEADS)
		return HELLO_CAP;
	if (bpf_skb_load_bytes(skb, s->payload, heads, TLS_HEADS) || heads[1] != 3 || heads[5] != TLS_CLIENT_HELLO)
		return 0;
	record = 5 + ((__u32)heads[3] << 8 | heads[4]);
	message = TLS_HEADS + ((__u32)heads[6] << 16 | (__u32)heads[7] << 8 | heads[8]);
	/* It can be split over several records; where it ends then, the reader finds out. */
	return message > record || message > HELLO_CAP ? HELLO_CAP : message;
}

/* Does a ClientHello begin here? Then its bytes are those of the stream from now on. */
static __always_inline bool recognise_hello(struct __sk_buff *skb, struct tcp_flow *f, const struct segment *s, __u32 at)
{
	f->out.wanted = hello_length(skb, s);
	if (!f->out.wanted)
		return false;
	f->content = CONTENT_TLS;
	keep_hello(skb, f, s, at);
	return true;
}

/* The first bytes that the client sends. */
static __always_inline void recognise(struct __sk_buff *skb, struct tcp_flow *f, const struct segment *s)
{
	__u8 lead;

	f->content = CONTENT_LATER;
	f->looks = LATER_LOOKS;
	if (f->remote_port == DNS_PORT) {
		f->content = CONTENT_DNS;
		f->out.wanted = DNS_TCP_CAP;
		f->in.wanted = DNS_TCP_CAP;
	} else if (bpf_skb_load_bytes(skb, s->payload, &lead, 1)) {
		return;
	} else if (lead == TLS_HANDSHAKE) {
		recognise_hello(skb, f, s, 0);
	} else if (lead >= 'A' && lead <= 'Z') {
		/* A method; whether the rest is HTTP, its first line tells. */
		f->content = CONTENT_HTTP;
		http_begin(f);
	}
}

static __always_inline struct tcp_flow *flow_of(struct __sk_buff *skb)
{
	struct bpf_sock *sk = skb->sk;

	if (!sk)
		return 0;
	sk = bpf_sk_fullsock(sk);
	if (!sk)
		return 0;
	return bpf_sk_storage_get(&tcp_flows, sk, 0, 0);
}

static __always_inline void sent(struct __sk_buff *skb, struct tcp_flow *f, const struct segment *s)
{
	struct tcp_stream *out = &f->out;
	__u32 at = s->sequence - out->first, end = at + s->length;

	/* What is sent again was told already. */
	if (end <= out->told || end > 0x7fffffff)
		return;
	if (f->content == CONTENT_NEW)
		recognise(skb, f, s);
	if (f->content == CONTENT_LATER)
		out->told = end;
	if (f->content == CONTENT_HTTP)
		http_sent(skb, f, s);
	if (f->content != CONTENT_TLS && f->content != CONTENT_DNS)
		return;
	emit_range(skb, f, s, at, at > out->told ? at : out->told, end < out->wanted ? end : out->wanted, false);
	out->told = end;
	if (end >= out->wanted)
		f->content = CONTENT_NONE;
}

/* Behind something else: the request for a tunnel through a proxy, or for TLS itself. */
static __always_inline void sent_later(struct __sk_buff *skb, struct tcp_flow *f, const struct segment *s)
{
	struct tcp_stream *out = &f->out;
	__u32 at = s->sequence - out->first;
	__u8 lead;

	/* What is sent again was looked at already. */
	if ((__s32)(at - out->told) < 0)
		return;
	if (!bpf_skb_load_bytes(skb, s->payload, &lead, 1) && lead == TLS_HANDSHAKE && recognise_hello(skb, f, s, at)) {
		out->first = s->sequence;
		out->told = 0;
		sent(skb, f, s);
		return;
	}
	out->told = at + s->length;
	if (!f->looks--)
		f->content = CONTENT_NONE;
}

/* May be told again, and out of order: the reader sorts it out. What anyone sends us must end somewhere, so it is counted. */
static __always_inline void received(struct __sk_buff *skb, struct tcp_flow *f, const struct segment *s)
{
	__u32 at = s->sequence - f->in.first;

	if (at >= f->in.wanted || f->in.told >= f->in.wanted)
		return;
	f->in.told += s->length;
	emit_range(skb, f, s, at, at, at + s->length < f->in.wanted ? at + s->length : f->in.wanted, true);
}

static __always_inline void observe_out(struct __sk_buff *skb)
{
	struct tcp_flow *f = flow_of(skb);
	struct segment s = {};

	if (!f || (f->content == CONTENT_NONE && f->state != TCP_FLOW_CONNECTING) || guard_has_dropped(skb))
		return;
	if (!parse_segment(skb, &s))
		return;
	if ((s.flags & TCP_SYN) && f->content == CONTENT_NONE) {
		f->content = CONTENT_NEW;
		f->out.first = s.sequence;
		f->out.told = 0;
		http_none(f);
	}
	if (s.length && f->content == CONTENT_HTTP)
		http_sent(skb, f, &s);
	else if (s.length && f->content == CONTENT_LATER)
		sent_later(skb, f, &s);
	else if (s.length && f->content != CONTENT_NONE)
		sent(skb, f, &s);
}

static __always_inline void observe_in(struct __sk_buff *skb)
{
	struct tcp_flow *f = flow_of(skb);
	struct segment s = {};

	if (!f || f->content == CONTENT_NONE || !parse_segment(skb, &s))
		return;
	if (s.flags & TCP_SYN) {
		/* The answer to a connect; not one that is sent again. */
		if (f->state == TCP_FLOW_CONNECTING) {
			f->in.first = s.sequence;
			f->in.told = 0;
		}
	} else if (s.length && f->content == CONTENT_DNS) {
		received(skb, f, &s);
	} else if (s.length && (f->content == CONTENT_HTTP || f->content == CONTENT_NEW)) {
		if (receives_http2(f))
			http2_received(skb, f, &s);
		else
			http_received(skb, f, &s);
	}
}

SEC("cgroup_skb/egress")
int on_stream_out(struct __sk_buff *skb)
{
	observe_out(skb);
	return PASS;
}

SEC("cgroup_skb/ingress")
int on_stream_in(struct __sk_buff *skb)
{
	observe_in(skb);
	return PASS;
}
