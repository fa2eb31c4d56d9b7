/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* HTTP in clear text, as stream.bpf.c hands it over; global functions, see httpFraming.h. */
#ifndef RUNGLASS_HTTP_H
#define RUNGLASS_HTTP_H

#include "stream.h"

/* Looks at a segment that was sent, or received, in a flow whose content is CONTENT_HTTP. */
int http_sent(struct __sk_buff *skb, struct tcp_flow *f, const struct segment *s);
int http_received(struct __sk_buff *skb, struct tcp_flow *f, const struct segment *s);

/* Before anything passes. */
static __always_inline void http_none(struct tcp_flow *f)
{
	__builtin_memset(&f->out.http, 0, sizeof(f->out.http));
	__builtin_memset(&f->in.http, 0, sizeof(f->in.http));
	f->out.http2.place = HTTP2_NONE;
	f->in.http2.place = HTTP2_NONE;
	f->in.http.incoming = 1;
	f->looks = LATER_LOOKS;
	f->in_use = 0;
}

/* Before the first segment that is sent; others may have been received. */
static __always_inline void http_begin(struct tcp_flow *f)
{
	http_new_message(&f->out.http);
}

#endif
