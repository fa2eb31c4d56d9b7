/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The queue of frames before stdout. It has a bound, and it never waits for
 * the reader: what finds no room is dropped and counted, frames of files long
 * before any other.
 */
#ifndef RUNGLASS_OUTPUT_H
#define RUNGLASS_OUTPUT_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

/* From what is dropped first (files, bytes of TCP streams) to what is dropped last. */
enum importance { OUTPUT_LESS, OUTPUT_CORE, OUTPUT_CONTROL };

/* Prepares stdout and the queue; ends the program with code 3 when that is not possible. */
void output_open(void);

/*
 * Room for one frame of `size` bytes, a multiple of 8, or NULL when there is none: then `events` are counted as lost.
 * The frame is in the queue once output_commit() is called, with the same size or a smaller one.
 */
void *output_reserve(size_t size, enum importance importance, __u64 events);
void output_commit(size_t size);

/* Writes what the reader takes now. False when the reader is gone. */
bool output_write(void);

size_t output_queued(void);

/* Counts events as lost that no frame can be made of. */
void output_lose(__u64 events);

/* Events lost here since the start. */
__u64 output_lost(void);

/* Waits until the reader has taken all. False when it is gone or took nothing for `patience_ms`. */
bool output_drain(int patience_ms);

#endif
