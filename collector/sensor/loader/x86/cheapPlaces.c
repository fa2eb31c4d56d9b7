// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "../cheapPlaces.h"

#include <string.h>

#include "instruction.h"

/* What can mark the begin of a function (endbr64); it may as well stand in front of the probe. */
#define LANDING 4
/* Bytes of a function that are searched for calls. */
#define SCANNED 96

static __u64 behind_landing(const struct elf *e, __u64 offset)
{
	static const __u8 landing[LANDING] = { 0xf3, 0x0f, 0x1e, 0xfa };
	__u8 begin[LANDING + 1];

	return elf_get(e, offset, begin, sizeof(begin)) && !memcmp(begin, landing, sizeof(landing)) ? offset + LANDING : offset;
}

static bool begins_with_push(const struct elf *e, __u64 offset)
{
	__u8 begin[2];

	return elf_get(e, offset, begin, sizeof(begin)) &&
	       ((begin[0] & 0xf8) == 0x50 || (begin[0] == 0x41 && (begin[1] & 0xf8) == 0x50));
}

/* The next place at or behind `*at`, and before `end`, where there may be a relative call (or a jump); false: none. */
static bool next_call(const struct elf *e, __u64 *at, __u64 end, __u64 *target)
{
	for (; *at < end; ++*at) {
		struct { __u8 code; __s32 distance; } __attribute__((packed)) call;

		if (!elf_get(e, *at, &call, sizeof(call)))
			return false;
		if (call.code != 0xe8 && call.code != 0xe9)
			continue;
		*target = *at + sizeof(call) + (__s64)call.distance;
		++*at;
		return true;
	}
	return false;
}

/* Where the search of a function ends: the other often comes next. */
static __u64 end_of(__u64 function, __u64 other)
{
	return other > function && other - function < SCANNED ? other : function + SCANNED;
}

static bool calls(const struct elf *e, __u64 function, __u64 wanted, __u64 other)
{
	__u64 at = function, target;

	while (next_call(e, &at, end_of(function, other), &target)) {
		if (target == wanted)
			return true;
	}
	return false;
}

/* Whether the function does nothing else than to call the other: each of its instructions is known, and none jumps. */
static bool only_calls(const struct elf *e, __u64 function, __u64 wanted)
{
	__u8 code[SCANNED];
	bool called = false;
	size_t length;

	if (!elf_get(e, function, code, sizeof(code)))
		return false;
	for (size_t at = 0; at < sizeof(code); at += length) {
		enum instruction kind = INSTRUCTION_OTHER;
		__s32 distance = 0;

		length = instruction_read(code + at, sizeof(code) - at, &kind, &distance);
		/* Behind a prefix for the high registers, an indirect call looks the same. */
		if (!length || kind == INSTRUCTION_JUMP || code[at + (length > 1 && (code[at] & 0xf0) == 0x40)] == 0xff)
			return false;
		if (kind == INSTRUCTION_RETURN)
			return called;
		if (code[at] != 0xe8)
			continue;
		memcpy(&distance, code + at + 1, sizeof(distance));
		if (called || function + at + length + (__s64)distance != wanted)
			return false;
		called = true;
	}
	return false;
}

/*
 * The function of the library itself that both of two exported ones call, if it begins with a push; 0: none. Where the
 * compiler has put its body into both, they call the same helpers: so the other one must do nothing else.
 */
static __u64 common_callee(const struct elf *e, __u64 one, __u64 other)
{
	__u64 at = other, target;

	while (one && other && next_call(e, &at, end_of(other, one), &target)) {
		__u64 begin = behind_landing(e, target);

		if (target < e->size && begins_with_push(e, begin) && only_calls(e, other, target) && calls(e, one, target, other))
			return begin;
	}
	return 0;
}

/* Both calls of each pair do the same work in one function, which has the arguments of the second: that is probed once. */
static void prefer_callees(const struct elf *e, struct symbols *symbols)
{
	__u64 *at = symbols->offset, callee, ex = at[TLS_OPENSSL_WRITE_EX], ex2 = at[TLS_OPENSSL_WRITE_EX2];

	callee = common_callee(e, at[TLS_OPENSSL_READ], at[TLS_OPENSSL_READ_EX]);
	if (callee) {
		at[TLS_OPENSSL_READ] = 0;
		at[TLS_OPENSSL_READ_EX] = callee;
	}
	callee = common_callee(e, at[TLS_OPENSSL_WRITE], ex2 ? ex2 : ex);
	if (!callee)
		return;
	at[TLS_OPENSSL_WRITE] = 0;
	at[ex2 ? TLS_OPENSSL_WRITE_EX2 : TLS_OPENSSL_WRITE_EX] = callee;
	if (ex2 && (calls(e, ex, ex2, ex2) || calls(e, ex, callee, ex2) || calls(e, ex, callee - LANDING, ex2)))
		at[TLS_OPENSSL_WRITE_EX] = 0;
}

void prefer_cheap_places(const struct elf *e, struct symbols *symbols)
{
	prefer_callees(e, symbols);
	for (int i = 0; i < TLS_GO_RECORD; i++) {
		if (symbols->offset[i])
			symbols->offset[i] = behind_landing(e, symbols->offset[i]);
	}
}
