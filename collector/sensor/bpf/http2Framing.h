/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The frames of HTTP/2 in one direction of a connection (RFC 9113): so the
 * kernel tells those that carry header fields, and skips all others without
 * looking at them. What is packed in them is for the collector to read.
 *
 * Nothing in here knows the kernel; a test compiles it as an ordinary program.
 */
#ifndef RUNGLASS_HTTP2_FRAMING_H
#define RUNGLASS_HTTP2_FRAMING_H

#include "httpFraming.h"

#define HTTP2_FRAME_HEAD 9
/* The most that a payload has where the other side has allowed no more. */
#define HTTP2_LENGTH 16384
/* What follows the first line of what a client begins with; httpScan.h has read that line. */
#define HTTP2_PREFACE_REST 8

enum http2_place {
	HTTP2_NONE, /* this is not HTTP/2, or not yet */
	HTTP2_LOST, /* not known where we are */
	HTTP2_PREFACE,
	HTTP2_HEAD,
	HTTP2_TELL, /* in the payload of a frame that is told */
	HTTP2_SKIP, /* or of another one */
};

enum http2_type {
	HTTP2_DATA, HTTP2_HEADERS, HTTP2_PRIORITY, HTTP2_RESET, HTTP2_SETTINGS, HTTP2_PROMISE,
	HTTP2_PING, HTTP2_GOAWAY, HTTP2_WINDOW, HTTP2_CONTINUATION,
};
#define HTTP2_ACK 0x1
#define HTTP2_END_HEADERS 0x4

struct http2_framing {
	__u32 left;  /* bytes of the payload, or of the preface, that come next */
	__u32 told;  /* bytes that were told so far */
	__u32 block; /* bytes of the header block, with the heads of its frames */
	__u32 open;  /* the stream whose header block has not ended; 0: none */
	__u8 head[16];
	__u8 have;   /* bytes of the head that came before */
	__u8 place;  /* enum http2_place */
	__u8 begun;  /* the frame that must be the first was there */
	__u8 incoming;
};

/* What is returned: how many bytes were taken; how many, from the first on, are to be told; or why it ends. */
#define HTTP2_TAKEN(result) ((result) & 0xfff)
#define HTTP2_TOLD(result) ((result) >> 12 & 0xfff)
#define HTTP2_END(result) ((result) >> 24)
#define HTTP2_ENDS(end) ((end) << 24)

static inline __attribute__((always_inline)) void http2_begin(struct http2_framing *f, bool incoming)
{
	__builtin_memset(f, 0, sizeof(*f));
	f->incoming = incoming;
	f->place = incoming ? HTTP2_HEAD : HTTP2_PREFACE;
	f->left = incoming ? 0 : HTTP2_PREFACE_REST;
}

/* The payload goes on behind `length` bytes of which nothing need be known; they are fewer than what is left, or as many. */
static inline __attribute__((always_inline)) void http2_pass(struct http2_framing *f, __u32 length)
{
	f->left -= length;
	if (!f->left)
		f->place = HTTP2_HEAD;
}

static inline __attribute__((always_inline)) __u32 http2_stream(const __u8 *head)
{
	return (__u32)(head[5] & 0x7f) << 24 | (__u32)head[6] << 16 | (__u32)head[7] << 8 | head[8];
}

/* Whether frames of this type have such a length, and belong to a stream or to none, as they must. */
static inline __attribute__((always_inline)) bool http2_fits(__u8 type, __u32 length, __u32 stream)
{
	switch (type) {
	case HTTP2_DATA:
	case HTTP2_HEADERS:
	case HTTP2_PROMISE:
	case HTTP2_CONTINUATION:
		return stream;
	case HTTP2_PRIORITY:
		return stream && length == 5;
	case HTTP2_RESET:
		return stream && length == 4;
	case HTTP2_SETTINGS:
		return !stream && length % 6 == 0;
	case HTTP2_PING:
		return !stream && length == 8;
	case HTTP2_GOAWAY:
		return !stream && length >= 8;
	case HTTP2_WINDOW:
		return length == 4;
	default:
		/* What nobody knows is to be ignored; nobody sends so much of it. */
		return length <= HTTP2_LENGTH;
	}
}

static inline __attribute__((always_inline)) __u32 http2_length(const __u8 *head)
{
	return (__u32)head[0] << 16 | (__u32)head[1] << 8 | head[2];
}

/* Whether these bytes look like a frame in the middle of a connection; not more than that. */
static inline __attribute__((always_inline)) bool http2_looks_begun(const __u8 *head)
{
	return !head[0] && head[3] <= HTTP2_WINDOW && !(head[5] & 0x80) && http2_fits(head[3], http2_length(head), http2_stream(head));
}

/*
 * Takes at most HTTP_SCAN bytes, to the end of them or of something. Where the
 * head of a frame that is told came in pieces, it is put into `bytes`, for that
 * is what is told then.
 */
int http2_take(struct http2_framing *f, struct http_bytes *bytes, __u32 length);

#endif
