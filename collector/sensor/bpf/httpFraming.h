/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Where the messages of HTTP/1.x begin and end in one direction of a flow
 * (RFC 9112): so the kernel tells heads only, and skips bodies without looking
 * at them. It reads no more of a head than that takes: what the head means, and
 * whether it is one, is for the collector to say.
 *
 * Nothing in here knows the kernel; a test compiles it as an ordinary program.
 */
#ifndef RUNGLASS_HTTP_FRAMING_H
#define RUNGLASS_HTTP_FRAMING_H

#include <stdbool.h>
#include "../frame.h"

/* Bytes that are scanned at a time. */
#define HTTP_SCAN 512
/* A head that is longer is given up: servers take 8 to 64 KB. */
#define HTTP_HEAD_MOST 65536
#define HTTP_METHOD_MOST 32

enum http_place {
	HTTP_LOST, /* not known where we are */
	HTTP_FIRST_LINE,
	HTTP_NAME, /* of a header */
	HTTP_VALUE,
	HTTP_CHUNK, /* the line with its size */
	HTTP_TRAILER,
};

enum http_header { HTTP_OTHER, HTTP_CONTENT_LENGTH, HTTP_TRANSFER_ENCODING, HTTP_UPGRADE };

/* http_framing.flags */
#define HTTP_HAS_LENGTH 1
#define HTTP_CHUNKED 2
#define HTTP_WRONG 4 /* this is no HTTP/1.x, or none that can be followed */
#define HTTP_PRIOR 8 /* the method is PRI: a client that knows already that its server speaks HTTP/2 */
#define HTTP_TO_TWO 16 /* what is upgraded to is HTTP/2 in clear text */

/* What a scan has come to. */
enum http_event {
	HTTP_MORE,     /* to the end of the bytes */
	HTTP_HEAD,     /* to the end of a head that a body follows, or of a response's head */
	HTTP_BODY,     /* to the end of a chunk's line, or of a trailer */
	HTTP_NOT_HTTP, /* HTTP_WRONG */
	HTTP_TWO,      /* to the end of the first line of a client that speaks HTTP/2 */
};

struct http_framing {
	__u64 skip;   /* bytes of a body that come next */
	__u64 length; /* of the body, as the head says */
	__u64 number; /* of the token that is being read, */
	__u64 hash;   /* its hash, */
	__u64 last;   /* and the last 8 bytes of the line */
	__u64 heads;  /* sent: bit n % 64 is set where request n is HEAD, */
	__u64 tunnels; /* or CONNECT */
	__u32 message; /* number of the message that we are in, the first is 0 */
	__u32 head;    /* bytes of its head so far */
	__u32 line;    /* bytes of this line, without CR */
	__u32 token;   /* bytes of this token */
	__u16 status;
	__u8 place;    /* enum http_place */
	__u8 header;   /* enum http_header */
	__u8 flags;
	__u8 spaces;   /* in the first line, up to 2 */
	__u8 strange;  /* the token has bytes that are no digits */
	__u8 incoming;
};

/* Of a byte: its value as a hexadecimal digit, and what it is not, or is. */
#define BYTE_DIGIT 0x0f
#define BYTE_NOT_DECIMAL 0x10
#define BYTE_NOT_HEXADECIMAL 0x20
#define BYTE_SPECIAL 0x40

struct http_bytes {
	__u8 byte[HTTP_SCAN];
};
struct http_framing;

#define HTTP_TAKEN(scanned) ((scanned) & 0xffff)
#define HTTP_EVENT(scanned) ((scanned) >> 16)

/*
 * Scans at most HTTP_SCAN bytes; returns how many it took, and above them what it
 * has come to. The head of a request without a body does not stop it.
 */
int http_scan(struct http_framing *f, const struct http_bytes *bytes, __u32 length);

/* FNV-1a over bytes that are made lower case. */
#define HASH_START 0xcbf29ce484222325ULL
#define HASH_PRIME 0x100000001b3ULL
#define HASH_STEP(hash, c) (((hash) ^ ((c) | 0x20)) * HASH_PRIME)

#define HASH_CONTENT_LENGTH 0x2d69a1e6ee916e7dULL
#define HASH_TRANSFER_ENCODING 0x8640bd735e9d802cULL
#define HASH_CHUNKED 0xe64e4a5f7769edf3ULL
#define HASH_HEAD 0x0a8f12cc5f9a0c03ULL
#define HASH_CONNECT 0x54cb3aded715c1b9ULL
#define HASH_UPGRADE 0x7f7d77d7c2a03db7ULL
#define HASH_H2C 0x33f83b19307804b4ULL
#define HASH_PRI 0x77fd5d1956a2022aULL
/* "HTTP/1." and one more byte, as they stand in http_framing.last. */
#define VERSION_1 0x485454502f312eULL
/* "HTTP/2.0", and the length of the line that it ends. */
#define VERSION_2 0x485454502f322e30ULL
#define PRIOR_LINE 14

static inline __attribute__((always_inline)) void http_new_token(struct http_framing *f)
{
	f->number = 0;
	f->hash = HASH_START;
	f->token = 0;
	f->strange = 0;
}

static inline __attribute__((always_inline)) void http_new_message(struct http_framing *f)
{
	http_new_token(f);
	f->place = HTTP_FIRST_LINE;
	f->header = HTTP_OTHER;
	f->head = 0;
	f->line = 0;
	f->last = 0;
	f->length = 0;
	f->status = 0;
	f->flags = 0;
	f->spaces = 0;
}

static inline __attribute__((always_inline)) void http_length(struct http_framing *f)
{
	if ((f->strange & BYTE_NOT_DECIMAL) || f->token > 18 || ((f->flags & HTTP_HAS_LENGTH) && f->length != f->number))
		f->flags |= HTTP_WRONG;
	f->length = f->number;
	f->flags |= HTTP_HAS_LENGTH;
}

static inline __attribute__((always_inline)) void http_first_line_token(struct http_framing *f)
{
	__u64 bit = 1ULL << (f->message & 63);

	if (f->spaces > 1)
		return;
	if (f->incoming) {
		if (f->spaces == 0 && (f->last >> 8 != VERSION_1 || f->token != 8))
			f->flags |= HTTP_WRONG;
		if (f->spaces == 1)
			f->status = f->token == 3 && !(f->strange & BYTE_NOT_DECIMAL) ? f->number : 0;
	} else if (f->spaces == 0) {
		f->heads = f->token == 4 && f->hash == HASH_HEAD ? f->heads | bit : f->heads & ~bit;
		f->tunnels = f->token == 7 && f->hash == HASH_CONNECT ? f->tunnels | bit : f->tunnels & ~bit;
		if (f->token == 3 && f->hash == HASH_PRI)
			f->flags |= HTTP_PRIOR;
	}
}

/* What the token means that ends here, if anything. */
static inline __attribute__((always_inline)) void http_token(struct http_framing *f)
{
	if (!f->token)
		return;
	if (f->place == HTTP_FIRST_LINE) {
		http_first_line_token(f);
	} else if (f->place == HTTP_VALUE) {
		if (f->header == HTTP_CONTENT_LENGTH)
			http_length(f);
		else if (f->header == HTTP_TRANSFER_ENCODING && f->hash == HASH_CHUNKED && f->token == 7)
			f->flags |= HTTP_CHUNKED;
		else if (f->header == HTTP_UPGRADE && f->hash == HASH_H2C && f->token == 3)
			f->flags |= HTTP_TO_TWO;
	} else if (f->place == HTTP_CHUNK && f->spaces == 0) {
		/* Extensions may follow. */
		if ((f->strange & BYTE_NOT_HEXADECIMAL) || f->token > 15)
			f->flags |= HTTP_WRONG;
		f->length = f->number;
		f->spaces = 1;
	}
}

/* After the head of a request. */
static inline __attribute__((always_inline)) enum http_event http_request_head(struct http_framing *f)
{
	/* Behind one that is told in part only, the next must begin with a frame of its own. */
	bool cut = f->head > RG_HEAD_CAP;
	__u8 flags = f->flags;
	__u64 length = f->length;

	f->message++;
	http_new_message(f);
	if (flags & HTTP_CHUNKED) {
		f->place = HTTP_CHUNK;
		return HTTP_HEAD;
	}
	f->skip = length;
	return length || cut ? HTTP_HEAD : HTTP_MORE;
}

static inline __attribute__((always_inline)) enum http_event http_line_end(struct http_framing *f)
{
	__u32 line = f->line;

	f->line = 0;
	switch (f->place) {
	case HTTP_FIRST_LINE:
		/* Empty lines before a message mean nothing. */
		if (!line) {
			f->spaces = 0;
			return HTTP_MORE;
		}
		if ((f->flags & HTTP_PRIOR) && f->last == VERSION_2 && line == PRIOR_LINE)
			return HTTP_TWO;
		if (f->incoming ? f->status < 100 : f->last >> 8 != VERSION_1 || f->spaces < 2)
			f->flags |= HTTP_WRONG;
		f->place = HTTP_NAME;
		return HTTP_MORE;
	case HTTP_CHUNK:
		if (!f->spaces)
			f->flags |= HTTP_WRONG;
		f->spaces = 0;
		f->head = 0;
		/* CR and LF stand behind its data. */
		if (f->length)
			f->skip = f->length + 2;
		else
			f->place = HTTP_TRAILER;
		return HTTP_BODY;
	case HTTP_TRAILER:
		if (line)
			return HTTP_MORE;
		if (f->incoming)
			f->message++;
		http_new_message(f);
		return HTTP_BODY;
	default:
		f->place = HTTP_NAME;
		f->header = HTTP_OTHER;
		if (line)
			return HTTP_MORE;
		return f->incoming ? HTTP_HEAD : http_request_head(f);
	}
}

/* What the head of a response means for what follows it; `heads` and `tunnels` are those of the requests. */
enum http_after { HTTP_AFTER_OTHERS, HTTP_AFTER_CLOSE, HTTP_AFTER_TUNNEL, HTTP_AFTER_TWO };

static inline __attribute__((always_inline)) enum http_after http_response_head(struct http_framing *f, __u64 heads, __u64 tunnels)
{
	__u64 bit = 1ULL << (f->message & 63), length = f->length;
	__u16 status = f->status;
	__u8 flags = f->flags;

	http_new_message(f);
	if (status == 101 && (flags & HTTP_TO_TWO))
		return HTTP_AFTER_TWO;
	if (status == 101 || (status >= 200 && status < 300 && (tunnels & bit)))
		return HTTP_AFTER_TUNNEL;
	/* Others follow for the same request. */
	if (status < 200)
		return HTTP_AFTER_OTHERS;
	if (flags & HTTP_CHUNKED && !(heads & bit) && status != 204 && status != 304) {
		f->place = HTTP_CHUNK;
		return HTTP_AFTER_OTHERS;
	}
	f->message++;
	if ((heads & bit) || status == 204 || status == 304)
		return HTTP_AFTER_OTHERS;
	if (!(flags & HTTP_HAS_LENGTH))
		return HTTP_AFTER_CLOSE;
	f->skip = length;
	return HTTP_AFTER_OTHERS;
}

#endif
