// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * How TCP connections go on. Changes of state mostly happen in a softirq, where
 * the running task means nothing: the owner is what connect.bpf.c has put into
 * the socket's storage, and a socket without storage is not ours.
 */
#include "connectResult.h"
#include "hello.h"

/* A client that ends its handshake sends less than this behind its ClientHello, or much less where it breaks it off. */
#define HANDSHAKE_MOST 170

static __always_inline void local_side(struct rg_result *r, const struct sock *sk, __u8 family)
{
	/* A connect that fails gives the port back before this is told; this field still has it. */
	r->local_port = bpf_ntohs(BPF_CORE_READ((const struct inet_sock *)sk, inet_sport));
	r->family = family;
	if (family == 4)
		*(__u32 *)r->local = sk->__sk_common.skc_rcv_saddr;
	else
		bpf_probe_read_kernel(r->local, 16, &sk->__sk_common.skc_v6_rcv_saddr);
}

static __always_inline void emit_result(const struct sock *sk, struct tcp_flow *f, __u32 error)
{
	struct rg_result r = {};

	name_owner(&r.h, &f->owner, RG_RESULT, sizeof(r));
	r.flow = f->flow;
	r.error = error;
	local_side(&r, sk, f->family);
	emit(&core_ring, KIND_NET, &r, sizeof(r));
}

static __always_inline bool is_unread(const struct tcp_flow *f, __u64 sent)
{
	struct tls_hello *hello;

	if (!f->hello_end || sent < f->hello_end + HANDSHAKE_MOST)
		return false;
	hello = bpf_map_lookup_elem(&tls_hellos, &f->random);
	return hello && hello->flow == f->flow && !hello->read;
}

/* Payload only: the kernel counts the peer's FIN as a received byte, and retransmissions as sent ones. */
static __always_inline void closed(const struct sock *sk, struct tcp_flow *f)
{
	struct tcp_sock *tcp = bpf_skc_to_tcp_sock((void *)sk);
	__u64 sent = 0, received = 0;

	if (tcp) {
		sent = tcp->bytes_sent - tcp->bytes_retrans;
		received = tcp->bytes_received;
		if (received && (sk->__sk_common.skc_flags & (1 << SOCK_DONE)))
			received--;
	} else if (bpf_core_field_exists(((struct mptcp_sock *)0)->bytes_sent)) {
		const struct mptcp_sock *mptcp = (const void *)sk;

		sent = BPF_CORE_READ(mptcp, bytes_sent) - BPF_CORE_READ(mptcp, bytes_retrans);
		received = BPF_CORE_READ(mptcp, bytes_received);
	}
	emit_close(&f->owner, f->flow, f->began, sent, received, is_unread(f, sent) ? RG_UNREAD : 0);
}

/* Will the call that this thread is in return an error for the flow? */
static __always_inline bool call_will_tell(__u64 flow)
{
	struct connect_call *call = connect_call_of(flow);

	if (!call)
		return false;
	call->waiting = 1;
	return true;
}

static __always_inline void syn_sent(__u64 flow)
{
	struct connect_call *call = connect_call_of(flow);

	if (call)
		call->waiting = 0;
}

static __always_inline void end(const struct sock *sk, struct tcp_flow *f, int from)
{
	__u8 state = f->state;

	f->state = TCP_FLOW_NONE;
	if (state == TCP_FLOW_ESTABLISHED) {
		closed(sk, f);
		return;
	}
	/* The latter where both ends connect to each other at once. */
	if (from == TCP_SYN_SENT || from == TCP_SYN_RECV) {
		__u32 error = sk->sk_err;

		if (error)
			emit_result(sk, f, error);
		else if (call_will_tell(f->flow))
			/* Or no call does: a send that connects returns unseen. Then the end of the socket tells it. */
			f->state = TCP_FLOW_CONNECTING;
		else
			emit_result(sk, f, GIVEN_UP);
		return;
	}
	/* It was established, and the program was not run when it was: see below. */
	emit_result(sk, f, 0);
	closed(sk, f);
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(on_tcp_state, const struct sock *sk, int from, int to)
{
	struct tcp_flow *f;

	if (to != TCP_SYN_SENT && to != TCP_ESTABLISHED && to != TCP_CLOSE)
		return 0;
	f = bpf_sk_storage_get(&tcp_flows, (void *)sk, 0, 0);
	if (!f || f->state == TCP_FLOW_NONE)
		return 0;
	if (to == TCP_SYN_SENT) {
		syn_sent(f->flow);
	} else if (to == TCP_CLOSE) {
		end(sk, f, from);
	} else if (f->state == TCP_FLOW_CONNECTING) {
		f->state = TCP_FLOW_ESTABLISHED;
		emit_result(sk, f, 0);
	}
	return 0;
}

/* The answer to a SYN acknowledges it, which counts as a byte. */
static __always_inline bool never_connected(const struct sock *sk)
{
	struct tcp_sock *tcp = bpf_skc_to_tcp_sock((void *)sk);

	return tcp && tcp->bytes_acked == 0;
}

/*
 * The kernel never runs a tracing program inside of itself on one CPU: a
 * softirq that hits while on_tcp_state runs passes unseen. What a connection
 * owes then is told at its end, by another program.
 */
SEC("tp_btf/tcp_destroy_sock")
int BPF_PROG(on_tcp_destroy, const struct sock *sk)
{
	struct tcp_flow *f = bpf_sk_storage_get(&tcp_flows, (void *)sk, 0, 0);

	if (!f || f->state == TCP_FLOW_NONE)
		return 0;
	/* No release is seen of the subflows of multipath TCP. */
	if (f->state == TCP_FLOW_CONNECTING && !sk->sk_err && never_connected(sk))
		give_up_flow(f);
	else
		end(sk, f, f->state == TCP_FLOW_CONNECTING && sk->sk_err ? TCP_SYN_SENT : TCP_ESTABLISHED);
	return 0;
}
