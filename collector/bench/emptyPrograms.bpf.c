// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * As little as programs can do at the hooks at which an egress policy is enforced on a loop of connects: what these take
 * is what the kernel takes to run, and to measure, any. `npm run bench -- block` attaches them to a cgroup of its own.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define EMPTY(section, name, context) \
	SEC(section) int name(struct context *unused) { return 1; }

EMPTY("cgroup_skb/egress", empty_egress, __sk_buff)
EMPTY("cgroup_skb/egress", empty_questions, __sk_buff)
EMPTY("cgroup_skb/egress", empty_hellos, __sk_buff)
EMPTY("cgroup_skb/ingress", empty_answers, __sk_buff)
EMPTY("cgroup/sock_create", empty_create, bpf_sock)
EMPTY("cgroup/connect4", empty_connect4, bpf_sock_addr)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
