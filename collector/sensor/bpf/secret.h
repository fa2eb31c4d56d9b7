/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which of the files that are opened to read may be worth a word. It is asked at each such open, so it must be cheap. */
#ifndef RUNGLASS_SECRET_H
#define RUNGLASS_SECRET_H

#include "shared.h"

struct secrets_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SECRETS_MAX);
	__type(key, struct secret_key);
	__type(value, __u8);
};
extern struct secrets_map secrets SEC(".maps");

/* Set by the loader from --reads. */
extern const volatile bool reads_told;
extern const volatile __u32 secret_bits[3 * SECRET_WORDS];

/*
 * Of the file (an address of a struct file), by its own name and that of its folder, whatever it was called to open it:
 * 0 where it is none to be told, else SECRET with the tgid of its owner below it where it belongs to another process.
 */
#define SECRET (1ULL << 32)
__u64 secret_of(__u64 file);

#endif
