// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The end of every system call, 32-bit ones included: the file is what the
 * kernel has really opened, and only what succeeded is told. It runs for every
 * call of the machine, so the first test is a load from a table.
 */
#include "calls.h"
#include "connectResult.h"
#include "file.h"
#include "guardFamily.h"
#include "hold.h"
#include "image.h"

static const struct call calls_64[CALLS] = { CALLS_64 };
static const struct call calls_32[CALLS] = { CALLS_32 };

/* A message brings at most so many descriptors, */
#define RECEIVED_MAX 253
/* together, and behind at most so many other things (who has sent it). */
#define CONTROLS_MAX 4
#define SOL_SOCKET 1
#define SCM_RIGHTS 1

/* What of a message says what comes with it, as 64-bit programs have it: only this, as the stack is scarce. */
#define MSG_CONTROL_AT 32
struct user_msghdr {
	__u64 msg_control;
	__u64 msg_controllen;
};

struct cmsghdr {
	__u64 cmsg_len;
	__u32 cmsg_level;
	__u32 cmsg_type;
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
	case 4:
		return a->value[4];
	case NONE:
		return 0;
	case CWD:
		return AT_FDCWD;
	default:
		return O_CREAT | O_TRUNC;
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
	}
	if (watched)
		opened(task, fd, flags, &path);
	else if (flags & (O_ACCMODE | O_CREAT | O_TRUNC))
		count_filtered(KIND_FILE);
}

/* A descriptor that the process has got from another one. A global function: the verifier checks it once. */
__noinline int tell_descriptor(int fd)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct file *file = file_of(task, fd);

	if (!file || tell_secret(file))
		return 0;
	if (BPF_CORE_READ(file, f_mode) & FMODE_WRITE)
		tell_file((__u64)file, RG_WRITE, 0);
	return 0;
}

/* Where the descriptors that came with a message lie, and how many they are; 0 where none came. */
static __always_inline __u64 rights_of(__u64 message, __u32 *count)
{
	struct user_msghdr head;
	struct cmsghdr control;
	__u64 at = 0;

	if (bpf_probe_read_user(&head, sizeof(head), (void *)message + MSG_CONTROL_AT))
		return 0;
	for (int i = 0; i < CONTROLS_MAX && at + sizeof(control) < head.msg_controllen; i++) {
		if (bpf_probe_read_user(&control, sizeof(control), (void *)head.msg_control + at) ||
		    control.cmsg_len < sizeof(control) || control.cmsg_len > head.msg_controllen - at)
			return 0;
		if (control.cmsg_level == SOL_SOCKET && control.cmsg_type == SCM_RIGHTS) {
			*count = (control.cmsg_len - sizeof(control)) / sizeof(__s32);
			return head.msg_control + at + sizeof(control);
		}
		at += (control.cmsg_len + 7) & ~7ULL;
	}
	return 0;
}

/* The call has left what came with the message in the memory of the process. No function of its own: the stack is scarce. */
static __always_inline void received(__u64 message)
{
	__u32 count = 0;
	__u64 at = rights_of(message, &count);
	int fd;

	if (!at)
		return;
	for (__u32 i = 0; i < RECEIVED_MAX && i < count; i++) {
		if (bpf_probe_read_user(&fd, sizeof(fd), (void *)(at + i * sizeof(fd))))
			return;
		tell_descriptor(fd);
	}
}

static __always_inline void names_call(struct call *c, struct arguments *a)
{
	struct names names = {
		.path = { .text = argument(a, c->path), .dir = argument(a, c->dir) },
		.from = { .text = argument(a, c->from), .dir = argument(a, c->from_dir) },
		.op = c->op,
		.style = c->action == ACTION_TWO ? TWO_NAMES : c->action == ACTION_SYMLINK ? LINK_TEXT : ONE_NAME,
	};

	tell_names(&names);
	if (c->op == RG_RENAME)
		tell_more_than_rename(&names, argument(a, c->flags), 0);
}

static __always_inline void file_call(struct task_struct *task, struct call *c, struct arguments *a, long result)
{
	struct file *file;

	switch (c->action) {
	case ACTION_FILE:
	case ACTION_BIND:
		file = file_of(task, argument(a, c->path));
		if (file && c->action == ACTION_FILE)
			tell_file((__u64)file, c->op, 0);
		else if (file)
			bound(file);
		break;
	case ACTION_FETCHED:
		tell_descriptor(result);
		break;
	default:
		names_call(c, a);
	}
}

/* `memory`: where the descriptor stands, if not in the register. */
static __always_inline void connect_returns(struct task_struct *task, __u64 memory, int fd, long result)
{
	__u64 flow = connect_failed(result);

	if (!flow || (memory && bpf_probe_read_user(&fd, sizeof(fd), (void *)memory)))
		return;
	if (is_of_call(flow, file_of(task, fd)))
		tell_failure(flow, result);
}

/*
 * By what was asked for, which nobody else can change in a register, and by the socket that was made: another thread may have
 * closed it, or put another file in its place. What a 32-bit call has in memory can be changed too, so there both must lie.
 */
static __always_inline void socket_made(struct task_struct *task, struct pt_regs *regs, bool compat, __u64 number, int fd)
{
	__u32 family;

	if (compat && number == SOCKETCALL && call_argument_0(regs, true) == SOCKETCALL_SOCKET)
		family = guard_family_at(call_argument_1(regs, true));
	else if (number == (compat ? SOCKET_32 : SOCKET_64))
		family = guard_family_for(call_argument_0(regs, compat), call_argument_1(regs, compat));
	else
		return;
	guard_new_socket(task, guard_passes_by(family) ? family : guard_family_of(fd));
}

static __always_inline void call_returns(struct pt_regs *regs, long result)
{
	struct task_struct *task = bpf_get_current_task_btf();
	bool compat = call_is_32_bit(task, regs), watched;
	__u64 number = call_number(regs);
	struct arguments a;
	struct call c;

	if (number >= CALLS)
		return;
	if (guard_on && result >= 0)
		socket_made(task, regs, compat, number, result);
	c.action = compat ? calls_32[number].action : calls_64[number].action;
	if (c.action == ACTION_NONE)
		return;
	call_arguments(&a, regs, compat);
	if (c.action == ACTION_CONNECT || c.action == ACTION_SOCKETCALL) {
		if (c.action == ACTION_CONNECT || a.value[0] == SOCKETCALL_CONNECT)
			connect_returns(task, c.action == ACTION_CONNECT ? 0 : a.value[1], a.value[0], result);
		return;
	}
	if (result < 0)
		return;
	if (c.action == ACTION_MAP) {
		if ((a.value[2] & PROT_EXEC) && is_watched(task->tgid))
			tell_image(task, file_of(task, a.value[4]), result, result + a.value[1]);
		return;
	}
	if (c.action == ACTION_RECEIVED) {
		if (is_watched(task->tgid))
			received(a.value[1]);
		return;
	}
	if (c.action == ACTION_TREE) {
		__sync_fetch_and_add(&moves, 1);
		return;
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
		file_call(task, &c, &a, result);
	else
		count_filtered(KIND_FILE);
}

SEC("tp_btf/sys_exit")
int BPF_PROG(on_call, struct pt_regs *regs, long result)
{
	call_returns(regs, result);
	return 0;
}

/* Of most calls there is nothing to tell: these need not hold anything. */
static __always_inline bool is_looked_at(struct pt_regs *regs)
{
	bool compat = call_is_32_bit(bpf_get_current_task_btf(), regs);
	__u64 number = call_number(regs);

	if (number >= CALLS)
		return false;
	if (guard_on && number == (compat ? SOCKET_32 : SOCKET_64))
		return true;
	return (compat ? calls_32[number].action : calls_64[number].action) != ACTION_NONE;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(on_call_held, struct pt_regs *regs, long result)
{
	if (!is_looked_at(regs))
		return 0;
	hold_cpu();
	call_returns(regs, result);
	release_cpu();
	return 0;
}
