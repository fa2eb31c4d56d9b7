/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How HTTP in clear text is read from packets, and told. */
#ifndef RUNGLASS_HTTP_ROOM_H
#define RUNGLASS_HTTP_ROOM_H

#include "stream.h"

/*
 * Room to read in. Not in the ring: what is given back there still takes room
 * until the loader has come to it. Not one for each CPU: a softirq interrupts a
 * program that sends.
 */
#define ROOMS 4
struct http_room {
	__u64 in_use;
	struct rg_http h;
	struct http_bytes bytes;
};
struct http_rooms_map {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, ROOMS);
	__type(key, __u32);
	__type(value, struct http_room);
};
extern struct http_rooms_map http_rooms SEC(".maps");

/* What is read: bytes `from`..`end` of a packet. */
struct part {
	__u32 from;
	__u32 end;
	__u32 incoming;
};

static __always_inline struct http_room *take_room(void)
{
	for (__u32 i = 0; i < ROOMS; i++) {
		__u32 key = i;
		struct http_room *room = bpf_map_lookup_elem(&http_rooms, &key);

		if (room && !__sync_lock_test_and_set(&room->in_use, 1))
			return room;
	}
	return 0;
}

static __always_inline void leave_room(struct http_room *r)
{
	__sync_lock_test_and_set(&r->in_use, 0);
}

/* Fills the room with the first bytes of the part; returns how many they are, 0 if that cannot be. */
static __always_inline __u32 fill_room(struct http_room *r, struct __sk_buff *skb, const struct part *p)
{
	__u32 length = p->end - p->from;

	if (length > HTTP_SCAN)
		length = HTTP_SCAN;
	/* What the compiler knows by now, the verifier must see again: it learns 1.. from an addition, ..SCAN from a branch. */
	OPAQUE(length);
	length = ((length - 1) & 1023) + 1;
	OPAQUE(length);
	if (length > HTTP_SCAN || bpf_skb_load_bytes(skb, p->from, &r->bytes, length))
		return 0;
	return length;
}

static __always_inline void name_room(struct http_room *r, const struct tcp_flow *f, bool incoming, bool http2)
{
	name_owner(&r->h.h, &f->owner, RG_HTTP, sizeof(r->h));
	r->h.flow = f->flow;
	r->h.incoming = incoming;
	r->h.end = RG_GOES_ON;
	r->h.tls = RG_CLEAR;
	r->h.flowless = 0;
	r->h.http2 = http2;
}

/* Tells the frame that stands in the room. */
static __always_inline void tell(struct http_room *r)
{
	__u32 size = r->h.h.size;

	OPAQUE(size);
	if (size < sizeof(r->h) || size > sizeof(r->h) + sizeof(r->bytes))
		return;
	if (room_for_content(KIND_HTTP))
		emit(&core_ring, KIND_HTTP, &r->h, size);
}

static __always_inline void emit_end(const struct tcp_flow *f, __u32 message, bool incoming, bool http2, enum rg_http_end end)
{
	struct rg_http r = {};

	if (!room_for_content(KIND_HTTP))
		return;
	name_owner(&r.h, &f->owner, RG_HTTP, sizeof(r));
	r.flow = f->flow;
	r.message = message;
	r.incoming = incoming;
	r.http2 = http2;
	r.end = end;
	emit(&core_ring, KIND_HTTP, &r, sizeof(r));
}

#endif
