/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Programs that hold their CPU: see bpf/hold.h. */
#ifndef RUNGLASS_HOLD_LOADER_H
#define RUNGLASS_HOLD_LOADER_H

#include <bpf/libbpf.h>
#include <stdbool.h>

/*
 * Can another task take over in the midst of a tracing program here? Then those that hold the CPU are to be loaded. Asked
 * while the kernel's types are open.
 */
bool hold_is_needed(void);

/* Puts the kernel's own calls into a program that holds the CPU. False where there is no memory. */
bool hold_prepare(struct bpf_program *program);

#endif
