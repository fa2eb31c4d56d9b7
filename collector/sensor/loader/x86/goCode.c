// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "../goCode.h"

#include <string.h>

#include "instruction.h"

/* The jump behind the look at the stack that is left, near or far. */
__u64 go_stack_check(const struct elf *e, __u64 offset)
{
	static const __u8 compare[] = { 0x49, 0x3b, 0x66, 0x10 };       /* cmp 0x10(%r14),%rsp */
	static const __u8 near_frame[] = { 0x4c, 0x8d, 0x64, 0x24 };    /* lea disp8(%rsp),%r12 */
	static const __u8 far_frame[] = { 0x4c, 0x8d, 0xa4, 0x24 };     /* lea disp32(%rsp),%r12 */
	static const __u8 compare_r12[] = { 0x4d, 0x3b, 0x66, 0x10 };   /* cmp 0x10(%r14),%r12 */
	__u8 code[20];
	__u64 at = 0;

	if (!offset || !elf_get(e, offset, code, sizeof(code)))
		return 0;
	if (!memcmp(code, compare, 4))
		at = 4;
	else if (!memcmp(code, near_frame, 4) && !memcmp(code + 5, compare_r12, 4))
		at = 9;
	else if (!memcmp(code, far_frame, 4) && !memcmp(code + 8, compare_r12, 4))
		at = 12;
	if (!at)
		return 0;
	/* jbe, near and far */
	return code[at] == 0x76 || (code[at] == 0x0f && code[at + 1] == 0x86) ? at : 0;
}

/* As the ABI was before 1.17: mov %fs:-8,%rcx */
bool go_is_old(const struct elf *e, __u64 offset)
{
	static const __u8 begin[] = { 0x64, 0x48, 0x8b, 0x0c, 0x25 };
	__u8 code[sizeof(begin)];

	return offset && elf_get(e, offset, code, sizeof(code)) && !memcmp(code, begin, sizeof(code));
}

__u32 go_argument_slot(const __u8 *code, size_t length)
{
	static const __u8 push[] = { 0x55, 0x48, 0x89, 0xe5 };   /* push %rbp; mov %rsp,%rbp */
	static const __u8 sub_near[] = { 0x48, 0x83, 0xec }, sub_far[] = { 0x48, 0x81, 0xec };
	static const __u8 keep_near[] = { 0x48, 0x89, 0x44, 0x24 }, keep_far[] = { 0x48, 0x89, 0x84, 0x24 }; /* mov %rax,n(%rsp) */
	__u32 frame = 0, slot, pushed = 0;
	enum instruction kind = INSTRUCTION_OTHER;
	__s32 distance;

	/* All in front of the first call. */
	for (size_t at = 0, size; at + 8 <= length && kind != INSTRUCTION_CALL; at += size) {
		const __u8 *c = code + at;

		size = instruction_read(c, length - at, &kind, &distance);
		if (!size)
			return 0;
		if (!memcmp(c, push, sizeof(push)))
			pushed = 8;
		if (!frame && !memcmp(c, sub_near, sizeof(sub_near)))
			frame = c[3];
		else if (!frame && !memcmp(c, sub_far, sizeof(sub_far)))
			memcpy(&frame, c + 3, sizeof(frame));
		slot = 0;
		if (!memcmp(c, keep_near, sizeof(keep_near)))
			slot = c[4];
		else if (!memcmp(c, keep_far, sizeof(keep_far)))
			memcpy(&slot, c + 4, sizeof(slot));
		/* Behind where the function returns to. */
		if (frame && frame < GO_MOST_FRAME && slot == frame + pushed + 8)
			return slot;
	}
	return 0;
}
