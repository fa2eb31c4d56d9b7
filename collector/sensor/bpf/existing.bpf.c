// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A snapshot of the processes that run already, read once, after the hooks are attached. */
#include "container.h"
#include "watch.h"

SEC("iter/task")
int on_task(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct task_record r = {};
	struct inside inside;
	__u8 *flags;

	if (!task || task->pid != task->tgid || (task->flags & PF_KTHREAD) || !task->mm)
		return 0;
	flags = flags_of(task->tgid);
	if (!flags)
		return 0;
	r.in_cgroup = in_watched_cgroup(task);
	if (r.in_cgroup && !(*flags & PROC_EXCLUDED_SELF))
		*flags = PROC_WATCHED;
	r.start = task->start_boottime;
	r.parent_start = task->real_parent->group_leader->start_boottime;
	r.cgroup = cgroup_id(task);
	r.pid = task->tgid;
	r.ppid = task->real_parent->tgid;
	r.uid = task->cred->uid.val;
	r.gid = task->cred->gid.val;
	look_inside(&inside, task);
	r.inside_pid = inside.pid;
	r.pid_namespace = inside.namespace;
	bpf_seq_write(ctx->meta->seq, &r, sizeof(r));
	return 0;
}
