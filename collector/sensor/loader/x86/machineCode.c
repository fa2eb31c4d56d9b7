// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "../machineCode.h"

#include "instruction.h"

#define MOST_CODE 65536
#define MOST_JUMPS 4096

/* What follows an opcode. */
enum follows {
	UNKNOWN, /* an instruction that is not known here */
	NONE,
	IMM8,
	IMM16,
	IMM32,   /* 16 bits with the prefix for operands */
	IMM64,   /* 32 bits without REX.W, 16 with the prefix */
	MODRM,
	MODRM8,  /* and a byte behind */
	MODRM32,
	MODRM_F6, /* a byte behind where it is a test */
	MODRM_F7,
	REL8,
	REL32,
};

static const __u8 one_byte[256] = {
	[0x00 ... 0x03] = MODRM, [0x04] = IMM8, [0x05] = IMM32,
	[0x08 ... 0x0b] = MODRM, [0x0c] = IMM8, [0x0d] = IMM32,
	[0x10 ... 0x13] = MODRM, [0x14] = IMM8, [0x15] = IMM32,
	[0x18 ... 0x1b] = MODRM, [0x1c] = IMM8, [0x1d] = IMM32,
	[0x20 ... 0x23] = MODRM, [0x24] = IMM8, [0x25] = IMM32,
	[0x28 ... 0x2b] = MODRM, [0x2c] = IMM8, [0x2d] = IMM32,
	[0x30 ... 0x33] = MODRM, [0x34] = IMM8, [0x35] = IMM32,
	[0x38 ... 0x3b] = MODRM, [0x3c] = IMM8, [0x3d] = IMM32,
	[0x50 ... 0x5f] = NONE,
	[0x63] = MODRM, [0x68] = IMM32, [0x69] = MODRM32, [0x6a] = IMM8, [0x6b] = MODRM8,
	[0x70 ... 0x7f] = REL8,
	[0x80] = MODRM8, [0x81] = MODRM32, [0x83] = MODRM8, [0x84 ... 0x8b] = MODRM, [0x8d] = MODRM,
	[0x90 ... 0x99] = NONE,
	[0xa4 ... 0xa7] = NONE, [0xa8] = IMM8, [0xa9] = IMM32, [0xaa ... 0xab] = NONE,
	[0xb0 ... 0xb7] = IMM8, [0xb8 ... 0xbf] = IMM64,
	[0xc0 ... 0xc1] = MODRM8, [0xc2] = IMM16, [0xc3] = NONE, [0xc6] = MODRM8, [0xc7] = MODRM32, [0xc9] = NONE, [0xcc] = NONE,
	[0xd0 ... 0xd3] = MODRM,
	[0xe8 ... 0xe9] = REL32, [0xeb] = REL8,
	[0xf6] = MODRM_F6, [0xf7] = MODRM_F7, [0xfe ... 0xff] = MODRM,
};

/* Behind 0f. */
static const __u8 two_bytes[256] = {
	[0x05] = NONE, [0x0b] = NONE, [0x0d] = MODRM,
	[0x10 ... 0x1f] = MODRM,
	[0x28 ... 0x2f] = MODRM, [0x31] = NONE,
	[0x40 ... 0x6f] = MODRM,
	[0x70 ... 0x73] = MODRM8, [0x74 ... 0x76] = MODRM, [0x77] = NONE, [0x7c ... 0x7f] = MODRM,
	[0x80 ... 0x8f] = REL32, [0x90 ... 0x9f] = MODRM,
	[0xa2] = NONE, [0xa3] = MODRM, [0xa4] = MODRM8, [0xa5] = MODRM, [0xab] = MODRM, [0xac] = MODRM8, [0xad ... 0xaf] = MODRM,
	[0xb0 ... 0xb1] = MODRM, [0xb3] = MODRM, [0xb6 ... 0xb8] = MODRM, [0xba] = MODRM8, [0xbb ... 0xbf] = MODRM,
	[0xc0 ... 0xc1] = MODRM, [0xc2] = MODRM8, [0xc3] = MODRM, [0xc4 ... 0xc6] = MODRM8, [0xc7] = MODRM, [0xc8 ... 0xcf] = NONE,
	[0xd0 ... 0xfe] = MODRM,
};

/* What is read, and how far; a read behind the end makes it bad. */
struct cursor {
	const __u8 *code;
	size_t at, end;
	bool bad;
};

static __u8 take(struct cursor *c)
{
	if (c->at < c->end)
		return c->code[c->at++];
	c->bad = true;
	return 0;
}

static void skip(struct cursor *c, size_t bytes)
{
	if (bytes > c->end - c->at)
		c->bad = true;
	else
		c->at += bytes;
}

static __s32 take_distance(struct cursor *c, size_t bytes)
{
	__u32 distance = 0;

	for (size_t i = 0; i < bytes; i++)
		distance |= (__u32)take(c) << (8 * i);
	return bytes == 1 ? (__s8)distance : (__s32)distance;
}

/* Returns the middle field, which can be a part of the opcode. */
static __u8 take_operand(struct cursor *c)
{
	__u8 modrm = take(c), mode = modrm >> 6, register_or_memory = modrm & 7;

	if (mode == 3)
		return modrm >> 3 & 7;
	if (register_or_memory == 4 && (take(c) & 7) == 5 && mode == 0)
		skip(c, 4);
	if (mode == 1)
		skip(c, 1);
	else if (mode == 2 || (mode == 0 && register_or_memory == 5))
		skip(c, 4);
	return modrm >> 3 & 7;
}

/* Behind the prefix of AVX and BMI: `map` is where its opcode belongs. */
static void take_vex(struct cursor *c, __u8 map)
{
	__u8 opcode = take(c);
	__u8 follows = map == 1 ? two_bytes[opcode] : map == 2 ? MODRM : map == 3 ? MODRM8 : UNKNOWN;

	if (follows == MODRM8 || follows == MODRM)
		take_operand(c);
	else if (follows != NONE)
		c->bad = true;
	if (follows == MODRM8)
		skip(c, 1);
}

static void take_rest(struct cursor *c, __u8 follows, size_t wide, bool rex_w, __s32 *distance)
{
	switch (follows) {
	case NONE:
		return;
	case IMM8:
		skip(c, 1);
		return;
	case IMM16:
		skip(c, 2);
		return;
	case IMM32:
		skip(c, wide);
		return;
	case IMM64:
		skip(c, rex_w ? 8 : wide);
		return;
	case MODRM:
		take_operand(c);
		return;
	case MODRM8:
		take_operand(c);
		skip(c, 1);
		return;
	case MODRM32:
		take_operand(c);
		skip(c, wide);
		return;
	case MODRM_F6:
		if (take_operand(c) < 2)
			skip(c, 1);
		return;
	case MODRM_F7:
		if (take_operand(c) < 2)
			skip(c, wide);
		return;
	case REL8:
		*distance = take_distance(c, 1);
		return;
	case REL32:
		*distance = take_distance(c, 4);
		return;
	default:
		c->bad = true;
	}
}

size_t instruction_read(const __u8 *code, size_t left, enum instruction *kind, __s32 *distance)
{
	/* No instruction is longer. */
	struct cursor c = { .code = code, .end = left < 15 ? left : 15 };
	size_t wide = 4;
	__u8 byte = take(&c), follows;
	bool rex_w = false;

	*kind = INSTRUCTION_OTHER;
	*distance = 0;
	/* Of operands, repetition, lock, and segments. */
	for (; byte == 0x66 || byte == 0xf2 || byte == 0xf3 || byte == 0xf0 || byte == 0x2e || byte == 0x3e || byte == 0x64 || byte == 0x65;
	     byte = take(&c)) {
		if (byte == 0x66)
			wide = 2;
		if (c.bad)
			return 0;
	}
	if ((byte & 0xf0) == 0x40) {
		rex_w = byte & 8;
		/* It takes precedence. */
		if (rex_w)
			wide = 4;
		byte = take(&c);
	}
	if (byte == 0xc5) {
		skip(&c, 1);
		take_vex(&c, 1);
	} else if (byte == 0xc4) {
		__u8 map = take(&c) & 0x1f;

		skip(&c, 1);
		take_vex(&c, map);
	} else if (byte == 0x0f) {
		byte = take(&c);
		if (byte == 0x38 || byte == 0x3a) {
			skip(&c, 1);
			follows = byte == 0x38 ? MODRM : MODRM8;
		} else {
			follows = two_bytes[byte];
		}
		if (follows == REL32) {
			*kind = INSTRUCTION_JUMP;
			wide = 4;
		}
		take_rest(&c, follows, wide, rex_w, distance);
	} else {
		follows = one_byte[byte];
		if (follows == REL8 || byte == 0xe9)
			*kind = INSTRUCTION_JUMP;
		else if (byte == 0xe8)
			*kind = INSTRUCTION_CALL;
		else if (byte == 0xc3 || byte == 0xc2)
			*kind = INSTRUCTION_RETURN;
		take_rest(&c, follows, wide, rex_w, distance);
	}
	return c.bad ? 0 : c.at;
}

static bool begins(const __u8 *boundaries, size_t at)
{
	return boundaries[at / 8] >> (at % 8) & 1;
}

bool function_calls(const __u8 *code, size_t length, __s64 target, __u32 *place)
{
	__u8 boundaries[MOST_CODE / 8] = { 0 };
	__u32 targets[MOST_JUMPS];
	size_t jumps = 0, calls = 0;

	if (length > MOST_CODE)
		return false;
	for (size_t at = 0, size; at < length; at += size) {
		enum instruction kind;
		__s32 distance;
		__s64 to;

		size = instruction_read(code + at, length - at, &kind, &distance);
		if (!size)
			return false;
		boundaries[at / 8] |= 1 << (at % 8);
		to = (__s64)(at + size) + distance;
		if (kind == INSTRUCTION_CALL && to == target) {
			*place = at;
			calls++;
		} else if (kind == INSTRUCTION_JUMP && to >= 0 && to < (__s64)length) {
			if (jumps == MOST_JUMPS)
				return false;
			targets[jumps++] = to;
		}
	}
	for (size_t i = 0; i < jumps; i++) {
		if (!begins(boundaries, targets[i]))
			return false;
	}
	return calls == 1;
}
