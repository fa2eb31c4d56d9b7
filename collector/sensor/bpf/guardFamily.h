/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Sockets that pass by IP and so by all hooks on cgroups: packet sockets write
 * frames, those of AF_XDP, AF_LLC, AF_PPPOX and AF_TIPC too, and AF_VSOCK speaks
 * to the host of a virtual machine. No program can refuse them here; who makes
 * one in the cgroup that is contained is killed. On the whole machine that would
 * end what asks for the machine's own address (DHCP): there it is only told.
 */
#ifndef RUNGLASS_GUARD_FAMILY_H
#define RUNGLASS_GUARD_FAMILY_H

#include "file.h"
#include "guard.h"

#define AF_UNSPEC 0
#define AF_UNIX 1
#define AF_INET 2
#define AF_INET6 10
#define AF_KEY 15
#define AF_NETLINK 16
#define AF_PACKET 17
#define AF_ALG 38
#define SOCK_PACKET 10
#define SOCK_TYPES 15 /* flags stand above */
#define SIGKILL 9

/* The few families that stay on the machine, or that the hooks on cgroups see; whatever else there is or will be passes by. */
static __always_inline bool guard_passes_by(__u32 family)
{
	switch (family) {
	case AF_UNSPEC:
	case AF_UNIX:
	case AF_INET:
	case AF_INET6:
	case AF_KEY:
	case AF_NETLINK:
	case AF_ALG:
		return false;
	default:
		return true;
	}
}

/* What the kernel makes of them: the oldest way to a packet socket is one of AF_INET. */
static __always_inline __u32 guard_family_for(__u32 family, __u32 type)
{
	return family == AF_INET && (type & SOCK_TYPES) == SOCK_PACKET ? AF_PACKET : family;
}

/* A function of its own: beside what it writes, callers would find no room on the stack. */
__attribute__((weak)) __noinline int guard_kill_for(__u32 family)
{
	struct guard_peer nobody = {};
	struct rg_denied r = {};
	struct owner owner = {};

	if (!watch_all)
		bpf_send_signal(SIGKILL);
	guard_fill_denied(&r, 0, &nobody, RG_DENIED_SOCKET);
	r.remote_port = family;
	if (watch_all)
		r.h.flags |= RG_NOT_REFUSED;
	current_owner(&owner);
	r.h.start = owner.start;
	r.h.pid = owner.pid;
	r.h.tid = owner.tid;
	guard_emit(&r);
	return 0;
}

/* Of the socket with this descriptor; AF_UNSPEC where it is none. A function of its own, as the one above. */
__attribute__((weak)) __noinline int guard_family_of(int fd)
{
	struct file *file = file_of(bpf_get_current_task_btf(), fd);
	struct socket *socket;
	struct sock *sk;

	if (!file)
		return AF_UNSPEC;
	socket = BPF_CORE_READ(file, private_data);
	sk = BPF_CORE_READ(socket, sk);
	return sk ? BPF_CORE_READ(sk, __sk_common.skc_family) : AF_UNSPEC;
}

/* What a 32-bit call has in memory: family, then type. A function of its own, as the ones above. */
__attribute__((weak)) __noinline int guard_family_at(__u64 place)
{
	__u32 asked[2] = {};

	if (bpf_probe_read_user(asked, sizeof(asked), (void *)place))
		return AF_UNSPEC;
	return guard_family_for(asked[0], asked[1]);
}

static __always_inline void guard_new_socket(struct task_struct *task, __u32 family)
{
	if (guard_passes_by(family) && (watch_all || in_watched_cgroup(task)))
		guard_kill_for(family);
}

#endif
