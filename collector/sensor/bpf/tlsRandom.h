/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Looks in a library's object for the random of a ClientHello that the process has sent. */
#ifndef RUNGLASS_TLS_RANDOM_H
#define RUNGLASS_TLS_RANDOM_H

#include "hello.h"

struct found {
	struct client_random random;
	__u64 at; /* 0: nowhere */
	__u64 flow;
};

/* In the object itself: OpenSSL 3, GnuTLS. Global functions, see tlsStream.h. */
int random_in_object(__u64 object, __u32 pid, struct found *found);

/* In what it points to: OpenSSL 1.1. */
int random_behind_pointers(__u64 object, __u32 pid, struct found *found);

#endif
