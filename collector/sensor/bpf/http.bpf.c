// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * HTTP/1.x in clear text: tells the heads of its messages; what turns out to be
 * HTTP/2 goes on in http2.bpf.c. Requests are sent in
 * the order of their bytes. Responses are seen before the kernel has put their
 * packets in order: where one is missing in a head, it is lost, and the next is
 * found with the next request, which says by its acknowledgement where the
 * response to it will begin.
 */
#include "http.h"
#include "http2.h"
#include "httpScan.h"

/* Heads, bodies and chunks that one packet may have. */
#define ROUNDS 512
/* Requests that may be without a response; http_framing has a bit for each. */
#define PIPELINED 64

/* Follows the flow, or its responses, no further. What never was HTTP ends without a word. */
static __always_inline void give_up(struct tcp_flow *f, struct http_framing *http, enum rg_http_end end)
{
	bool was_http = http->message || http->place != HTTP_FIRST_LINE;

	if (!http->incoming)
		f->content = was_http ? CONTENT_NONE : CONTENT_LATER;
	if (was_http)
		emit_end(f, http->message, http->incoming, false, end);
	http->place = HTTP_LOST;
}

static __always_inline void response_head(struct tcp_flow *f)
{
	struct http_framing *in = &f->in.http;
	enum http_after after = http_response_head(in, f->out.http.heads, f->out.http.tunnels);

	if (after == HTTP_AFTER_TWO)
		http2_begin(&f->in.http2, true);
	else if (after == HTTP_AFTER_TUNNEL)
		f->content = CONTENT_LATER;
	else if (after == HTTP_AFTER_CLOSE)
		in->place = HTTP_LOST;
}

/* Tells what was read, if it belongs to a head. Behind the cap only the end of the head is told. */
static __always_inline __u32 read_into(struct __sk_buff *skb, struct tcp_flow *f, struct http_framing *http, const struct part *p,
				       struct http_room *r)
{
	__u32 length = fill_room(r, skb, p), taken, event;
	__u8 place = http->place;
	int scanned;

	if (!length) {
		give_up(f, http, RG_OUT_OF_ORDER);
		return 0;
	}
	name_room(r, f, http->incoming, false);
	r->h.message = http->message;
	r->h.offset = http->head;
	scanned = http_scan(http, &r->bytes, length);
	taken = HTTP_TAKEN(scanned);
	event = HTTP_EVENT(scanned);
	if (event == HTTP_NOT_HTTP) {
		give_up(f, http, http->head > HTTP_HEAD_MOST ? RG_HEAD_TOO_LONG : RG_NOT_HTTP);
		return 0;
	}
	if (event == HTTP_TWO)
		http2_begin(&f->out.http2, false);
	if (event == HTTP_TWO || place >= HTTP_CHUNK)
		return taken;
	r->h.len = r->h.offset < RG_HEAD_CAP ? taken : 0;
	r->h.whole = event == HTTP_HEAD || (!http->incoming && http->head == 0);
	r->h.h.size = sizeof(r->h) + r->h.len;
	if (event == HTTP_HEAD && http->incoming)
		response_head(f);
	if (r->h.len || r->h.whole)
		tell(r);
	return taken;
}

/* Reads on to the next end of something; returns how many bytes that took, 0 to end. */
__noinline int read_http(struct __sk_buff *skb, struct tcp_flow *f, const struct part *p)
{
	struct http_framing *http;
	struct http_room *room;
	__u32 taken;

	if (!f || !p)
		return 0;
	http = p->incoming ? &f->in.http : &f->out.http;
	room = take_room();
	if (!room) {
		give_up(f, http, RG_TOO_MANY);
		return 0;
	}
	taken = read_into(skb, f, http, p, room);
	leave_room(room);
	return taken;
}

static __always_inline void read_all(struct __sk_buff *skb, struct tcp_flow *f, struct part *p)
{
	struct http_framing *http = p->incoming ? &f->in.http : &f->out.http;
	struct http2_framing *http2 = p->incoming ? &f->in.http2 : &f->out.http2;
	__u32 taken;

	for (int i = 0; i < ROUNDS; i++) {
		if (p->from >= p->end || http->place == HTTP_LOST || f->content != CONTENT_HTTP)
			return;
		if (http2->place > HTTP2_LOST) {
			http2_read(skb, f, p);
			return;
		}
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
		if (f->in.http2.place <= HTTP2_LOST)
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
	if (f->out.http2.place == HTTP2_LOST)
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

/* Where no head can be among what is missing, nobody needs to know: the next request leads to the next response. */
static __always_inline void lost_order(struct tcp_flow *f, struct http_framing *in)
{
	__u32 open = f->out.http.message - in->message;

	if (!open)
		return;
	if (open == 1 && in->place >= HTTP_CHUNK)
		in->place = HTTP_LOST;
	else
		give_up(f, in, RG_OUT_OF_ORDER);
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
		lost_order(f, in);
	} else if (repeated < (__s32)s->length) {
		p.from = s->payload + repeated;
		p.end = s->payload + s->length;
		f->in.told += s->length - repeated;
		read_all(skb, f, &p);
	}
	__sync_lock_test_and_set(&f->in_use, 0);
	return 0;
}
