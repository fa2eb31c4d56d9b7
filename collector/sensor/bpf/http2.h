/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* HTTP/2 in clear text, as http.bpf.c and stream.bpf.c hand it over; global functions, see http2Framing.h. */
#ifndef RUNGLASS_HTTP2_H
#define RUNGLASS_HTTP2_H

#include "httpRoom.h"

/* Reads bytes of a direction of which `http2` of the flow says where they are in it. */
int http2_read(struct __sk_buff *skb, struct tcp_flow *f, const struct part *p);

/* Looks at a segment that was received. */
int http2_received(struct __sk_buff *skb, struct tcp_flow *f, const struct segment *s);

/*
 * Whether what is received is HTTP/2, or may be: before the first request has ended, nobody knows, and a server may
 * speak first.
 */
static __always_inline bool receives_http2(const struct tcp_flow *f)
{
	return f->out.http2.place != HTTP2_NONE || f->in.http2.place > HTTP2_LOST || !f->out.http.message;
}

#endif
