/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the sensor reads in the code of programs for its own machine; each machine has its own file of that. */
#ifndef RUNGLASS_MACHINE_CODE_H
#define RUNGLASS_MACHINE_CODE_H

#include <stdbool.h>
#include <stddef.h>

#include "../frame.h"

/*
 * The one place where a function calls what begins `target` bytes from its own begin, as an offset from there. False if it does
 * not or does more than once, or if there is any doubt: each instruction must be known, and each jump within go to where one
 * begins.
 */
bool function_calls(const __u8 *code, size_t length, __s64 target, __u32 *place);

#endif
