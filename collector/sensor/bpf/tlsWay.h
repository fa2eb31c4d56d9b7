/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is kept of a connection inside TLS, and how it is read and told; global functions, see tlsStream.h. */
#ifndef RUNGLASS_TLS_WAY_H
#define RUNGLASS_TLS_WAY_H

#include "hello.h"
#include "stream.h"

/* One way; `head` with `bytes` behind it is a frame. */
struct tls_way {
	struct http_framing http;
	struct http2_framing http2;
	struct rg_http head;
	struct http_bytes bytes;
};
struct tls_stream {
	struct client_random random;
	__u64 random_at; /* 0: not found, */
	__u32 hellos;    /* among as many hellos of the process */
	__u64 flow;
	struct tls_way out;
	struct tls_way in;
	__u8 tls;        /* enum rg_tls */
	__u8 looks;      /* behind the answer to a CONNECT: writes that are still looked at for a ClientHello inside */
	__u8 announced;  /* 1: `random` was told before it was sent, and the flow is to be looked for */
	__u8 unexpected; /* received: bytes that nobody had asked for; the next request leads to the next response */
};
/* Bytes of the process. */
struct part {
	__u64 from;
	__u64 left;
	__u32 incoming;
	__u32 pad;
};

/* Fills the way's room with the first bytes of the part; returns how many they are, 0 if that cannot be. */
static __always_inline __u32 fill_way(struct tls_way *w, const struct part *p)
{
	__u32 length = p->left < HTTP_SCAN ? p->left : HTTP_SCAN;

	OPAQUE(length);
	length = ((length - 1) & (HTTP_SCAN - 1)) + 1;
	OPAQUE(length);
	return length > HTTP_SCAN || bpf_probe_read_user(&w->bytes, length, (void *)p->from) ? 0 : length;
}

static __always_inline void name_frame(const struct tls_stream *s, struct tls_way *w, __u32 length)
{
	name_process(&w->head.h, bpf_get_current_task_btf(), RG_HTTP);
	w->head.h.size = sizeof(w->head) + length;
	w->head.flow = s->flow;
	w->head.incoming = w->http.incoming;
	w->head.http2 = w->http2.place != HTTP2_NONE;
	w->head.len = length;
	w->head.tls = s->tls;
	w->head.flowless = s->flow >> 63;
}

static __always_inline void emit_frame(struct tls_way *w)
{
	__u32 size = w->head.h.size;

	if (tls_ended || !room_for_content(KIND_HTTP))
		return;
	OPAQUE(size);
	if (size <= sizeof(w->head) + sizeof(w->bytes))
		emit(&core_ring, KIND_HTTP, &w->head, size);
}

/* HTTP/2: reads some frames; returns how many bytes that took, 0 to end. */
int tls_frames(struct tls_stream *s, const struct part *p);

#endif
