/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Looks at the heads of a packet where they stand. Most packets are of no matter to those programs of the guard that go
 * by names: what they have no business with shall cost next to nothing. A packet that is not built as nearly all are is
 * not judged here but read with care, by guard_read().
 */
#ifndef RUNGLASS_GUARD_PEEK_H
#define RUNGLASS_GUARD_PEEK_H

#include "guard.h"

#define IPV4_HEADER 20
#define IPV6_HEADER 40
#define IPV4_PLAIN 0x45 /* version 4, and no options */
#define TCP_SIZE_AT 12

static __always_inline bool guard_has_ports(__u8 protocol)
{
	return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP || protocol == IPPROTO_UDPLITE;
}

/* Has the packet another port on the other side than this one? False where that cannot be seen here. */
static __always_inline bool guard_is_for_other_port(struct __sk_buff *skb, __u16 port, bool out)
{
	__u8 *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	int at = out ? 2 : 0;

	if (skb->protocol == bpf_htons(ETH_P_IP))
		return data + IPV4_HEADER + 4 <= end && data[0] == IPV4_PLAIN && guard_has_ports(data[9]) &&
		       *(__be16 *)(data + IPV4_HEADER + at) != bpf_htons(port);
	if (skb->protocol == bpf_htons(ETH_P_IPV6))
		return data + IPV6_HEADER + 4 <= end && guard_has_ports(data[6]) &&
		       *(__be16 *)(data + IPV6_HEADER + at) != bpf_htons(port);
	return false;
}

/* Does the packet carry nothing that TCP brings to the other side? False where that cannot be seen here. */
static __always_inline bool guard_says_nothing(struct __sk_buff *skb)
{
	__u8 *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;

	if (skb->protocol == bpf_htons(ETH_P_IP))
		return data + IPV4_HEADER + TCP_HEADER <= end && data[0] == IPV4_PLAIN &&
		       (data[9] != IPPROTO_TCP ||
			skb->len <= IPV4_HEADER + (data[IPV4_HEADER + TCP_SIZE_AT] >> 4) * 4);
	if (skb->protocol == bpf_htons(ETH_P_IPV6))
		return data + IPV6_HEADER + TCP_HEADER <= end &&
		       (data[6] != IPPROTO_TCP ||
			skb->len <= IPV6_HEADER + (data[IPV6_HEADER + TCP_SIZE_AT] >> 4) * 4);
	return false;
}

#endif
