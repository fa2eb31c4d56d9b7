// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* HTTP/2 inside TLS: tells the frames that carry header fields. */
#include "http2Framing.h"
#include "tlsWay.h"

#define ROUNDS 16

/* Follows this way no further. What is not HTTP/2 from its beginning on ends without a word. */
static __always_inline void give_up(const struct tls_stream *s, struct tls_way *w, enum rg_http_end end)
{
	bool is_told = s->out.http2.place != HTTP2_NONE && (w->http2.begun || !w->http2.incoming);

	w->http2.place = HTTP2_LOST;
	if (!is_told)
		return;
	name_frame(s, w, 0);
	w->head.message = 0;
	w->head.offset = 0;
	w->head.whole = 0;
	w->head.end = end;
	emit_frame(w);
}

static __always_inline __u32 take_some(struct tls_stream *s, struct tls_way *w, const struct part *all)
{
	struct part p = *all;

	for (int i = 0; i < ROUNDS; i++) {
		__u32 length, offset;
		int result;

		if (!p.left || w->http2.place == HTTP2_LOST)
			break;
		if (w->http2.place == HTTP2_SKIP) {
			length = w->http2.left < p.left ? w->http2.left : p.left;
			http2_pass(&w->http2, length);
			p.from += length;
			p.left -= length;
			continue;
		}
		length = fill_way(w, &p);
		if (!length) {
			give_up(s, w, RG_OUT_OF_ORDER);
			break;
		}
		offset = w->http2.told;
		result = http2_take(&w->http2, &w->bytes, length);
		if (HTTP2_END(result)) {
			give_up(s, w, HTTP2_END(result));
			break;
		}
		p.from += HTTP2_TAKEN(result);
		p.left -= HTTP2_TAKEN(result);
		if (!HTTP2_TOLD(result))
			continue;
		name_frame(s, w, HTTP2_TOLD(result));
		w->head.message = 0;
		w->head.offset = offset;
		w->head.whole = 0;
		w->head.end = RG_GOES_ON;
		emit_frame(w);
	}
	return all->left - p.left;
}

__noinline int tls_frames(struct tls_stream *s, const struct part *p)
{
	if (!s || !p)
		return 0;
	return take_some(s, p->incoming ? &s->in : &s->out, p);
}
