/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Runs the kernel's reading of HTTP/2 as an ordinary program, with the bytes on
 * stdin as framing.c has them. Writes what the sensor would tell, one frame a
 * line: direction, offset, bytes in hexadecimal; or "end", direction, reason.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../../../sensor/bpf/http2Take.h"
#include "../../../sensor/bpf/httpScan.h"

static struct http_framing first;
static struct http2_framing ways[2];

/* Up to HTTP_SCAN bytes in room of its exact size on the heap, so that a read beyond it is caught. */
static struct http_bytes *room(const __u8 *at, __u32 length)
{
	struct http_bytes *bytes = malloc(sizeof(*bytes));

	memset(bytes, 'x', sizeof(*bytes));
	memcpy(bytes, at, length);
	return bytes;
}

/* The client's first line; returns how many bytes that took. */
static __u32 begin(const __u8 *at, __u32 length)
{
	struct http_bytes *bytes = room(at, length);
	int scanned = http_scan(&first, bytes, length);

	free(bytes);
	if (HTTP_EVENT(scanned) == HTTP_TWO)
		http2_begin(&ways[0], false);
	else if (HTTP_EVENT(scanned) != HTTP_MORE)
		ways[0].place = HTTP2_LOST;
	return HTTP_TAKEN(scanned);
}

static __u32 read_on(struct http2_framing *f, const __u8 *at, __u32 length)
{
	struct http_bytes *bytes = room(at, length);
	__u32 offset = f->told;
	int result = http2_take(f, bytes, length);

	if (HTTP2_END(result)) {
		printf("end %d %d\n", f->incoming, HTTP2_END(result));
		f->place = HTTP2_LOST;
	} else if (HTTP2_TOLD(result)) {
		printf("%d %u ", f->incoming, offset);
		for (__u32 i = 0; i < HTTP2_TOLD(result); i++)
			printf("%02x", bytes->byte[i]);
		printf("\n");
	}
	free(bytes);
	return HTTP2_TAKEN(result);
}

static void segment(struct http2_framing *f, const __u8 *at, __u32 left)
{
	while (left && f->place != HTTP2_LOST) {
		__u32 length = left < HTTP_SCAN ? left : HTTP_SCAN, taken;

		if (f->place == HTTP2_SKIP) {
			taken = f->left < left ? f->left : left;
			http2_pass(f, taken);
		} else if (f->place == HTTP2_NONE) {
			taken = begin(at, length);
		} else {
			taken = read_on(f, at, length);
		}
		at += taken;
		left -= taken;
	}
}

int main(void)
{
	__u8 head[5];

	http_new_message(&first);
	http2_begin(&ways[1], true);
	while (fread(head, 1, 5, stdin) == 5) {
		__u32 length = head[1] | head[2] << 8 | head[3] << 16 | (__u32)head[4] << 24;
		__u8 *bytes = malloc(length + 1);

		if (fread(bytes, 1, length, stdin) != length)
			return 2;
		segment(&ways[head[0] & 1], bytes, length);
		free(bytes);
	}
	return 0;
}
