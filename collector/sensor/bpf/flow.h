/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is remembered of a socket, in its own storage: it cannot be evicted by
 * a flood on other sockets, and it goes when the socket goes.
 */
#ifndef RUNGLASS_FLOW_H
#define RUNGLASS_FLOW_H

#include <bpf/bpf_endian.h>
#include "http2Framing.h"
#include "watch.h"

#define IPPROTO_TCP 6
#define IPPROTO_UDP 17
#define IPPROTO_UDPLITE 136
#define IPPROTO_MPTCP 262

/*
 * A flow id is the socket's cookie with a number per socket above it: sockets connect again, and have many peers. The flows
 * of a socket that has used up its numbers are numbered for all sockets of a protocol together.
 */
#define FLOW_SHIFT 48
#define FLOWS_PER_SOCKET 0x4000
#define FLOW_NUMBERED_TCP (1ULL << 62)
#define FLOW_NUMBERED_UDP (3ULL << 61)

/* `used` counts the flows of the socket, `numbered` those that are numbered together, which have the bits of `mark`. */
static __always_inline __u64 new_flow(__u64 cookie, __u16 *used, __u64 *numbered, __u64 mark)
{
	if (*used >= FLOWS_PER_SOCKET)
		return mark | __sync_fetch_and_add(numbered, 1);
	return cookie | (__u64)(*used)++ << FLOW_SHIFT;
}

/* Is it a TCP flow of the socket with this cookie? Of one that is numbered with all others, nothing says that it is not. */
static __always_inline bool is_flow_of(__u64 flow, __u64 cookie)
{
	return (flow & FLOW_NUMBERED_TCP) || (flow & ((1ULL << FLOW_SHIFT) - 1)) == cookie;
}

struct owner {
	__u64 start;
	__u32 pid;
	__u32 tid;
};

enum tcp_state { TCP_FLOW_NONE, TCP_FLOW_CONNECTING, TCP_FLOW_ESTABLISHED };

/* What is known of the content of a TCP flow: see stream.bpf.c. */
enum tcp_content {
	CONTENT_NONE, /* nothing that is looked at */
	CONTENT_NEW,  /* nothing was sent yet */
	CONTENT_LATER, /* nothing that is known, but perhaps TLS will follow: behind a proxy's answer, or a STARTTLS */
	CONTENT_TLS,
	CONTENT_DNS,
	CONTENT_HTTP,
};

/* Segments that are looked at for the begin of TLS behind something else. */
#define LATER_LOOKS 8

/* Of the random in a ClientHello, half: more than enough to be one of its kind. */
struct client_random {
	__u64 word[2];
};

/* One direction of a TCP flow whose content is looked at. */
struct tcp_stream {
	__u32 first;  /* sequence number of its first byte */
	__u32 wanted; /* bytes from its start that are to be told */
	__u32 told;   /* bytes from its start that are looked at; received DNS: their number, with repeats */
	struct http_framing http;
	struct http2_framing http2;
};

struct tcp_flow {
	__u64 flow;
	__u64 began;
	struct owner owner;
	__u16 attempts;
	__u8 state; /* enum tcp_state */
	__u8 family;
	__u16 remote_port;
	__u8 content; /* enum tcp_content */
	__u8 looks;   /* CONTENT_LATER: segments that are still looked at */
	__u32 hello_end; /* where its ClientHello ends in what is sent; 0: none was seen */
	struct client_random random;
	struct tcp_stream out;
	struct tcp_stream in;
	__u64 in_use; /* 1 while a program is at `in`: packets come in on all CPUs */
};

struct tcp_flows_map {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct tcp_flow);
};
extern struct tcp_flows_map tcp_flows SEC(".maps");

/*
 * The connect() that a thread is in: where it fails at once, only its return
 * value tells why. Threads share slots by their number; the loser of a clash
 * has its failure told later, when its socket is closed.
 */
#define CONNECT_CALLS 4096
struct connect_call {
	__u64 thread;
	__u64 flow;
	__u64 waiting; /* 1 while the result must come from the call itself */
};
struct connect_calls_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, CONNECT_CALLS);
	__type(key, __u32);
	__type(value, struct connect_call);
};
extern struct connect_calls_map connect_calls SEC(".maps");

/* Flows whose failure was told by the return value, where the socket itself could not be reached. */
struct failed_flows_map {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, __u8);
};
extern struct failed_flows_map failed_flows SEC(".maps");

/* Peers of one socket that have a flow at the same time; one more closes the flow that was quiet the longest. */
#define UDP_PEERS 8

struct udp_peer {
	__u64 flow; /* 0: free */
	__u64 began;
	__u64 last;
	__u64 sent;
	__u64 received;
	struct owner owner;
	__u8 address[16];
	__u16 port;
	__u8 family;
	__u8 pad[5];
};

struct udp_socket {
	struct bpf_spin_lock lock;
	__u16 flows;
	__u64 cookie;
	struct owner owner; /* of the latest connect or send with an address */
	struct udp_peer peers[UDP_PEERS];
};

struct udp_sockets_map {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct udp_socket);
};
extern struct udp_sockets_map udp_sockets SEC(".maps");

/* Who runs now, in a program that gets no task from the kernel. */
static __always_inline void current_owner(struct owner *owner)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	__u64 id = bpf_get_current_pid_tgid();

	owner->start = BPF_CORE_READ(task, group_leader, start_boottime);
	owner->pid = id >> 32;
	owner->tid = (__u32)id;
}

static __always_inline struct connect_call *connect_slot(__u64 thread)
{
	__u32 slot = (__u32)thread % CONNECT_CALLS;

	return bpf_map_lookup_elem(&connect_calls, &slot);
}

/* The connect() that this thread is in, if it is for `flow` (0: for any). */
static __always_inline struct connect_call *connect_call_of(__u64 flow)
{
	__u64 thread = bpf_get_current_pid_tgid();
	struct connect_call *call = connect_slot(thread);

	return call && call->thread == thread && (!flow || call->flow == flow) ? call : 0;
}

static __always_inline void name_owner(struct rg_header *h, const struct owner *owner, __u16 type, __u32 size)
{
	h->size = size;
	h->type = type;
	h->flags = 0;
	h->time = bpf_ktime_get_boot_ns();
	h->start = owner->start;
	h->pid = owner->pid;
	h->tid = owner->tid;
}

static __always_inline void emit_close(const struct owner *owner, __u64 flow, __u64 began, __u64 sent, __u64 received,
				       __u16 flags)
{
	struct rg_close r = {};

	name_owner(&r.h, owner, RG_CLOSE, sizeof(r));
	r.h.flags = flags;
	r.flow = flow;
	r.sent = sent;
	r.received = received;
	r.duration = (r.h.time - began) / 1000;
	emit(&core_ring, KIND_NET, &r, sizeof(r));
}

#endif
