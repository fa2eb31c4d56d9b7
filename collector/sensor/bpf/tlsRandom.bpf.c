// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "registers.h"
#include "tlsRandom.h"

/* So much of an object is searched, */
#define OBJECT 1024
/* and of so many of its words whether they point to where a random is. */
#define POINTERS 64

static __always_inline bool try_random(struct found *found, const __u64 *words, __u64 at, __u32 pid)
{
	struct client_random random = { { words[0], words[1] } };
	struct tls_hello *hello;

	/* Cheaper than asking the map. */
	if (!random.word[0] || !random.word[1])
		return false;
	hello = bpf_map_lookup_elem(&tls_hellos, &random);
	if (!hello || hello->pid != pid)
		return false;
	found->random = random;
	found->at = at;
	found->flow = hello->flow;
	return true;
}

/* GnuTLS has it at any multiple of four. */
__noinline int random_in_object(__u64 object, __u32 pid, struct found *found)
{
	__u32 halves[20];

	if (!found)
		return 0;
	for (int at = 0; at < OBJECT; at += 64) {
		if (bpf_probe_read_user(halves, sizeof(halves), (void *)(object + at)))
			return 0;
		for (int i = 0; i < 16; i++) {
			__u64 words[] = { halves[i] | (__u64)halves[i + 1] << 32, halves[i + 2] | (__u64)halves[i + 3] << 32 };

			if (try_random(found, words, object + at + i * 4, pid))
				return 1;
		}
	}
	return 0;
}

__noinline int random_behind_pointers(__u64 object, __u32 pid, struct found *found)
{
	static const __u16 places[] = { 184 };

	if (!found)
		return 0;
	for (int i = 0; i < POINTERS; i++) {
		__u64 pointer, words[2];

		if (bpf_probe_read_user(&pointer, sizeof(pointer), (void *)(object + i * 8)))
			return 0;
		if (pointer < 4096 || pointer & 7 || pointer >> USER_ADDRESS_BITS)
			continue;
		for (__u32 j = 0; j < sizeof(places) / sizeof(places[0]); j++) {
			if (!bpf_probe_read_user(words, sizeof(words), (void *)(pointer + places[j])) &&
			    try_random(found, words, pointer + places[j], pid))
				return 1;
		}
	}
	return 0;
}
