// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "../goCode.h"

#include <string.h>

#define INSTRUCTION 4

/* The limit of the stack, by the goroutine, which x28 points to: ldr x16, [x28, #16]; before 1.18 into x1. */
#define LOAD_LIMIT 0xf9400b90U
#define LOAD_LIMIT_OLD 0xf9400b81U
/* cmp sp, x16; or for a larger frame: sub x17, sp, #n; cmp x17, x16 */
#define COMPARE_SP 0xeb3063ffU
#define TAKE_FRAME_MASK 0xff8003ffU
#define TAKE_FRAME 0xd10003f1U
#define COMPARE_FRAME 0xeb10023fU
/* b.ls */
#define JUMP_MASK 0xff00001fU
#define JUMP 0x54000009U

__u64 go_stack_check(const struct elf *e, __u64 offset)
{
	__u32 code[4];
	int at = 0;

	if (!offset || !elf_get(e, offset, code, sizeof(code)) || code[0] != LOAD_LIMIT)
		return 0;
	if (code[1] == COMPARE_SP)
		at = 2;
	else if ((code[1] & TAKE_FRAME_MASK) == TAKE_FRAME && code[2] == COMPARE_FRAME)
		at = 3;
	return at && (code[at] & JUMP_MASK) == JUMP ? at * INSTRUCTION : 0;
}

bool go_is_old(const struct elf *e, __u64 offset)
{
	__u32 word;

	return offset && elf_get(e, offset, &word, sizeof(word)) && word == LOAD_LIMIT_OLD;
}

/* str x30, [sp, #-n]!; or for a larger frame: sub x20, sp, #n */
#define PUSH_MASK 0xffe00fffU
#define PUSH 0xf8000ffeU
#define MAKE_FRAME_MASK 0xffc003ffU
#define MAKE_FRAME 0xd10003f4U
/* str x0, [sp, #n] */
#define KEEP_MASK 0xffc003ffU
#define KEEP 0xf90003e0U
/* bl and blr */
#define CALL_MASK 0xfc000000U
#define CALL 0x94000000U
#define CALL_REGISTER_MASK 0xfffffc1fU
#define CALL_REGISTER 0xd63f0000U

__u32 go_argument_slot(const __u8 *code, size_t length)
{
	__u32 frame = 0, word, slot;

	/* All in front of the first call. */
	for (size_t at = 0; at + INSTRUCTION <= length; at += INSTRUCTION) {
		memcpy(&word, code + at, sizeof(word));
		if ((word & CALL_MASK) == CALL || (word & CALL_REGISTER_MASK) == CALL_REGISTER)
			return 0;
		if (!frame && (word & PUSH_MASK) == PUSH)
			frame = -((__s32)(word << 11) >> 23);
		else if (!frame && (word & MAKE_FRAME_MASK) == MAKE_FRAME)
			frame = word >> 10 & 0xfff;
		if ((word & KEEP_MASK) != KEEP)
			continue;
		slot = (word >> 10 & 0xfff) * 8;
		/* The caller has left a place for where the function returns to. */
		if (frame && frame < GO_MOST_FRAME && slot == frame + 8)
			return slot;
	}
	return 0;
}
