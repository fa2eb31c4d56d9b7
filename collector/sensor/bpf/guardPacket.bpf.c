// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Reads the heads of packets, for the programs of the guard that go by names. */
#include "guardName.h"

#define UDP_HEADER 8
/* IPv6: headers in front of the transport's own. Only the kernel's reports of its groups begin with HOPOPTS. */
#define NEXT_HOP_BY_HOP 0
#define NEXT_ROUTING 43
#define NEXT_FRAGMENT 44
#define NEXT_AUTHENTICATION 51
#define NEXT_ICMPV6 58
#define NEXT_DESTINATION 60
#define NEXT_MOBILITY 135

static __always_inline bool guard_is_hiding(__u8 next, __u8 after)
{
	return next == NEXT_ROUTING || next == NEXT_FRAGMENT || next == NEXT_AUTHENTICATION || next == NEXT_DESTINATION ||
	       next == NEXT_MOBILITY || (next == NEXT_HOP_BY_HOP && after != NEXT_ICMPV6);
}

__noinline int guard_read(struct __sk_buff *skb, struct guard_data *d, __u32 out)
{
	__u8 *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	__u8 head[TCP_HEADER], protocol;
	__u32 at;

	if (!d)
		return GUARD_HIDDEN;
	if (skb->protocol == bpf_htons(ETH_P_IP)) {
		if (data + 20 > end)
			return GUARD_HIDDEN;
		protocol = data[9];
		at = (data[0] & 15) * 4;
		d->peer.family = 4;
		__builtin_memcpy(out ? d->local : d->peer.address, data + 12, 4);
		__builtin_memcpy(out ? d->peer.address : d->local, data + 16, 4);
	} else if (skb->protocol == bpf_htons(ETH_P_IPV6)) {
		if (data + 41 > end)
			return GUARD_HIDDEN;
		protocol = data[6];
		at = 40;
		if (guard_is_hiding(protocol, data[40]))
			return GUARD_HIDDEN;
		d->peer.family = 6;
		__builtin_memcpy(out ? d->local : d->peer.address, data + 8, 16);
		__builtin_memcpy(out ? d->peer.address : d->local, data + 24, 16);
	} else {
		return GUARD_HIDDEN;
	}
	d->peer.protocol = guard_protocol(protocol);
	if (d->peer.protocol == IPPROTO_TCP) {
		if (bpf_skb_load_bytes(skb, at, head, TCP_HEADER))
			return GUARD_HIDDEN;
		d->sequence = big_endian(head + 4);
		d->flags = head[13];
		/* What a SYN carries (fast open) begins behind the number that the SYN itself takes. */
		if (d->flags & TCP_SYN)
			d->sequence++;
		d->payload = at + (head[12] >> 4) * 4;
	} else if (d->peer.protocol == IPPROTO_UDP) {
		if (bpf_skb_load_bytes(skb, at, head, 4))
			return GUARD_HIDDEN;
		d->payload = at + UDP_HEADER;
	} else {
		return GUARD_OF_NO_MATTER;
	}
	d->length = skb->len > d->payload ? skb->len - d->payload : 0;
	d->local_port = out ? (__u16)head[0] << 8 | head[1] : (__u16)head[2] << 8 | head[3];
	d->peer.port = out ? (__u16)head[2] << 8 | head[3] : (__u16)head[0] << 8 | head[1];
	return GUARD_READ;
}
