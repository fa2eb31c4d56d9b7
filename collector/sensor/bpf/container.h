/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What tells that a process is in a container: the name of its cgroup, and its PID namespace. */
#ifndef RUNGLASS_CONTAINER_H
#define RUNGLASS_CONTAINER_H

#include "shared.h"

/* Cgroups whose paths were told. One that is forgotten for want of room is told again. */
struct cgroups_told_map {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, __u8);
};
extern struct cgroups_told_map cgroups_told SEC(".maps");

/*
 * Emits a record of the path of a cgroup that `process` is in, where that was not told yet. `address` is that of its
 * struct, as a global function takes no kernel pointers. Uses the scratch.
 */
int tell_cgroup(const struct rg_header *process, __u64 address);

struct inside {
	__u32 pid;
	__u32 namespace;
};

/* The pid of a process in its own PID namespace, and which one that is; zeros in the machine's. */
static __always_inline void look_inside(struct inside *inside, struct task_struct *task)
{
	struct pid *pid = BPF_CORE_READ(task, group_leader, thread_pid);
	__u32 level = BPF_CORE_READ(pid, level);
	const struct upid *number;

	inside->pid = inside->namespace = 0;
	/* The kernel nests them 32 deep at most. */
	if (!level || level > 32)
		return;
	number = (void *)pid + bpf_core_field_offset(struct pid, numbers) + level * bpf_core_type_size(struct upid);
	inside->pid = BPF_CORE_READ(number, nr);
	inside->namespace = BPF_CORE_READ(number, ns, ns.inum);
}

#endif
