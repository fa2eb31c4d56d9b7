/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reads the heads of HTTP/2's frames: see http2Framing.h. Its functions are global, so one file includes it. */
#ifndef RUNGLASS_HTTP2_TAKE_H
#define RUNGLASS_HTTP2_TAKE_H

#include "http2Framing.h"

/* A frame begins: what comes of it. Returns why it ends, 0 if it does not. */
static inline __attribute__((always_inline)) enum rg_http_end http2_frame(struct http2_framing *f)
{
	__u32 length = http2_length(f->head), stream = http2_stream(f->head);
	__u8 type = f->head[3], flags = f->head[4];
	bool told = type == HTTP2_HEADERS || type == HTTP2_PROMISE || type == HTTP2_CONTINUATION;

	if (!http2_fits(type, length, stream))
		return RG_NOT_HTTP;
	if (!f->begun && (type != HTTP2_SETTINGS || (flags & HTTP2_ACK)))
		return RG_NOT_HTTP;
	f->begun = 1;
	/* Nothing may stand between the frames of a block, and no other frame go on with one. */
	if (f->open ? type != HTTP2_CONTINUATION || stream != f->open : type == HTTP2_CONTINUATION)
		return RG_NOT_HTTP;
	f->left = length;
	f->place = told ? HTTP2_TELL : HTTP2_SKIP;
	if (!told)
		return RG_GOES_ON;
	f->block = (f->open ? f->block : 0) + HTTP2_FRAME_HEAD + length;
	f->open = flags & HTTP2_END_HEADERS ? 0 : stream;
	return f->block > HTTP_HEAD_MOST ? RG_HEAD_TOO_LONG : RG_GOES_ON;
}

static inline __attribute__((always_inline)) int http2_preface(struct http2_framing *f, const struct http_bytes *bytes, __u32 length)
{
	static const char rest[HTTP2_PREFACE_REST] = "\r\nSM\r\n\r\n";
	__u32 i;

	for (i = 0; i < HTTP2_PREFACE_REST; i++) {
		if (i >= length || !f->left)
			break;
		if (bytes->byte[i] != (__u8)rest[(HTTP2_PREFACE_REST - f->left) & (HTTP2_PREFACE_REST - 1)])
			return HTTP2_ENDS(RG_NOT_HTTP);
		http2_pass(f, 1);
	}
	return i;
}

__attribute__((noinline)) int http2_take(struct http2_framing *f, struct http_bytes *bytes, __u32 length)
{
	enum rg_http_end end;
	__u32 taken = 0, rest, told;
	bool whole;

	if (!f || !bytes || length > HTTP_SCAN)
		return HTTP2_ENDS(RG_NOT_HTTP);
	if (f->place == HTTP2_PREFACE)
		return http2_preface(f, bytes, length);
	if (f->place == HTTP2_TELL || f->place == HTTP2_SKIP) {
		taken = f->left < length ? f->left : length;
		told = f->place == HTTP2_TELL ? taken : 0;
		f->told += told;
		http2_pass(f, taken);
		return taken | told << 12;
	}
	whole = !f->have && length >= HTTP2_FRAME_HEAD;
	for (int i = 0; i < HTTP2_FRAME_HEAD; i++) {
		if (taken >= length || f->have >= HTTP2_FRAME_HEAD)
			break;
		f->head[f->have++ & 15] = bytes->byte[taken & (HTTP_SCAN - 1)];
		taken++;
	}
	if (f->have < HTTP2_FRAME_HEAD)
		return taken;
	f->have = 0;
	end = http2_frame(f);
	if (end)
		return HTTP2_ENDS(end);
	if (!whole) {
		told = f->place == HTTP2_TELL ? HTTP2_FRAME_HEAD : 0;
		if (told) {
			for (int i = 0; i < HTTP2_FRAME_HEAD; i++)
				bytes->byte[i] = f->head[i];
		}
		f->told += told;
		if (!f->left)
			f->place = HTTP2_HEAD;
		return taken | told << 12;
	}
	rest = f->left < length - taken ? f->left : length - taken;
	taken += rest;
	told = f->place == HTTP2_TELL ? taken : 0;
	f->told += told;
	http2_pass(f, rest);
	return taken | told << 12;
}

#endif
