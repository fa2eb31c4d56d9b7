/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Programs in process context put a record together in room that all of them
 * share on one CPU, and count in slots of that CPU. Up to Linux 6.19 the kernel
 * runs them with preemption off; from 7.0 on another task can take over in the
 * midst of one, and what its programs write there would be told of the first.
 * So there each of them holds the CPU, by a program of its own: older kernels
 * do not know these calls, or allow no function that is verified by itself
 * between them.
 */
#ifndef RUNGLASS_HOLD_H
#define RUNGLASS_HOLD_H

/* Numbers that no call of the kernel has: the loader puts its own in (loader/hold.c), as bpftool links none by name. */
#define HOLD_CPU 0x7f000001
#define RELEASE_CPU 0x7f000002

#ifdef __bpf__
#include <bpf/bpf_helpers.h>

static void (*const hold_cpu)(void) = (void *)HOLD_CPU;
static void (*const release_cpu)(void) = (void *)RELEASE_CPU;

/* A program `name`, and `name_held` for kernels that let others take over, which do the statement. */
#define BOTH(section, name, statement, arguments...)                                                                   \
	SEC(section)                                                                                                   \
	int BPF_PROG(name, arguments)                                                                                  \
	{                                                                                                              \
		statement;                                                                                             \
		return 0;                                                                                              \
	}                                                                                                              \
	SEC(section)                                                                                                   \
	int BPF_PROG(name##_held, arguments)                                                                           \
	{                                                                                                              \
		hold_cpu();                                                                                            \
		statement;                                                                                             \
		release_cpu();                                                                                         \
		return 0;                                                                                              \
	}
#endif

#endif
