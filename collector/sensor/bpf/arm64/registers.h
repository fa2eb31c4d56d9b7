/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where arm64 has what calls pass and return, and what else is its own. */
#ifndef RUNGLASS_REGISTERS_H
#define RUNGLASS_REGISTERS_H

#include "../kernel.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct pt_regs {
	unsigned long regs[31];
	unsigned long sp;
	unsigned long pstate;
	unsigned long orig_x0;
	int syscallno;
};

#pragma clang attribute pop

#define O_DIRECTORY 040000
/* Where the memory of programs ends, as a power of two: only who asks for more gets it. */
#define USER_ADDRESS_BITS 48

/* The state that the processor goes back to: of a 32-bit program. */
#define PSR_MODE32_BIT 0x10

struct arguments {
	__u64 value[5];
};

/* Of a system call, when it returns: did a 32-bit program make it? */
static __always_inline bool call_is_32_bit(struct task_struct *task, struct pt_regs *regs)
{
	return regs->pstate & PSR_MODE32_BIT;
}

static __always_inline __u64 call_number(struct pt_regs *regs)
{
	return (__u32)regs->syscallno;
}

/* Its register has the result by now. */
static __always_inline __u64 call_argument_0(struct pt_regs *regs, bool compat)
{
	return compat ? (__u32)regs->orig_x0 : regs->orig_x0;
}

static __always_inline __u64 call_argument_1(struct pt_regs *regs, bool compat)
{
	return compat ? (__u32)regs->regs[1] : regs->regs[1];
}

static __always_inline void call_arguments(struct arguments *a, struct pt_regs *regs, bool compat)
{
	a->value[0] = call_argument_0(regs, compat);
	a->value[1] = call_argument_1(regs, compat);
	a->value[2] = compat ? (__u32)regs->regs[2] : regs->regs[2];
	a->value[3] = compat ? (__u32)regs->regs[3] : regs->regs[3];
	a->value[4] = compat ? (__u32)regs->regs[4] : regs->regs[4];
}

/* Of a function, where it begins: its arguments from the first on. */
#define ARGUMENT_0(r) ((r)->regs[0])
#define ARGUMENT_1(r) ((r)->regs[1])
#define ARGUMENT_3(r) ((r)->regs[3])
#define ARGUMENT_4(r) ((r)->regs[4])
#define STACK(r) ((r)->sp)
/* And where it has returned: where to is in a register, and was never on the stack. */
#define RESULT(r) ((r)->regs[0])
#define STACK_OF_RETURNED(r) ((r)->sp)

#define GO_ARGUMENT_0(r) ((r)->regs[0])
#define GO_ARGUMENT_1(r) ((r)->regs[1])
#define GO_ARGUMENT_2(r) ((r)->regs[2])
#define GO_ARGUMENT_3(r) ((r)->regs[3])
/* At the jump behind its look at the stack (b.ls): is that taken, as the stack is too small? */
#define FLAG_CARRY (1UL << 29)
#define FLAG_ZERO (1UL << 30)
#define GO_STACK_IS_SMALL(r) (((r)->pstate & (FLAG_CARRY | FLAG_ZERO)) != FLAG_CARRY)

#endif
