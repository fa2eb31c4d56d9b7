// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The end of every system call, 32-bit ones included: the file is what the
 * kernel has really opened, and only what succeeded is told. It runs for every
 * call of the machine, so the first test is a load from a table.
 */
#include "calls.h"
#include "connectResult.h"
#include "file.h"
#include "image.h"

static const struct call calls_64[CALLS] = { CALLS_64 };
static const struct call calls_32[CALLS] = { CALLS_32 };

#define X32_BIT 0x40000000

/* Arguments by index; the two last are the values that stand for CWD and NEW. */
struct arguments {
	__u64 value[8];
};

static __always_inline __u64 argument(const struct arguments *a, __u8 index)
{
	switch (index & 7) {
	case 0:
		return a->value[0];
	case 1:
		return a->value[1];
	case 2:
		return a->value[2];
	case 3:
		return a->value[3];
	case CWD:
		return AT_FDCWD;
	default:
		return O_CREAT | O_TRUNC;
	}
}

static __always_inline void read_arguments(struct arguments *a, struct pt_regs *regs, bool compat)
{
	if (compat) {
		a->value[0] = (__u32)regs->bx;
		a->value[1] = (__u32)regs->cx;
		a->value[2] = (__u32)regs->dx;
		a->value[3] = (__u32)regs->si;
	} else {
		a->value[0] = regs->di;
		a->value[1] = regs->si;
		a->value[2] = regs->dx;
		a->value[3] = regs->r10;
	}
}

static __always_inline void open_returned(struct task_struct *task, struct call *c, struct arguments *a, long fd,
					  bool watched)
{
	struct named path = { .text = argument(a, c->path), .dir = argument(a, c->dir) };
	__u64 flags = argument(a, c->flags);

	if (c->action == ACTION_OPEN_HOW) {
		/* The caller can have changed this since: whether it writes is asked of the file. */
		if (bpf_probe_read_user(&flags, sizeof(flags), (void *)flags))
			flags = 0;
	} else if (!(flags & (O_ACCMODE | O_CREAT | O_TRUNC))) {
		return;
	}
	if (watched)
		opened(task, fd, flags, &path);
	else
		count_filtered(KIND_FILE);
}

static __always_inline void file_call(struct task_struct *task, struct call *c, struct arguments *a)
{
	struct named path = { .text = argument(a, c->path), .dir = argument(a, c->dir) };
	struct named from = { .text = argument(a, c->from), .dir = argument(a, c->from_dir) };
	struct file *file;

	switch (c->action) {
	case ACTION_FILE:
		file = file_of(task, path.text);
		if (file)
			emit_file(task, file, c->op);
		break;
	case ACTION_PATH:
		emit_named(task, &path, c->op, 0);
		break;
	case ACTION_TWO:
		emit_two(task, &path, &from, c->op, 0);
		break;
	case ACTION_SYMLINK:
		emit_symlink(task, &path, &from, 0);
		break;
	}
}

SEC("tp_btf/sys_exit")
int BPF_PROG(on_call, struct pt_regs *regs, long result)
{
	struct task_struct *task = bpf_get_current_task_btf();
	bool compat = task->thread_info.status & TS_COMPAT, watched;
	__u64 number = regs->orig_ax & ~X32_BIT;
	struct arguments a;
	struct call c;

	if (number >= CALLS)
		return 0;
	c.action = compat ? calls_32[number].action : calls_64[number].action;
	if (c.action == ACTION_NONE)
		return 0;
	read_arguments(&a, regs, compat);
	if (c.action == ACTION_CONNECT || c.action == ACTION_SOCKETCALL) {
		if (c.action == ACTION_CONNECT || a.value[0] == SOCKETCALL_CONNECT)
			connect_returned(result);
		return 0;
	}
	if (result < 0)
		return 0;
	if (c.action == ACTION_MAP) {
		if ((a.value[2] & PROT_EXEC) && is_watched(task->tgid))
			tell_image(task, file_of(task, regs->r8), result, result + a.value[1]);
		return 0;
	}
	if (c.action == ACTION_TREE) {
		__sync_fetch_and_add(&moves, 1);
		return 0;
	}
	c.op = compat ? calls_32[number].op : calls_64[number].op;
	c.dir = compat ? calls_32[number].dir : calls_64[number].dir;
	c.path = compat ? calls_32[number].path : calls_64[number].path;
	c.from_dir = compat ? calls_32[number].from_dir : calls_64[number].from_dir;
	c.from = compat ? calls_32[number].from : calls_64[number].from;
	c.flags = compat ? calls_32[number].flags : calls_64[number].flags;
	c.moves = compat ? calls_32[number].moves : calls_64[number].moves;
	/* Whoever does it; and what is renamed may be a folder, with all the files below it. */
	if (c.moves == MOVES || (c.moves == MOVES_FOLDER && (a.value[2] & AT_REMOVEDIR)))
		__sync_fetch_and_add(&moves, 1);
	watched = is_watched(task->tgid);
	if (c.action == ACTION_OPEN || c.action == ACTION_OPEN_HOW)
		open_returned(task, &c, &a, result, watched);
	else if (watched)
		file_call(task, &c, &a);
	else
		count_filtered(KIND_FILE);
	return 0;
}
