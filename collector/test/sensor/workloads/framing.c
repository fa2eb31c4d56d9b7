/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Runs the kernel's reading of HTTP as an ordinary program. Reads segments from
 * stdin: one byte for the direction (0: sent, 1: received), four for the length
 * (little endian), then the bytes. Writes what the sensor would tell, one frame
 * a line: direction, message, offset, whole, bytes in hexadecimal; or why it ends.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../../../sensor/bpf/httpScan.h"

static struct http_framing ways[2];
static bool over;

static void tell(const struct http_framing *f, __u32 message, __u32 offset, bool whole, const __u8 *bytes, __u32 length)
{
	printf("%d %u %u %d ", f->incoming, message, offset, whole);
	for (__u32 i = 0; i < length; i++)
		printf("%02x", bytes[i]);
	printf("\n");
}

static __u32 read_on(struct http_framing *f, const __u8 *at, __u32 left)
{
	__u32 length = left < HTTP_SCAN ? left : HTTP_SCAN, message = f->message, offset = f->head;
	/* Of its exact size on the heap, so that a read beyond the bytes is caught. */
	struct http_bytes *bytes = malloc(sizeof(*bytes));
	__u8 place = f->place;
	int scanned, event;
	bool whole;

	memset(bytes, 'x', sizeof(*bytes));
	memcpy(bytes, at, length);
	scanned = http_scan(f, bytes, length);
	free(bytes);
	event = HTTP_EVENT(scanned);
	if (event == HTTP_NOT_HTTP) {
		printf("end %d\n", f->incoming);
		f->place = HTTP_LOST;
		over |= !f->incoming;
		return 0;
	}
	if (place >= HTTP_CHUNK)
		return HTTP_TAKEN(scanned);
	length = offset < RG_HEAD_CAP ? HTTP_TAKEN(scanned) : 0;
	whole = event == HTTP_HEAD || (!f->incoming && f->head == 0);
	if (event == HTTP_HEAD && f->incoming) {
		enum http_after after = http_response_head(f, ways[0].heads, ways[0].tunnels);

		over |= after == HTTP_AFTER_TUNNEL;
		if (after == HTTP_AFTER_CLOSE)
			f->place = HTTP_LOST;
	}
	if (length || whole)
		tell(f, message, offset, whole, at, length);
	return HTTP_TAKEN(scanned);
}

static void segment(struct http_framing *f, const __u8 *at, __u32 left)
{
	while (left && f->place != HTTP_LOST && !over) {
		__u32 n = f->skip < left ? f->skip : left;

		f->skip -= n;
		at += n;
		left -= n;
		if (!left || (f->incoming && f->place == HTTP_FIRST_LINE && f->message == ways[0].message))
			return;
		n = read_on(f, at, left);
		if (!n)
			return;
		at += n;
		left -= n;
	}
}

int main(void)
{
	__u8 head[5];

	for (int i = 0; i < 2; i++) {
		http_new_message(&ways[i]);
		ways[i].incoming = i;
	}
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
