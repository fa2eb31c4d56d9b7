// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Many names share an address, so one that is open for the sake of a name proves
 * little. On such a flow, what the client sends first decides: a ClientHello must
 * ask for a server that a rule opens for this port. One that is split over
 * segments or records, that names no server, or hides it, is refused. What is
 * no TLS is refused on the port of HTTPS, and passes on others: SSH, or HTTP in
 * clear text.
 */
#include "guardName.h"
#include "guardPeek.h"
#include "hello.h"

#define HTTPS_PORT 443
/* The heads of record and message, version, random, and the length of the session's id. */
#define HELLO_HEAD 44
#define HELLO_LENGTHS 9 /* behind them, what the lengths of record and message count */
#define SESSION_MOST 32
#define EXTENSIONS 64
#define SERVER_NAME 0
#define SERVER_NAME_HEAD 5 /* the list's length, the type, the name's length */

/* Where in a packet the name of the server stands. */
struct guard_hello {
	__u32 at;
	__u32 length; /* 0: nowhere, or in no way that can be trusted */
};

static __always_inline __u32 two(const __u8 *bytes)
{
	return (__u32)bytes[0] << 8 | bytes[1];
}

__noinline int guard_find_server_name(struct __sk_buff *skb, __u32 from, __u32 length, struct guard_hello *hello)
{
	__u8 head[HELLO_HEAD], extension[4], name[SERVER_NAME_HEAD];
	__u32 at, end, message;

	if (!hello)
		return 0;
	hello->length = 0;
	if (length < HELLO_HEAD || bpf_skb_load_bytes(skb, from, head, HELLO_HEAD))
		return 0;
	message = (__u32)head[6] << 16 | (__u32)head[7] << 8 | head[8];
	if (head[1] != 3 || head[5] != TLS_CLIENT_HELLO || head[43] > SESSION_MOST || message + 4 > two(head + 3))
		return 0;
	end = from + HELLO_LENGTHS + message;
	at = from + HELLO_HEAD + head[43];
	if (bpf_skb_load_bytes(skb, at, extension, 2))
		return 0;
	at += 2 + two(extension);
	if (bpf_skb_load_bytes(skb, at, extension, 1))
		return 0;
	at += 1 + extension[0];
	if (bpf_skb_load_bytes(skb, at, extension, 2))
		return 0;
	at += 2;
	if (at + two(extension) > end)
		return 0;
	end = at + two(extension);
	for (int i = 0; i < EXTENSIONS; i++) {
		__u32 size;

		/* A long hello may go on in another segment; by then it has said its name. */
		if (at + 4 > end || bpf_skb_load_bytes(skb, at, extension, 4))
			return 0;
		size = two(extension + 2);
		if (two(extension) == SERVER_NAME) {
			if (hello->length || size < SERVER_NAME_HEAD || at + 4 + size > end ||
			    bpf_skb_load_bytes(skb, at + 4, name, SERVER_NAME_HEAD))
				break;
			/* One name, and of the one kind that there is. */
			if (name[2] != 0 || two(name) + 2 != size || two(name + 3) + SERVER_NAME_HEAD != size)
				break;
			hello->at = at + 4 + SERVER_NAME_HEAD;
			hello->length = two(name + 3);
		}
		at += 4 + size;
	}
	hello->length = 0;
	return 0;
}

/* By which rule a flow may go on that begins like this; GUARD_NO_RULE: it may not. `hello` says what it has asked for. */
static __always_inline __u32 rule_of(struct __sk_buff *skb, const struct guard_data *d, __u32 rule, struct guard_hello *hello)
{
	struct guard_found found = {};
	__u8 lead[2] = {};

	if (bpf_skb_load_bytes(skb, d->payload, lead, d->length > 1 ? 2 : 1))
		return GUARD_NO_RULE;
	if (lead[0] != TLS_HANDSHAKE || (d->length > 1 && lead[1] != 3))
		return d->peer.port == HTTPS_PORT ? GUARD_NO_RULE : rule;
	guard_find_server_name(skb, d->payload, d->length, hello);
	if (!hello->length || guard_server_name(skb, hello->at, hello->length, &found) != GUARD_LISTED)
		return GUARD_NO_RULE;
	return guard_span_rule(found.span.first, found.span.count, d->peer.port, d->peer.protocol);
}

SEC("cgroup_skb/egress")
int guard_hellos(struct __sk_buff *skb)
{
	struct guard_hello hello = {};
	struct guard_data d = {};
	struct guard_socket *g;
	__u32 rule = GUARD_NO_RULE;
	enum guard_state state;

	if (guard_says_nothing(skb))
		return GUARD_PASS;
	if (guard_read(skb, &d, true) != GUARD_READ || d.peer.protocol != IPPROTO_TCP || !d.length)
		return GUARD_PASS;
	/* guard_egress has seen the packet before, and remembers of each flow how it may go. */
	g = guard_socket_of(skb);
	if (g && g->state != GUARD_UNKNOWN && guard_same_peer(&g->peer, &d.peer)) {
		state = g->state;
		rule = g->rule;
	} else {
		state = guard_decide(&d.peer, &rule);
	}
	if (state != GUARD_BY_NAME)
		return state == GUARD_ALLOWED ? GUARD_PASS : guard_drop(skb);
	rule = rule_of(skb, &d, rule, &hello);
	if (g && guard_same_peer(&g->peer, &d.peer)) {
		g->rule = rule;
		g->state = rule == GUARD_NO_RULE ? GUARD_ENDED : GUARD_ALLOWED;
	}
	if (rule != GUARD_NO_RULE)
		return GUARD_PASS;
	guard_tell_named(skb, &d, RG_DENIED_NAME | RG_CUT << GUARD_FLAGS, hello.at, hello.length);
	return guard_drop(skb);
}
