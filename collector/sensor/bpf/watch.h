/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which processes are watched, and how a process is named in a record. */
#ifndef RUNGLASS_WATCH_H
#define RUNGLASS_WATCH_H

#include "shared.h"

#define MAX_CGROUP_DEPTH 32

static __always_inline __u8 *flags_of(__u32 tgid)
{
	__u32 block = tgid / PIDS_PER_BLOCK;
	struct pid_block *b = bpf_map_lookup_elem(&processes, &block);

	return b ? &b->flags[tgid % PIDS_PER_BLOCK] : 0;
}

static __always_inline bool flags_watched(__u8 flags)
{
	return (flags & PROC_WATCHED) || (watch_all && !(flags & PROC_EXCLUDED));
}

static __always_inline bool is_watched(__u32 tgid)
{
	__u8 *flags = flags_of(tgid);

	return flags && flags_watched(*flags);
}

static __always_inline __u64 cgroup_id(struct task_struct *task)
{
	return task->cgroups->dfl_cgrp->kn->id;
}

/* Is the task in the watched cgroup or below it? */
static __always_inline bool in_watched_cgroup(struct task_struct *task)
{
	struct cgroup *cgroup = task->cgroups->dfl_cgrp;

	if (!watched_cgroup)
		return false;
	for (int i = 0; i < MAX_CGROUP_DEPTH && cgroup; i++) {
		if (BPF_CORE_READ(cgroup, kn, id) == watched_cgroup)
			return true;
		/* `self` is the first field of a cgroup, so the parent's is the parent. */
		cgroup = (struct cgroup *)BPF_CORE_READ(cgroup, self.parent);
	}
	return false;
}

/* The head of a record about the process of `task`, which a tp_btf program got from the kernel. */
static __always_inline void name_process(struct rg_header *h, struct task_struct *task, __u16 type)
{
	h->size = 0;
	h->type = type;
	h->flags = 0;
	h->time = bpf_ktime_get_boot_ns();
	h->start = task->group_leader->start_boottime;
	h->pid = task->tgid;
	h->tid = task->pid;
}

#endif
