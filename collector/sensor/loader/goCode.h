/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How functions look that Go's compiler has made for this machine. */
#ifndef RUNGLASS_GO_CODE_H
#define RUNGLASS_GO_CODE_H

#include "elfFile.h"

#define GO_MOST_FRAME 4096

/*
 * A Go function begins with a look at how much stack is left. Where that is not enough, it is called again from its very
 * beginning. The jump that leads there tells the one from the other, and a probe costs least at a jump. Returns how far it is
 * from the entry, which is at `offset` in the file; 0: the function does not begin so.
 */
__u64 go_stack_check(const struct elf *e, __u64 offset);

/* Is it made as long as Go passed arguments on the stack? Nothing is known of such code. */
bool go_is_old(const struct elf *e, __u64 offset);

/* How far above the stack pointer the first argument is kept, in a function whose code this is; 0: nobody knows. */
__u32 go_argument_slot(const __u8 *code, size_t length);

#endif
