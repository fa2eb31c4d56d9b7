/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Where instructions of x86-64 begin and end: no more than finding a call in a function needs, and only those that compilers make.
 */
#ifndef RUNGLASS_INSTRUCTION_H
#define RUNGLASS_INSTRUCTION_H

#include <stddef.h>

#include "../../frame.h"

enum instruction { INSTRUCTION_OTHER, INSTRUCTION_CALL, INSTRUCTION_JUMP, INSTRUCTION_RETURN };

/*
 * Reads one. Returns its length in bytes; 0 for one that is not known, or not whole. `distance`: of a call or jump (not
 * an indirect one), from behind it.
 */
size_t instruction_read(const __u8 *code, size_t left, enum instruction *kind, __s32 *distance);

#endif
