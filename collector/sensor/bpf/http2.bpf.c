// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * HTTP/2 in clear text: tells the frames that carry header fields. What is
 * received is followed from its first byte on, as a server may speak first.
 */
#include "http2.h"
#include "http2Take.h"
#include "httpRoom.h"

/* All frames that a packet of 64 KB can have: so many at a time, and so many times. */
#define ROUNDS 16
#define TIMES 512

/*
 * Follows this direction no further. What is not HTTP/2 from its beginning on
 * ends without a word. A function of its own, as there is little stack.
 */
__noinline int end_http2(struct tcp_flow *f, __u32 incoming, __u32 end)
{
	struct http2_framing *h;

	if (!f)
		return 0;
	h = incoming ? &f->in.http2 : &f->out.http2;
	h->place = HTTP2_LOST;
	if (f->out.http2.place != HTTP2_NONE && (h->begun || !incoming))
		emit_end(f, 0, incoming, true, end);
	return 0;
}

static __always_inline __u32 take_some(struct __sk_buff *skb, struct tcp_flow *f, const struct part *all, struct http_room *r)
{
	struct http2_framing *h = all->incoming ? &f->in.http2 : &f->out.http2;
	struct part p = *all;

	for (int i = 0; i < ROUNDS; i++) {
		__u32 length, offset;
		int result;

		if (p.from >= p.end || h->place == HTTP2_LOST)
			break;
		if (h->place == HTTP2_SKIP) {
			length = p.end - p.from;
			if (h->left < length)
				length = h->left;
			http2_pass(h, length);
			p.from += length;
			continue;
		}
		length = fill_room(r, skb, &p);
		if (!length) {
			end_http2(f, p.incoming, RG_OUT_OF_ORDER);
			break;
		}
		offset = h->told;
		result = http2_take(h, &r->bytes, length);
		if (HTTP2_END(result)) {
			end_http2(f, p.incoming, HTTP2_END(result));
			break;
		}
		p.from += HTTP2_TAKEN(result);
		if (!HTTP2_TOLD(result))
			continue;
		name_room(r, f, p.incoming, true);
		r->h.message = 0;
		r->h.offset = offset;
		r->h.len = HTTP2_TOLD(result);
		r->h.whole = 0;
		r->h.h.size = sizeof(r->h) + r->h.len;
		tell(r);
	}
	return p.from - all->from;
}

/* Reads some frames; returns how many bytes that took. */
__noinline int read_frames(struct __sk_buff *skb, struct tcp_flow *f, const struct part *p)
{
	struct http_room *room;
	__u32 taken;

	if (!f || !p)
		return 0;
	room = take_room();
	if (!room) {
		end_http2(f, p->incoming, RG_TOO_MANY);
		return 0;
	}
	taken = take_some(skb, f, p, room);
	leave_room(room);
	return taken;
}

__noinline int http2_read(struct __sk_buff *skb, struct tcp_flow *f, const struct part *all)
{
	struct part p = {};

	if (!f || !all)
		return 0;
	p = *all;
	for (int i = 0; i < TIMES; i++) {
		__u32 taken;

		if (p.from >= p.end)
			return 0;
		taken = read_frames(skb, f, &p);
		if (!taken)
			return 0;
		p.from += taken;
	}
	if (p.from < p.end)
		end_http2(f, p.incoming, RG_TOO_MANY);
	return 0;
}

static __always_inline void in_order(struct __sk_buff *skb, struct tcp_flow *f, const struct segment *s)
{
	struct http2_framing *h = &f->in.http2;
	__s32 repeated = f->in.told - (s->sequence - f->in.first);
	struct part p = { .incoming = 1 };

	/* What is missing need not be known where it is skipped. */
	if (repeated < 0 && h->place == HTTP2_SKIP && h->left >= (__u32)-repeated) {
		http2_pass(h, -repeated);
		f->in.told -= repeated;
		repeated = 0;
	}
	if (repeated < 0) {
		end_http2(f, true, RG_OUT_OF_ORDER);
	} else if (repeated < (__s32)s->length) {
		p.from = s->payload + repeated;
		p.end = s->payload + s->length;
		f->in.told += s->length - repeated;
		http2_read(skb, f, &p);
	}
}

__noinline int http2_received(struct __sk_buff *skb, struct tcp_flow *f, const struct segment *s)
{
	if (!f || !s || f->in.http2.place == HTTP2_LOST)
		return 0;
	/* Who comes at the same time is as good as out of order. */
	if (__sync_lock_test_and_set(&f->in_use, 1))
		return 0;
	if (f->in.http2.place == HTTP2_NONE)
		http2_begin(&f->in.http2, true);
	in_order(skb, f, s);
	__sync_lock_test_and_set(&f->in_use, 0);
	return 0;
}
