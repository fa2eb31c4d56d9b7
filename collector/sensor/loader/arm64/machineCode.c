// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "../machineCode.h"

#include <string.h>

#define INSTRUCTION 4
#define MOST_CODE 65536
#define CALL_MASK 0xfc000000U /* bl, and how far, in instructions */
#define CALL 0x94000000U

/* All instructions are of one size, so none can be within another. */
bool function_calls(const __u8 *code, size_t length, __s64 target, __u32 *place)
{
	size_t calls = 0;

	if (length % INSTRUCTION || length > MOST_CODE)
		return false;
	for (size_t at = 0; at < length; at += INSTRUCTION) {
		__u32 word;
		__s64 distance;

		memcpy(&word, code + at, sizeof(word));
		if ((word & CALL_MASK) != CALL)
			continue;
		/* The sign is in the highest of its 26 bits. */
		distance = (__s64)((__s32)(word << 6) >> 6) * INSTRUCTION;
		if ((__s64)at + distance == target) {
			*place = at;
			calls++;
		}
	}
	return calls == 1;
}
