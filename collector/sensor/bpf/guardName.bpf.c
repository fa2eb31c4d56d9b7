// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Looks names up as they stand in packets. They are taken to pieces on the
 * stack: memory of a CPU may be another packet's before a program is done with it.
 * Global functions: the verifier checks each once.
 */
#include "guardName.h"

#define LABEL_MOST 63
#define HASH_BEGIN 0xcbf29ce484222325ULL
#define HASH_TIMES 0x100000001b3ULL

/* What stands in no name of a host: with it, a name could look like one that is another. */
static __always_inline bool is_odd(__u8 letter)
{
	return letter <= ' ' || letter >= 0x7f || letter == '.';
}

static __always_inline __u8 lower(__u8 letter)
{
	return letter >= 'A' && letter <= 'Z' ? letter | 0x20 : letter;
}

/* A key with so much room behind it that any byte is an index into its text. */
union room {
	struct guard_name_key key;
	struct {
		__u32 prefix;
		__u8 text[256];
	};
};

/* Turns the first `length` letters around. */
static __always_inline void turn(union room *name, __u32 length)
{
	for (__u32 i = 0; i < GUARD_NAME_CAP / 2; i++) {
		__u32 other = length - 1 - i;
		__u8 letter;

		/* They meet before it could be negative. Older verifiers know too much of it otherwise, and contradict themselves. */
		OPAQUE(other);
		other &= 255;
		OPAQUE(other);
		if (other <= i)
			break;
		letter = name->text[other];
		name->text[other] = name->text[i];
		name->text[i] = letter;
	}
}

/* Looks up a name of which `length` bytes stand reversed, with the NUL at its end. */
static __always_inline int look_up(union room *name, __u32 length, struct guard_found *found)
{
	struct guard_span *span;

	name->prefix = length * 8;
	span = guard_name(&name->key);
	if (!span)
		return GUARD_UNLISTED;
	found->span = *span;
	return GUARD_LISTED;
}

__noinline int guard_question_name(struct __sk_buff *skb, __u32 at, struct guard_found *found)
{
	union room name = {};
	__u32 there = skb->len > at ? skb->len - at : 0, left = 0, length = 0;
	__u64 hash = HASH_BEGIN;

	if (!found || !there)
		return GUARD_NO_NAME;
	if (there > GUARD_NAME_CAP)
		there = GUARD_NAME_CAP;
	OPAQUE(there);
	there = ((there - 1) & 255) + 1;
	OPAQUE(there);
	if (there > GUARD_NAME_CAP || bpf_skb_load_bytes(skb, at, name.text, there))
		return GUARD_NO_NAME;
	/* Kept there for now: the stack has no room for more than the key. */
	found->span.count = there;
	found->next = at;
	/* Lengths of labels become the dots in front of them; no question points elsewhere for a part of its name. */
	for (__u32 i = 0; i < GUARD_NAME_CAP; i++) {
		__u8 letter = name.text[i];

		if (left) {
			if (is_odd(letter))
				return GUARD_NO_NAME;
			left--;
			letter = lower(letter);
		} else {
			if (letter == 0) {
				length = i;
				break;
			}
			if (letter > LABEL_MOST)
				return GUARD_NO_NAME;
			left = letter;
			letter = '.';
		}
		name.text[i] = letter;
		hash = (hash ^ letter) * HASH_TIMES;
	}
	/* By way of memory, so that the verifier does not go on with every length that there is. */
	*(volatile __u32 *)&found->span.first = length;
	length = *(volatile __u32 *)&found->span.first;
	if (length < 2 || length >= found->span.count || length >= GUARD_NAME_CAP)
		return GUARD_NO_NAME;
	found->hash = hash;
	found->next += length + 1;
	turn(&name, length);
	/* The dot in front of the first label. */
	name.text[length - 1] = 0;
	return look_up(&name, length, found);
}

__noinline int guard_server_name(struct __sk_buff *skb, __u32 at, __u32 length, struct guard_found *found)
{
	union room name = {};
	bool dot = true;

	if (!found || length < 1 || length >= GUARD_NAME_CAP)
		return GUARD_NO_NAME;
	OPAQUE(length);
	length = ((length - 1) & 255) + 1;
	OPAQUE(length);
	if (length >= GUARD_NAME_CAP || bpf_skb_load_bytes(skb, at, name.text, length))
		return GUARD_NO_NAME;
	for (__u32 i = 0; i < GUARD_NAME_CAP; i++) {
		__u8 letter = name.text[i];

		if (i >= length)
			break;
		/* No empty label, neither in front nor inside. */
		if (letter == '.' ? dot : is_odd(letter))
			return GUARD_NO_NAME;
		dot = letter == '.';
		name.text[i] = lower(letter);
	}
	/* By way of memory: see above. */
	*(volatile __u32 *)&found->next = length;
	length = *(volatile __u32 *)&found->next;
	if (dot || length < 1 || length >= GUARD_NAME_CAP)
		return GUARD_NO_NAME;
	turn(&name, length);
	name.text[length] = 0;
	return look_up(&name, length + 1, found);
}
