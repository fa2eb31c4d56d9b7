// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "ring.h"

#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

static unsigned long step(__u32 length)
{
	return (length + BPF_RINGBUF_HDR_SZ + 7) & ~7UL;
}

bool ring_map(struct ring *ring, int fd, unsigned long size)
{
	long page = sysconf(_SC_PAGESIZE);
	__u8 *shared;

	ring->consumer = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (ring->consumer == MAP_FAILED)
		return false;
	/* The kernel maps the data twice in a row, so that a record never wraps. */
	shared = mmap(NULL, page + 2 * size, PROT_READ, MAP_SHARED, fd, page);
	if (shared == MAP_FAILED)
		return false;
	ring->producer = (unsigned long *)shared;
	ring->data = shared + page;
	ring->mask = size - 1;
	ring->position = __atomic_load_n(ring->consumer, __ATOMIC_ACQUIRE);
	return true;
}

unsigned long ring_end(const struct ring *ring)
{
	return __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE);
}

enum ring_state ring_peek(struct ring *ring, unsigned long end, const void **record, __u32 *length)
{
	while (ring->position < end) {
		const __u8 *head = ring->data + (ring->position & ring->mask);
		__u32 word = __atomic_load_n((const __u32 *)head, __ATOMIC_ACQUIRE);

		if (word & BPF_RINGBUF_BUSY_BIT)
			return RING_BUSY;
		*length = word & ~BPF_RINGBUF_DISCARD_BIT;
		if (!(word & BPF_RINGBUF_DISCARD_BIT)) {
			*record = head + BPF_RINGBUF_HDR_SZ;
			return RING_RECORD;
		}
		ring->position += step(*length);
	}
	return RING_EMPTY;
}

void ring_take(struct ring *ring, __u32 length)
{
	ring->position += step(length);
}

void ring_release(struct ring *ring)
{
	__atomic_store_n(ring->consumer, ring->position, __ATOMIC_RELEASE);
}
