// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Learns addresses from the answers to questions that were let out: see guardDns.h. Refuses nothing. */
#include "guardDns.h"
#include "guardPeek.h"

#define DNS_RECORDS 128 /* of one answer */
#define DNS_A 1
#define DNS_AAAA 28
#define DNS_IN 1
#define DNS_LABELS 128
/* How long an address stays open: for its TTL, but at least and at most so long. */
#define LEARNED_S 300
#define LEARNED_MOST_S 604800

/*
 * Could whoever is in this network have made the answer himself? He could where it belongs to a user namespace that he has made:
 * there he gives himself the resolver's address. And a resolver on loopback is the machine's own only in the machine's own
 * network: in any other, such as a container's, who answers there is whoever has bound the address first.
 */
static __always_inline bool is_made_network(struct __sk_buff *skb, const struct guard_peer *resolver)
{
	struct bpf_sock *sk = skb->sk;
	struct sock *socket = 0;

	/* The address alone: programs of this kind get no kernel pointers. */
	if (!sk || bpf_probe_read_kernel(&socket, sizeof(socket), &sk))
		return true;
	if (guard_is_loopback(resolver) && BPF_CORE_READ(socket, __sk_common.skc_net.net, ns.inum) != guard_home_network)
		return true;
	return BPF_CORE_READ(socket, __sk_common.skc_net.net, user_ns, level) != 0;
}

static __always_inline bool is_own4(const __u8 *a)
{
	return a[0] == 0 || a[0] == 10 || a[0] == 127 || (a[0] == 100 && (a[1] & 0xc0) == 64) || (a[0] == 169 && a[1] == 254) ||
	       (a[0] == 172 && (a[1] & 0xf0) == 16) || (a[0] == 192 && a[1] == 168) || a[0] >= 224 ||
	       (a[0] == 168 && a[1] == 63 && a[2] == 129 && a[3] == 16);
}

/* An address of the machine, of its neighbours, or of who runs it, that a name out there has no business with. */
static __always_inline bool is_own(const struct guard_address *address)
{
	const __u8 *a = address->bytes;
	const __u64 *words = (const void *)a;

	if (address->family == 4)
		return is_own4(a);
	/* ::, ::1, and IPv4 in other clothes. */
	if (words[0] == 0 || (words[0] == bpf_cpu_to_be64(0x0064ff9b00000000ULL) && is_own4(a + 12)))
		return true;
	return (a[0] & 0xfe) == 0xfc || (a[0] == 0xfe && (a[1] & 0x80)) || a[0] == 0xff;
}

/* From now on the address is open for what the name opens. A global function: the verifier checks it once. */
__noinline int guard_learn(const struct guard_address *address, const struct guard_found *found, __u64 ttl)
{
	struct guard_learned fresh = {}, *l;
	struct guard_address key;
	__u64 packed, until, now = bpf_ktime_get_boot_ns();

	if (!address || !found)
		return 0;
	key = *address;
	until = now + (ttl < LEARNED_S ? LEARNED_S : ttl > LEARNED_MOST_S ? LEARNED_MOST_S : ttl) * 1000000000ULL;
	packed = (__u64)found->span.count << 32 | found->span.first;
	l = bpf_map_lookup_elem(&guard_learned, &key);
	if (!l || l->until < now) {
		fresh.until = until;
		fresh.span[0] = found->span;
		bpf_map_update_elem(&guard_learned, &key, &fresh, BPF_ANY);
		return 0;
	}
	if (l->until < until)
		l->until = until;
	for (int i = 0; i < GUARD_SPANS; i++) {
		__u64 *slot = (__u64 *)&l->span[i];

		if (*slot == packed || __sync_val_compare_and_swap(slot, 0, packed) == 0)
			return 0;
	}
	/* With so many names, the ports of one of them are closed. */
	l->span[packed % GUARD_SPANS] = found->span;
	return 0;
}

/* A record of an answer. */
struct guard_record {
	struct guard_address address; /* family 0: it has none */
	__u32 ttl;
	__u32 next; /* where it ends in the packet; 0: it is not whole */
};

__noinline int guard_read_record(struct __sk_buff *skb, __u32 at, struct guard_record *r)
{
	__u8 head[10], label;
	__u32 length;

	if (!r)
		return 0;
	r->next = 0;
	r->address.family = 0;
	for (int i = 0; i < DNS_LABELS; i++) {
		if (bpf_skb_load_bytes(skb, at, &label, 1))
			return 0;
		at += 1 + label;
		if (label == 0)
			break;
		if (label >= 0xc0) {
			at += 1 - label;
			break;
		}
		if (label > 63)
			return 0;
	}
	if (at + sizeof(head) < at || bpf_skb_load_bytes(skb, at, head, sizeof(head)))
		return 0;
	length = (__u32)head[8] << 8 | head[9];
	at += sizeof(head);
	if (at + length > skb->len)
		return 0;
	r->ttl = big_endian(head + 4);
	r->next = at + length;
	if (head[0] || head[2] || head[3] != DNS_IN)
		return 0;
	if (head[1] == DNS_A && length == 4 && !bpf_skb_load_bytes(skb, at, r->address.bytes, 4))
		r->address.family = 4;
	if (head[1] == DNS_AAAA && length == 16 && !bpf_skb_load_bytes(skb, at, r->address.bytes, 16))
		r->address.family = 6;
	return 0;
}

/* IPv4 in an IPv6 address is that IPv4 address. */
static __always_inline void unmap(struct guard_address *address)
{
	__u64 *words = (void *)address->bytes;

	if (address->family == 6 && words[0] == 0 && (__u32)words[1] == bpf_htonl(0xffff)) {
		words[0] = words[1] >> 32;
		words[1] = 0;
		address->family = 4;
	}
}

static __always_inline bool is_open_network(const struct guard_address *address)
{
	struct guard_network_key key = { .family = address->family };
	__u32 rule;

	key.prefix = GUARD_NETWORK_HEAD + (address->family == 4 ? 32 : 128);
	__builtin_memcpy(key.address, address->bytes, 16);
	return guard_network(&key, GUARD_NEITHER, GUARD_ANY_PROTOCOL, GUARD_ANY_PORT, &rule);
}

/* Learns from the records behind a question; returns whether one was an address of the machine's own surroundings. */
__noinline int guard_learn_records(struct __sk_buff *skb, __u32 at, __u32 count, const struct guard_found *found)
{
	struct guard_record r = {};
	int rebound = 0;

	if (!found)
		return 0;
	for (__u32 i = 0; i < DNS_RECORDS && i < count; i++) {
		__builtin_memset(r.address.bytes, 0, 16);
		guard_read_record(skb, at, &r);
		if (!r.next)
			break;
		at = r.next;
		if (!r.address.family)
			continue;
		unmap(&r.address);
		if (is_own(&r.address)) {
			rebound |= !is_open_network(&r.address);
			continue;
		}
		guard_learn(&r.address, found, r.ttl);
	}
	return rebound;
}

/* Reads a message from a resolver. It is taken as the answer to what this socket has asked, or for nothing. */
__noinline int guard_hear(struct __sk_buff *skb, const struct guard_data *d, __u32 at)
{
	struct guard_asked_key key = {};
	struct guard_found found = {};
	struct guard_asked *asked;
	__u8 head[DNS_HEAD];

	if (!d || bpf_skb_load_bytes(skb, at, head, DNS_HEAD) || !(head[2] & 0x80) || head[4] || head[5] != 1)
		return 0;
	guard_asked_key_of(skb, d, head, &key);
	asked = bpf_map_lookup_elem(&guard_asked, &key);
	if (!asked || asked->until < bpf_ktime_get_boot_ns())
		return 0;
	if (guard_question_name(skb, at + DNS_HEAD, &found) != GUARD_LISTED || found.hash != asked->hash)
		return 0;
	if (guard_learn_records(skb, found.next + 4, (__u32)head[6] << 8 | head[7], &found))
		guard_tell_named(skb, d, RG_DENIED_ANSWER, at + DNS_HEAD, found.next + 4 - (at + DNS_HEAD));
	return 0;
}

/* Segments can be lost, repeated and out of order on their way in: what does not follow on what was read is not read. */
static __always_inline void segment_in(struct __sk_buff *skb, const struct guard_data *d)
{
	struct guard_dns_connection *c = guard_dns_connection_of(skb, 0);
	__u32 at = d->payload, end = d->payload + d->length;

	if (!c)
		return;
	if ((d->flags & TCP_SYN) && !c->synchronised) {
		c->in.next = d->sequence;
		c->synchronised = 1;
	}
	if (!d->length || !c->synchronised)
		return;
	/* A segment may begin with what was read, or with the rest of a message that another had the begin of. */
	if ((__s32)(d->sequence - c->in.next) > 0 || (__s32)(d->sequence + d->length - c->in.next) <= 0)
		return;
	at += c->in.next - d->sequence;
	for (int i = 0; i < DNS_MESSAGES; i++) {
		__u32 from, until = guard_dns_message_end(skb, &c->in, at, end, &from);

		if (!until)
			return;
		if (from >= end) {
			c->in.body = until - from;
			c->in.next += from - at;
			return;
		}
		guard_hear(skb, d, from);
		c->in.body = 0;
		c->in.next += until - at;
		at = until;
		if (at >= end)
			return;
	}
}

SEC("cgroup_skb/ingress")
int guard_answers(struct __sk_buff *skb)
{
	struct guard_data d = {};

	if (guard_is_for_other_port(skb, DNS_PORT, false))
		return GUARD_PASS;
	if (guard_read(skb, &d, false) != GUARD_READ || d.peer.port != DNS_PORT || !guard_is_resolver(&d.peer))
		return GUARD_PASS;
	if (is_made_network(skb, &d.peer))
		return GUARD_PASS;
	if (d.peer.protocol == IPPROTO_UDP)
		guard_hear(skb, &d, d.payload);
	else
		segment_in(skb, &d);
	return GUARD_PASS;
}
