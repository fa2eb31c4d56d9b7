// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Processes: fork, exec, exit, and the move into the watched cgroup. */
#include "container.h"
#include "guardLeave.h"
#include "hold.h"
#include "image.h"
#include "step.h"
#include "walk.h"
#include "watch.h"

static __always_inline void forks(struct task_struct *parent, struct task_struct *child)
{
	__u8 *from = flags_of(parent->tgid), *flags = flags_of(child->tgid);
	struct rg_fork r = {};
	struct inside inside;

	/* Threads belong to their process; the kernel's own threads are nobody's work. */
	if (child->pid != child->tgid || !from || !flags)
		return;
	*flags = 0;
	if (child->flags & PF_KTHREAD)
		return;
	/* The child may begin in another cgroup than its parent's (CLONE_INTO_CGROUP). */
	if (flags_watched(*from) || in_watched_cgroup(child))
		*flags = PROC_WATCHED;
	else
		*flags = *from & PROC_EXCLUDED;
	if (!flags_watched(*flags)) {
		count_filtered(KIND_PROCESS);
		return;
	}
	if (guard_on && !watch_all && in_watched_cgroup(parent) && !in_watched_cgroup(child))
		guard_left(child);
	name_process(&r.h, child, RG_FORK);
	r.h.size = sizeof(r);
	/* Not always the one that called clone (CLONE_PARENT). */
	r.ppid = child->real_parent->tgid;
	r.parent_start = child->real_parent->group_leader->start_boottime;
	r.creator = parent->tgid;
	r.creator_start = parent->group_leader->start_boottime;
	r.cgroup = cgroup_id(child);
	r.uid = child->cred->uid.val;
	look_inside(&inside, child);
	r.inside_pid = inside.pid;
	r.pid_namespace = inside.namespace;
	emit(&core_ring, KIND_PROCESS, &r, sizeof(r));
}

BOTH("tp_btf/sched_process_fork", on_fork, forks(parent, child), struct task_struct *parent, struct task_struct *child)

static __always_inline void describe(struct scratch *s, struct task_struct *task, __u32 argv_len, __u16 flags)
{
	struct rg_exec *e = &s->exec.e;
	__u32 offset = argv_len, end;
	struct inside inside;
	struct place place;
	__u64 size;

	name_process(&e->h, task, RG_EXEC);
	e->h.flags = flags;
	e->ppid = task->real_parent->tgid;
	e->parent_start = task->real_parent->group_leader->start_boottime;
	e->cgroup = cgroup_id(task);
	e->uid = task->cred->uid.val;
	e->gid = task->cred->gid.val;
	e->argv_len = argv_len;
	look_inside(&inside, task);
	e->inside_pid = inside.pid;
	e->pid_namespace = inside.namespace;
	e->pad = 0;

	place.mnt = (__u64)task->mm->exe_file->f_path.mnt;
	place.dentry = (__u64)task->mm->exe_file->f_path.dentry;
	end = walk(&place, offset);
	if (end & WALK_CUT)
		e->h.flags |= RG_TRUNCATED;
	end &= WALK_END;
	/* A mount of that one file, in no tree any more, as runc starts itself from: it still has its name. */
	if (end == offset)
		end = last_name(&place, offset);
	e->exe_len = end - offset;
	offset = end;

	place.mnt = (__u64)task->fs->pwd.mnt;
	place.dentry = (__u64)task->fs->pwd.dentry;
	end = walk(&place, offset);
	if (end & WALK_CUT)
		e->h.flags |= RG_TRUNCATED;
	if (end & WALK_DETACHED)
		e->h.flags |= RG_RELATIVE;
	end &= WALK_END;
	e->cwd_len = end - offset;

	size = sizeof(s->head) + end;
	if (size > sizeof(*s))
		return;
	e->h.size = size;
	emit(&core_ring, KIND_PROCESS, s, size);
}

static __always_inline void execs(struct task_struct *task)
{
	__u64 start = task->mm->arg_start, len = task->mm->arg_end - start;
	__u8 *flags = flags_of(task->tgid);
	struct scratch *s = scratch();
	struct rg_header head;
	__u16 cut = 0;

	if (!flags || !s)
		return;
	if (!(*flags & (PROC_WATCHED | PROC_EXCLUDED_SELF)) && in_watched_cgroup(task))
		*flags = PROC_WATCHED;
	if (!flags_watched(*flags)) {
		count_filtered(KIND_PROCESS);
		return;
	}
	name_process(&head, task, RG_CGROUP);
	tell_cgroup(&head, (__u64)BPF_CORE_READ(task, cgroups, dfl_cgrp));
	tell_step();
	if (len > RG_ARGV_CAP) {
		len = RG_ARGV_CAP;
		cut = RG_TRUNCATED;
	}
	/* The new image has not run yet: nobody can have changed its arguments. */
	if (bpf_probe_read_user(s->data, len, (void *)start)) {
		/* A page is missing (swapped out): what is on the first page is better than nothing. */
		cut = RG_TRUNCATED;
		len = 4096 - (start & 4095);
		if (bpf_probe_read_user(s->data, len, (void *)start))
			len = 0;
	}
	describe(s, task, len, cut);
	tell_image(task, task->mm->exe_file, 0, 0);
}

BOTH("tp_btf/sched_process_exec", on_exec, execs(task), struct task_struct *task)

/* A process that is moved into the cgroup is watched from then on; the loader adds its arguments. */
static __always_inline void is_moved(struct task_struct *task)
{
	__u8 *flags = flags_of(task->tgid);
	struct scratch *s = scratch();
	struct rg_header head;

	if (guard_on && !watch_all && flags && flags_watched(*flags) && !in_watched_cgroup(task))
		guard_left(task);
	if (!flags || !s || flags_watched(*flags) || (*flags & PROC_EXCLUDED_SELF))
		return;
	if (!task->mm || !in_watched_cgroup(task))
		return;
	*flags = PROC_WATCHED;
	name_process(&head, task, RG_CGROUP);
	tell_cgroup(&head, (__u64)BPF_CORE_READ(task, cgroups, dfl_cgrp));
	describe(s, task, 0, RG_EXISTING);
	tell_images(task);
}

BOTH("tp_btf/cgroup_attach_task", on_cgroup_attach, is_moved(task), struct cgroup *cgroup, const char *path, struct task_struct *task)

static __always_inline void process_ended(struct task_struct *task)
{
	__u8 *flags = flags_of(task->tgid);
	struct task_struct *leader = task->group_leader;
	struct rg_exit r = {};
	__u32 code;
	__u8 had;

	if (!flags || (task->flags & PF_KTHREAD))
		return;
	had = *flags;
	*flags = watch_all ? PROC_EXCLUDED : 0;
	if (!flags_watched(had)) {
		count_filtered(KIND_PROCESS);
		return;
	}
	/* What wait() will tell the parent. */
	code = leader->signal->flags & SIGNAL_GROUP_EXIT ? leader->signal->group_exit_code : leader->exit_code;
	name_process(&r.h, task, RG_EXIT);
	r.h.size = sizeof(r);
	r.code = (code >> 8) & 0xff;
	r.signal = code & 0x7f;
	emit(&core_ring, KIND_PROCESS, &r, sizeof(r));
}

/* Since 6.15 the kernel says which thread was the last. */
BOTH("tp_btf/sched_process_exit", on_exit, if (group_dead) process_ended(task), struct task_struct *task, bool group_dead)

/* Before that, two threads that exit together may both find that none is alive; the collector drops the second. */
SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit_uncertain, struct task_struct *task)
{
	if (task->signal->live.counter == 0)
		process_ended(task);
	return 0;
}
