// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * UDP flows, their bytes, and DNS messages. These programs see every packet
 * below the cgroup root; like those of connect.bpf.c they OBSERVE ONLY.
 */
#include "guard.h"

#define UDP_HEADER 8

static __u64 numbered_flows;

struct datagram {
	__u8 local[16];
	__u8 remote[16];
	__u16 local_port;
	__u16 remote_port;
	__u32 payload; /* offset of the payload in the packet */
	__u32 length;  /* of the payload */
	__u8 family;
};

struct dns_record {
	struct rg_dns d;
	__u8 message[RG_DNS_CAP];
};

static __always_inline bool is_udp(__u8 protocol)
{
	return protocol == IPPROTO_UDP || protocol == IPPROTO_UDPLITE;
}

/* Extension headers of IPv6 that say of themselves how long they are; a packet has at most so many. */
#define HOP_BY_HOP 0
#define ROUTING 43
#define DESTINATION 60
#define EXTENSIONS 4

/* Where what is behind the extension headers of a packet begins; `*next` is what the header of IPv6 says, and becomes what that is. */
static __always_inline __u32 behind_extensions(struct __sk_buff *skb, __u8 *next)
{
	__u32 at = 40;
	__u8 extension[2];

	for (int i = 0; i < EXTENSIONS && (*next == HOP_BY_HOP || *next == ROUTING || *next == DESTINATION); i++) {
		if (bpf_skb_load_bytes(skb, at, extension, sizeof(extension)))
			break;
		*next = extension[0];
		at += (extension[1] + 1) * 8;
	}
	return at;
}

/* Fills `d`, and tells whether the packet is UDP. */
static __always_inline bool parse(struct __sk_buff *skb, struct datagram *d, bool out)
{
	__u8 *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	__u16 ports[2];
	__u32 header;
	__u8 next;

	if (skb->protocol == bpf_htons(ETH_P_IP)) {
		if (data + 20 > end || !is_udp(data[9]))
			return false;
		header = (data[0] & 15) * 4;
		d->family = 4;
		__builtin_memcpy(out ? d->local : d->remote, data + 12, 4);
		__builtin_memcpy(out ? d->remote : d->local, data + 16, 4);
	} else if (skb->protocol == bpf_htons(ETH_P_IPV6)) {
		if (data + 40 > end)
			return false;
		next = data[6];
		d->family = 6;
		__builtin_memcpy(out ? d->local : d->remote, data + 8, 16);
		__builtin_memcpy(out ? d->remote : d->local, data + 24, 16);
		header = behind_extensions(skb, &next);
		if (!is_udp(next))
			return false;
	} else {
		return false;
	}
	if (bpf_skb_load_bytes(skb, header, ports, 4))
		return false;
	d->local_port = bpf_ntohs(ports[out ? 0 : 1]);
	d->remote_port = bpf_ntohs(ports[out ? 1 : 0]);
	d->payload = header + UDP_HEADER;
	d->length = skb->len > d->payload ? skb->len - d->payload : 0;
	return true;
}

static __always_inline bool same_peer(const struct udp_peer *p, const struct datagram *d)
{
	const __u64 *a = (const void *)p->address, *b = (const void *)d->remote;

	return p->flow && p->port == d->remote_port && p->family == d->family && a[0] == b[0] && a[1] == b[1];
}

/* Counts a received datagram, where it belongs to a flow; returns whether it does. */
static __always_inline void count_received(struct udp_socket *u, const struct datagram *d, __u64 now)
{
	bpf_spin_lock(&u->lock);
	for (int i = 0; i < UDP_PEERS; i++) {
		if (same_peer(&u->peers[i], d)) {
			u->peers[i].received += d->length;
			u->peers[i].last = now;
			break;
		}
	}
	bpf_spin_unlock(&u->lock);
}

/* Counts a sent datagram. Returns true when it began a flow; `old` is then the flow that made room, if any. */
static __always_inline bool count_sent(struct udp_socket *u, const struct datagram *d, __u64 now, struct udp_peer *old,
				       struct udp_peer *begun)
{
	int slot = 0;
	bool found = false;
	__u64 quietest = ~0ULL;

	bpf_spin_lock(&u->lock);
	for (int i = 0; i < UDP_PEERS; i++) {
		struct udp_peer *p = &u->peers[i];

		if (same_peer(p, d)) {
			p->sent += d->length;
			p->last = now;
			found = true;
			break;
		}
		if (p->last < quietest) {
			quietest = p->last;
			slot = i;
		}
	}
	if (!found) {
		struct udp_peer *p = &u->peers[slot & (UDP_PEERS - 1)];

		*old = *p;
		__builtin_memset(p, 0, sizeof(*p));
		p->flow = new_flow(u->cookie, &u->flows, &numbered_flows, FLOW_NUMBERED_UDP);
		p->began = now;
		p->last = now;
		p->sent = d->length;
		p->owner = u->owner;
		__builtin_memcpy(p->address, d->remote, 16);
		p->port = d->remote_port;
		p->family = d->family;
		*begun = *p;
	}
	bpf_spin_unlock(&u->lock);
	return !found;
}

static __always_inline void emit_connect(const struct udp_peer *p, const struct datagram *d)
{
	struct rg_connect r = {};

	name_owner(&r.h, &p->owner, RG_CONNECT, sizeof(r));
	r.flow = p->flow;
	r.local_port = d->local_port;
	r.remote_port = d->remote_port;
	r.family = d->family;
	r.protocol = IPPROTO_UDP;
	__builtin_memcpy(r.local, d->local, 16);
	__builtin_memcpy(r.remote, d->remote, 16);
	emit(&core_ring, KIND_NET, &r, sizeof(r));
}

static __always_inline void emit_dns(struct __sk_buff *skb, const struct owner *owner, const struct datagram *d, bool out)
{
	struct dns_record *r;
	__u32 length = d->length;

	if (!length)
		return;
	r = bpf_ringbuf_reserve(&core_ring, sizeof(*r), 0);
	if (!r) {
		count_result(KIND_DNS, 1);
		return;
	}
	name_owner(&r->d.h, owner, RG_DNS, sizeof(r->d));
	r->d.local_port = d->local_port;
	r->d.server_port = d->remote_port;
	r->d.family = d->family;
	r->d.answer = !out;
	__builtin_memcpy(r->d.server, d->remote, 16);
	if (length > RG_DNS_CAP) {
		length = RG_DNS_CAP;
		r->d.h.flags = RG_TRUNCATED;
	}
	/* What the compiler knows by now, the verifier must see again: it learns 1.. from an addition, ..CAP from a branch. */
	OPAQUE(length);
	length = ((length - 1) & 2047) + 1;
	OPAQUE(length);
	if (length > RG_DNS_CAP || bpf_skb_load_bytes(skb, d->payload, r->message, length))
		length = 0;
	r->d.len = length;
	r->d.h.size = sizeof(r->d) + length;
	bpf_ringbuf_submit(r, wake_flags(&core_ring));
	count_result(KIND_DNS, 0);
}

static __always_inline void observe(struct __sk_buff *skb, bool out)
{
	struct udp_peer old = {}, begun = {};
	struct datagram d = {};
	struct udp_socket *u;
	struct bpf_sock *sk;
	__u64 now;

	if ((out && guard_has_dropped(skb)) || !parse(skb, &d, out))
		return;
	sk = skb->sk;
	if (!sk)
		return;
	sk = bpf_sk_fullsock(sk);
	if (!sk)
		return;
	u = bpf_sk_storage_get(&udp_sockets, sk, 0, 0);
	if (!u || !u->cookie)
		return;
	now = bpf_ktime_get_boot_ns();
	if (!out) {
		count_received(u, &d, now);
	} else if (count_sent(u, &d, now, &old, &begun)) {
		if (old.flow)
			emit_close(&old.owner, old.flow, old.began, old.sent, old.received, 0);
		emit_connect(&begun, &d);
	}
	if (d.remote_port == DNS_PORT) {
		struct owner owner = u->owner;

		emit_dns(skb, &owner, &d, out);
	}
}

SEC("cgroup_skb/egress")
int on_packet_out(struct __sk_buff *skb)
{
	observe(skb, true);
	return PASS;
}

SEC("cgroup_skb/ingress")
int on_packet_in(struct __sk_buff *skb)
{
	observe(skb, false);
	return PASS;
}
