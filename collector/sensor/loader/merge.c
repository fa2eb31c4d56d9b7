// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "merge.h"

#include <sched.h>

#include "../bpf/record.h"
#include "frames.h"

/* A record is written with preemption off, so it is busy for microseconds, unless the hypervisor stops that CPU. */
#define BUSY_YIELDS 1000
/* Give room back to the kernel while we work, not only at the end. */
#define RELEASE_EVERY 256

static enum ring_state peek_patiently(struct ring *ring, unsigned long end, const void **record, __u32 *length)
{
	enum ring_state state = ring_peek(ring, end, record, length);

	for (int i = 0; state == RING_BUSY && i < BUSY_YIELDS; i++) {
		sched_yield();
		state = ring_peek(ring, end, record, length);
	}
	return state;
}

/*
 * Why this keeps the order: a record takes its time, then its place in the ring. So a core record that a process has made
 * before a file record, and all core records in front of it, have earlier times than that file record; and as the end of
 * the file ring is read before the last of the core ring, they are all there. What came into the core ring after the end
 * of the file ring was read waits for the next call, unless a file record needs it: the last file records of a process
 * that has ended meanwhile may be missing here.
 */
unsigned long drain(struct ring *core, struct ring *file)
{
	unsigned long core_known = ring_end(core), file_end = ring_end(file), core_end = ring_end(core), count = 0;

	for (;;) {
		const void *core_record, *file_record;
		__u32 core_length, file_length;
		enum ring_state c = peek_patiently(core, core_end, &core_record, &core_length);
		enum ring_state f;

		/* Behind a busy record may stand one that must come before the next of the other ring. */
		if (c == RING_BUSY)
			break;
		f = peek_patiently(file, file_end, &file_record, &file_length);
		if (f == RING_BUSY)
			break;
		if (f == RING_RECORD && (c == RING_EMPTY || ((const struct rg_header *)file_record)->time <
								   ((const struct rg_header *)core_record)->time)) {
			frame_record(file_record);
			ring_take(file, file_length);
		} else if (c == RING_RECORD && (f == RING_RECORD || core->position < core_known)) {
			frame_record(core_record);
			ring_take(core, core_length);
		} else {
			break;
		}
		if (++count % RELEASE_EVERY == 0) {
			ring_release(core);
			ring_release(file);
		}
	}
	ring_release(core);
	ring_release(file);
	return count;
}
