/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Connections inside TLS, as the libraries that encrypt them are called: what probes in any library hand over. */
#ifndef RUNGLASS_TLS_STREAM_H
#define RUNGLASS_TLS_STREAM_H

#include "hello.h"

/* User bytes that have gone one way through a TLS connection of the current process. */
struct tls_passed {
	__u64 object; /* the address of what stands for the connection in the library */
	__u64 bytes;  /* where they are in the process; they are there until the program goes on */
	__u64 length;
	__u32 incoming; /* 1: received, 0: sent */
	__u32 tls;      /* enum rg_tls */
};

/*
 * Takes all bytes of a connection in the order in which they pass, each once; tells what is to be told of them. Both ways
 * of one connection can be told by two threads at a time, one way only by one. A global function: the verifier checks it
 * once, whatever calls it.
 */
int tls_passed(const struct tls_passed *passed);

/* A connection begins, with a ClientHello that has this random and is about to be sent: for libraries that keep none. */
int tls_begun(__u64 object, const struct client_random *random);

/* The library is done with the connection: what comes from the same place is another. */
int tls_freed(__u64 object);

#endif
