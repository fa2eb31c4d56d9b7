/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Leaving the cgroup that is contained: outside of it no program of the guard
 * sees what a process sends. It takes rights to write in the tree of cgroups,
 * so root's or what root has given; who of the run does it is killed before it
 * can go on. Where somebody else does it (systemd, for who asks it; an
 * administrator), who was moved is killed by the collector, which ends the run.
 */
#ifndef RUNGLASS_GUARD_LEAVE_H
#define RUNGLASS_GUARD_LEAVE_H

#include "guard.h"

#define SIGKILL 9

/* `task` is outside now; it was moved there by the process that runs, or started there by it. */
static __always_inline void guard_left(struct task_struct *task)
{
	bool ours = is_watched(bpf_get_current_pid_tgid() >> 32);
	struct guard_peer nobody = {};
	struct rg_denied r = {};

	if (ours)
		bpf_send_signal(SIGKILL);
	guard_fill_denied(&r, 0, &nobody, RG_DENIED_LEFT);
	if (!ours)
		r.h.flags |= RG_NOT_REFUSED;
	r.h.start = task->group_leader->start_boottime;
	r.h.pid = task->tgid;
	r.h.tid = task->pid;
	guard_emit(&r);
}

#endif
