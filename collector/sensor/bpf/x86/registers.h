/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where x86-64 has what calls pass and return, and what else is its own. */
#ifndef RUNGLASS_REGISTERS_H
#define RUNGLASS_REGISTERS_H

#include "../kernel.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct pt_regs {
	unsigned long bp;
	unsigned long bx;
	unsigned long r10;
	unsigned long r8;
	unsigned long ax;
	unsigned long cx;
	unsigned long dx;
	unsigned long si;
	unsigned long di;
	unsigned long orig_ax;
	unsigned long flags;
	unsigned long sp;
};

#pragma clang attribute pop

#define O_DIRECTORY 0200000
/* Where the memory of programs ends, as a power of two. */
#define USER_ADDRESS_BITS 47

#define TS_COMPAT 0x0002
#define X32_BIT 0x40000000

struct arguments {
	__u64 value[5];
};

/* Of a system call, when it returns: did a 32-bit program make it, or `int 0x80`? */
static __always_inline bool call_is_32_bit(struct task_struct *task, struct pt_regs *regs)
{
	return task->thread_info.status & TS_COMPAT;
}

static __always_inline __u64 call_number(struct pt_regs *regs)
{
	return regs->orig_ax & ~X32_BIT;
}

static __always_inline __u64 call_argument_0(struct pt_regs *regs, bool compat)
{
	return compat ? (__u32)regs->bx : regs->di;
}

static __always_inline __u64 call_argument_1(struct pt_regs *regs, bool compat)
{
	return compat ? (__u32)regs->cx : regs->si;
}

static __always_inline void call_arguments(struct arguments *a, struct pt_regs *regs, bool compat)
{
	if (compat) {
		a->value[0] = (__u32)regs->bx;
		a->value[1] = (__u32)regs->cx;
		a->value[2] = (__u32)regs->dx;
		a->value[3] = (__u32)regs->si;
		a->value[4] = (__u32)regs->di;
	} else {
		a->value[0] = regs->di;
		a->value[1] = regs->si;
		a->value[2] = regs->dx;
		a->value[3] = regs->r10;
		a->value[4] = regs->r8;
	}
}

/* Of a function, where it begins: its arguments from the first on. */
#define ARGUMENT_0(r) ((r)->di)
#define ARGUMENT_1(r) ((r)->si)
#define ARGUMENT_3(r) ((r)->cx)
#define ARGUMENT_4(r) ((r)->r8)
#define STACK(r) ((r)->sp)
/* And where it has returned: the return has taken its address off the stack. */
#define RESULT(r) ((r)->ax)
#define STACK_OF_RETURNED(r) ((r)->sp - 8)

/* Go has an order of its own. */
#define GO_ARGUMENT_0(r) ((r)->ax)
#define GO_ARGUMENT_1(r) ((r)->bx)
#define GO_ARGUMENT_2(r) ((r)->cx)
#define GO_ARGUMENT_3(r) ((r)->di)
/* At the jump behind its look at the stack: is that taken, as the stack is too small? */
#define FLAG_CARRY 0x01
#define FLAG_ZERO 0x40
#define GO_STACK_IS_SMALL(r) ((r)->flags & (FLAG_CARRY | FLAG_ZERO))

#endif
