// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * HTTP/1.x in clear text: tells the heads of its messages. Requests are sent in
 * the order of their bytes. Responses are seen before the kernel has put their
 * packets in order: where one is missing in a head, it is lost, and the next is
 * found with the next request, which says by its acknowledgement where the
 * response to it will begin.
 */
#include "http.h"
#include "httpScan.h"

/* Heads, bodies and chunks that one packet may have. */
#define ROUNDS 256
/* Requests that may be without a response; http_framing has a bit for each. */
#define PIPELINED 64

struct http_record {
	struct rg_http h;
	struct http_bytes bytes;
};

/* What is read: bytes `from`..`end` of a packet. */
struct part {
	__u32 from;
	__u32 end;
	__u32 incoming;
};

static __always_inline void emit_end(const struct tcp_flow *f, const struct http_framing *http, enum rg_http_end end)
{
	struct rg_http r = {};

	if (!room_for_content(KIND_HTTP))
		return;
	name_owner(&r.h, &f->owner, RG_HTTP, sizeof(r));
	r.flow = f->flow;
	r.message = http->message;
	r.incoming = http->incoming;
	r.end = end;
	emit(&core_ring, KIND_HTTP, &r, sizeof(r));
}

/* Follows the flow, or its responses, no further. What never was HTTP ends without a word. */
static __always_inline void give_up(struct tcp_flow *f, struct http_framing *http, enum rg_http_end end)
{
	if (!http->incoming)
		f->content = CONTENT_NONE;
	if (http->message || http->place != HTTP_FIRST_LINE)
		emit_end(f, http, end);
	http->place = HTTP_LOST;
}

static __always_inline void response_head(struct tcp_flow *f)
{
	struct http_framing *in = &f->in.http;
	enum http_after after = http_response_head(in, f->out.http.heads, f->out.http.tunnels);

	if (after == HTTP_AFTER_TUNNEL)
		f->content = CONTENT_NONE;
	else if (after == HTTP_AFTER_CLOSE)
		in->place = HTTP_LOST;
}

/* Reads on to the next end of something; returns how many bytes that took, 0 to end. */
__noinline int read_http(struct __sk_buff *skb, struct tcp_flow *f, const struct part *p)
{
	struct http_framing *http;
	struct http_record *r;
	__u32 length, taken, event;
	__u8 place;
	int scanned;

	if (!f || !p)
		return 0;
	http = p->incoming ? &f->in.http : &f->out.http;
	r = bpf_ringbuf_reserve(&core_ring, sizeof(*r), 0);
	if (!r) {
		/* The heads in here are lost with their number unknown: the flow cannot be followed. */
		count_result(KIND_HTTP, 1);
		http->place = HTTP_LOST;
		if (!http->incoming)
			f->content = CONTENT_NONE;
		return 0;
	}
	length = p->end - p->from;
	if (length > HTTP_SCAN)
		length = HTTP_SCAN;
	/* What the compiler knows by now, the verifier must see again: it learns 1.. from an addition, ..SCAN from a branch. */
	OPAQUE(length);
	length = ((length - 1) & 1023) + 1;
	OPAQUE(length);
	if (length > HTTP_SCAN || bpf_skb_load_bytes(skb, p->from, &r->bytes, length)) {
		bpf_ringbuf_discard(r, BPF_RB_NO_WAKEUP);
		return 0;
	}
	place = http->place;
	name_owner(&r->h.h, &f->owner, RG_HTTP, sizeof(r->h));
	r->h.flow = f->flow;
	r->h.message = http->message;
	r->h.offset = http->head;
	r->h.incoming = http->incoming;
	r->h.end = RG_GOES_ON;
	scanned = http_scan(http, &r->bytes, length);
	taken = HTTP_TAKEN(scanned);
	event = HTTP_EVENT(scanned);
	if (event == HTTP_NOT_HTTP || place >= HTTP_CHUNK) {
		bpf_ringbuf_discard(r, BPF_RB_NO_WAKEUP);
		if (event == HTTP_NOT_HTTP) {
			give_up(f, http, http->head > HTTP_HEAD_MOST ? RG_HEAD_TOO_LONG : RG_NOT_HTTP);
			return 0;
		}
		return taken;
	}
	/* Behind the cap only the end of the head is told. */
	r->h.len = r->h.offset < RG_HEAD_CAP ? taken : 0;
	r->h.whole = event == HTTP_HEAD || (!http->incoming && http->head == 0);
	r->h.h.size = sizeof(r->h) + r->h.len;
	if (event == HTTP_HEAD && http->incoming)
		response_head(f);
	if (!r->h.len && !r->h.whole) {
		bpf_ringbuf_discard(r, BPF_RB_NO_WAKEUP);
	} else if (bpf_ringbuf_query(&core_ring, BPF_RB_AVAIL_DATA) > bpf_ringbuf_query(&core_ring, BPF_RB_RING_SIZE) / 2) {
		bpf_ringbuf_discard(r, BPF_RB_NO_WAKEUP);
		count_result(KIND_HTTP, 1);
	} else {
		bpf_ringbuf_submit(r, wake_flags(&core_ring));
		count_result(KIND_HTTP, 0);
	}
	return taken;
}

static __always_inline void read_all(struct __sk_buff *skb, struct tcp_flow *f, struct part *p)
{
	struct http_framing *http = p->incoming ? &f->in.http : &f->out.http;
	__u32 taken;

	for (int i = 0; i < ROUNDS; i++) {
		if (p->from >= p->end || http->place == HTTP_LOST || f->content != CONTENT_HTTP)
			return;
		if (http->skip) {
			taken = p->end - p->from;
			if (http->skip < taken)
				taken = http->skip;
			http->skip -= taken;
			p->from += taken;
			if (p->from >= p->end)
				return;
		}
		/* Nobody asked for it. */
		if (p->incoming && http->place == HTTP_FIRST_LINE && http->message == f->out.http.message)
			return;
		taken = read_http(skb, f, p);
		if (!taken)
			return;
		p->from += taken;
	}
	if (p->from < p->end)
		give_up(f, http, RG_TOO_MANY);
}

/*
 * A request begins in the segment. Where no response is on its way, the one to
 * this request begins where the segment acknowledges what was received.
 */
static __always_inline void expect_response(struct tcp_flow *f, const struct segment *s)
{
	struct http_framing *in = &f->in.http;
	__u32 open = f->out.http.message - in->message;

	if (__sync_lock_test_and_set(&f->in_use, 1))
		return;
	if (in->place == HTTP_LOST ? open <= 1 : !open && in->place == HTTP_FIRST_LINE && !in->head && !in->skip) {
		http_new_message(in);
		in->skip = 0;
		in->message = f->out.http.message;
		f->in.told = s->flags & TCP_ACK ? s->acknowledged - f->in.first : 0;
	}
	__sync_lock_test_and_set(&f->in_use, 0);
}

__noinline int http_sent(struct __sk_buff *skb, struct tcp_flow *f, const struct segment *s)
{
	struct part p = {};
	__s32 repeated;

	if (!f || !s)
		return 0;
	repeated = f->out.told - (s->sequence - f->out.first);
	/* Sent again, or (which does not happen) not following what was sent before. */
	if (repeated >= (__s32)s->length)
		return 0;
	if (repeated < 0) {
		give_up(f, &f->out.http, RG_OUT_OF_ORDER);
		return 0;
	}
	if (f->out.http.place == HTTP_FIRST_LINE && !f->out.http.head && !f->out.http.skip)
		expect_response(f, s);
	p.from = s->payload + repeated;
	p.end = s->payload + s->length;
	f->out.told += s->length - repeated;
	read_all(skb, f, &p);
	if (f->out.http.message - f->in.http.message > PIPELINED && f->in.http.place != HTTP_LOST)
		give_up(f, &f->in.http, RG_TOO_MANY);
	return 0;
}

__noinline int http_received(struct __sk_buff *skb, struct tcp_flow *f, const struct segment *s)
{
	struct part p = { .incoming = 1 };
	struct http_framing *in;
	__s32 repeated;

	if (!f || !s || f->in.http.place == HTTP_LOST)
		return 0;
	/* Who comes at the same time is as good as out of order. */
	if (__sync_lock_test_and_set(&f->in_use, 1))
		return 0;
	in = &f->in.http;
	repeated = f->in.told - (s->sequence - f->in.first);
	if (repeated < 0 && in->skip >= (__u64)-repeated) {
		in->skip += repeated;
		f->in.told -= repeated;
		repeated = 0;
	}
	if (repeated < 0) {
		if (in->message != f->out.http.message)
			give_up(f, in, RG_OUT_OF_ORDER);
	} else if (repeated < (__s32)s->length) {
		p.from = s->payload + repeated;
		p.end = s->payload + s->length;
		f->in.told += s->length - repeated;
		read_all(skb, f, &p);
	}
	__sync_lock_test_and_set(&f->in_use, 0);
	return 0;
}
