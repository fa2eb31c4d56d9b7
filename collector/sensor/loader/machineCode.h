/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Where instructions of x86-64 begin and end: no more than a probe at a return needs, and only those that compilers make.
 */
#ifndef RUNGLASS_MACHINE_CODE_H
#define RUNGLASS_MACHINE_CODE_H

#include <stdbool.h>
#include <stddef.h>

#include "../frame.h"

enum instruction { INSTRUCTION_OTHER, INSTRUCTION_RETURN, INSTRUCTION_JUMP };

/*
 * Reads one. Returns its length in bytes; 0 for one that is not known, or not whole. `distance`: of a jump (not an indirect
 * one), from behind it.
 */
size_t instruction_read(const __u8 *code, size_t left, enum instruction *kind, __s32 *distance);

/*
 * Where a function returns, as offsets from its begin. Returns how many places there are; 0 if there are more than `most`, or
 * if there is any doubt: each instruction must be known, and each jump within must go to where one begins.
 */
size_t function_returns(const __u8 *code, size_t length, __u32 *places, size_t most);

#endif
