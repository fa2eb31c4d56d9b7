// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "hold.h"

#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "../bpf/hold.h"
#include "kernelTypes.h"

/* The change leaves no trace in the kernel's types. */
#define FIRST_WITH_PREEMPTION 7

static int disable, enable; /* the kernel's numbers of its calls */

bool hold_is_needed(void)
{
	struct utsname kernel;
	int major = 0;

	if (uname(&kernel) || sscanf(kernel.release, "%d.", &major) != 1 || major < FIRST_WITH_PREEMPTION)
		return false;
	disable = kernel_function("bpf_preempt_disable");
	enable = kernel_function("bpf_preempt_enable");
	return disable > 0 && enable > 0;
}

bool hold_prepare(struct bpf_program *program)
{
	size_t count = bpf_program__insn_cnt(program), size = count * sizeof(struct bpf_insn);
	struct bpf_insn *code = malloc(size);
	int failed;

	if (!code)
		return false;
	memcpy(code, bpf_program__insns(program), size);
	for (size_t i = 0; i < count; i++) {
		if (code[i].code != (BPF_JMP | BPF_CALL) || (code[i].imm != HOLD_CPU && code[i].imm != RELEASE_CPU))
			continue;
		code[i].imm = code[i].imm == HOLD_CPU ? disable : enable;
		code[i].src_reg = BPF_PSEUDO_KFUNC_CALL;
	}
	failed = bpf_program__set_insns(program, code, count);
	free(code);
	return !failed;
}
