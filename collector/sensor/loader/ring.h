/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A consumer of one kernel ring buffer. libbpf's own can neither look at the
 * next record without taking it nor stop at a given one, and two rings can
 * only be merged in the order of time with both.
 */
#ifndef RUNGLASS_RING_H
#define RUNGLASS_RING_H

#include <linux/types.h>
#include <stdbool.h>

struct ring {
	unsigned long *consumer;
	unsigned long *producer;
	const __u8 *data;
	unsigned long mask;
	unsigned long position; /* taken so far; the kernel is told by ring_release() */
};

enum ring_state { RING_RECORD, RING_EMPTY, RING_BUSY };

/* Maps the ring of map `fd` with `size` bytes; false with errno when that fails. */
bool ring_map(struct ring *ring, int fd, unsigned long size);

/* Where the kernel writes next: records before it exist, though some may still be written to. */
unsigned long ring_end(const struct ring *ring);

/* The next record before `end`, if it is complete. It stays valid until ring_release(). */
enum ring_state ring_peek(struct ring *ring, unsigned long end, const void **record, __u32 *length);

/* Steps over the record that ring_peek() gave. */
void ring_take(struct ring *ring, __u32 length);

/* Gives the room of all taken records back to the kernel. */
void ring_release(struct ring *ring);

#endif
