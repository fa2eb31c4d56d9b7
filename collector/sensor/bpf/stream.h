/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How bytes of TCP streams are told. */
#ifndef RUNGLASS_STREAM_H
#define RUNGLASS_STREAM_H

#include "packet.h"

#define TCP_HEADER 20
#define TCP_SYN 0x02
#define TCP_ACK 0x10

/* A TCP segment; what is one to the kernel can be as long as 64 KB. */
struct segment {
	__u32 sequence;
	__u32 acknowledged;
	__u32 payload; /* offset of the payload in the packet */
	__u32 length;  /* of the payload */
	__u8 flags;
};

static __always_inline __u32 big_endian(const __u8 *bytes)
{
	return (__u32)bytes[0] << 24 | (__u32)bytes[1] << 16 | (__u32)bytes[2] << 8 | bytes[3];
}

/* Fills `s`, and tells whether the packet is TCP. Offsets of an IPv6 packet with extension headers are not followed. */
static __always_inline bool parse_segment(struct __sk_buff *skb, struct segment *s)
{
	__u8 *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	__u8 tcp[TCP_HEADER];
	__u32 header;

	if (skb->protocol == bpf_htons(ETH_P_IP)) {
		if (data + 20 > end || data[9] != IPPROTO_TCP)
			return false;
		header = (data[0] & 15) * 4;
	} else if (skb->protocol == bpf_htons(ETH_P_IPV6)) {
		if (data + 40 > end || data[6] != IPPROTO_TCP)
			return false;
		header = 40;
	} else {
		return false;
	}
	if (bpf_skb_load_bytes(skb, header, tcp, TCP_HEADER))
		return false;
	s->sequence = big_endian(tcp + 4);
	s->acknowledged = big_endian(tcp + 8);
	s->flags = tcp[13];
	s->payload = header + (tcp[12] >> 4) * 4;
	s->length = skb->len > s->payload ? skb->len - s->payload : 0;
	/* What a SYN carries (fast open) begins behind the number that the SYN itself takes. */
	if (s->flags & TCP_SYN)
		s->sequence++;
	return true;
}

/*
 * Content is worth less than the events around it: it takes no more than half of the ring, so that a flood of it cannot
 * cost a process or a connection. False when there is no room, which is counted.
 */
static __always_inline bool room_for_content(enum kind kind)
{
	if (bpf_ringbuf_query(&core_ring, BPF_RB_AVAIL_DATA) < bpf_ringbuf_query(&core_ring, BPF_RB_RING_SIZE) / 2)
		return true;
	count_result(kind, 1);
	return false;
}

#endif
