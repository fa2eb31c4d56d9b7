/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Where the calls of TLS libraries are in an ELF file, by the symbols that it exports, or by the table that Go keeps of its
 * functions. The file is whatever somebody made: nothing is read outside of it, and each search has an end. Nothing here knows
 * the kernel; a test feeds it with garbage.
 */
#ifndef RUNGLASS_SYMBOLS_H
#define RUNGLASS_SYMBOLS_H

#include <stddef.h>

#include "../bpf/record.h"

enum tls_library { TLS_NONE, TLS_OPENSSL, TLS_GNUTLS, TLS_NSS, TLS_MBEDTLS, TLS_WOLFSSL, TLS_S2N, TLS_GO };

/* Why a program has Go's crypto/tls, and cannot be attached to. */
enum go_problem { GO_FINE, GO_OLD, GO_OTHER };

struct symbols {
	__u32 library;           /* enum tls_library; TLS_NONE also for what is no ELF file for this machine */
	__u32 problem;           /* enum go_problem */
	__u64 offset[TLS_CALLS]; /* in the file; 0: not there */
	__u64 go_slot;           /* of TLS_GO_READ: how far above the stack pointer the connection is */
};

void symbols_read(const __u8 *file, size_t size, struct symbols *symbols);

#endif
