/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reads the bytes of heads, chunk lines and trailers: see httpFraming.h. Its functions are global, so one file includes it. */
#ifndef RUNGLASS_HTTP_SCAN_H
#define RUNGLASS_HTTP_SCAN_H

#include "httpFraming.h"

#define NEITHER (BYTE_NOT_DECIMAL | BYTE_NOT_HEXADECIMAL)
#define LETTERS(a) [a] = BYTE_NOT_DECIMAL | 10, [a + 1] = BYTE_NOT_DECIMAL | 11, [a + 2] = BYTE_NOT_DECIMAL | 12, \
	[a + 3] = BYTE_NOT_DECIMAL | 13, [a + 4] = BYTE_NOT_DECIMAL | 14, [a + 5] = BYTE_NOT_DECIMAL | 15

static const __u8 byte_classes[256] = {
	[0 ... ' '] = NEITHER | BYTE_SPECIAL,
	['!' ... '+'] = NEITHER,
	[','] = NEITHER | BYTE_SPECIAL,
	['-' ... '/'] = NEITHER,
	['0'] = 0, ['1'] = 1, ['2'] = 2, ['3'] = 3, ['4'] = 4, ['5'] = 5, ['6'] = 6, ['7'] = 7, ['8'] = 8, ['9'] = 9,
	[':' ... ';'] = NEITHER | BYTE_SPECIAL,
	['<' ... '@'] = NEITHER,
	LETTERS('A'),
	['G' ... '`'] = NEITHER,
	LETTERS('a'),
	['g' ... 255] = NEITHER,
};

/*
 * A byte that is not just one more of a token. Returns an enum http_event. A
 * global function, as the one below: the verifier checks it once, and not for
 * each byte.
 */
__attribute__((noinline)) int http_special(struct http_framing *f, __u8 c)
{
	int event = HTTP_MORE;

	if (!f)
		return HTTP_NOT_HTTP;
	if (c == ':') {
		if (f->place == HTTP_NAME) {
			f->header = f->line != f->token ? HTTP_OTHER
				    : f->hash == HASH_CONTENT_LENGTH ? HTTP_CONTENT_LENGTH
				    : f->hash == HASH_TRANSFER_ENCODING ? HTTP_TRANSFER_ENCODING
				    : f->hash == HASH_UPGRADE		? HTTP_UPGRADE
									 : HTTP_OTHER;
			f->place = HTTP_VALUE;
			http_new_token(f);
		} else {
			f->token++;
			f->hash = HASH_STEP(f->hash, c);
			f->strange = 0xff;
		}
		f->line++;
		f->last = f->last << 8 | c;
		return HTTP_MORE;
	}
	http_token(f);
	http_new_token(f);
	if (c == '\n') {
		event = http_line_end(f);
	} else if (c != '\r') {
		if (c == ' ' && f->place == HTTP_FIRST_LINE && f->spaces < 2)
			f->spaces++;
		else if (c < ' ' && c != '\t')
			f->flags |= HTTP_WRONG;
		f->line++;
		f->last = f->last << 8 | c;
	}
	return f->flags & HTTP_WRONG ? HTTP_NOT_HTTP : event;
}

__attribute__((noinline)) int http_scan(struct http_framing *f, const struct http_bytes *bytes, __u32 length)
{
	int event = HTTP_MORE;
	__u32 i;

	if (!f || !bytes)
		return HTTP_NOT_HTTP << 16;
	for (i = 0; i < HTTP_SCAN; i++) {
		__u8 c, class;

		if (i >= length)
			break;
		c = bytes->byte[i];
		class = byte_classes[c];
		f->head++;
		if (class & BYTE_SPECIAL) {
			event = http_special(f, c);
			if (event != HTTP_MORE)
				return (i + 1) | event << 16;
			continue;
		}
		f->hash = HASH_STEP(f->hash, c);
		f->number = f->number * (f->place == HTTP_CHUNK ? 16 : 10) + (class & BYTE_DIGIT);
		f->strange |= class;
		f->last = f->last << 8 | c;
		f->token++;
		f->line++;
	}
	if (f->head > HTTP_HEAD_MOST || (f->place == HTTP_FIRST_LINE && !f->spaces && f->token > HTTP_METHOD_MOST))
		return i | HTTP_NOT_HTTP << 16;
	return i;
}


#endif
