// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "folds.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "clock.h"
#include "counters.h"
#include "frames.h"
#include "output.h"

#define BUCKETS 4096

/* What is kept for one slot, in the list of its process's bucket. */
struct kept {
	struct rg_file *frame;
	struct kept *next;
	struct kept **link; /* what points to this one */
	__u32 sequence;
};

static struct fold_slot *slots; /* shared with the kernel */
static struct kept *kept;
static __u32 slot_count;
static struct kept *buckets[BUCKETS];
static __u64 swept; /* what counters_folded() was at the last sweep */

int fold_cpus(void)
{
	static int cpus;

	if (!cpus)
		cpus = sysconf(_SC_NPROCESSORS_ONLN);
	return cpus;
}

bool folds_map(int fd)
{
	void *map;

	slot_count = fold_cpus() * FOLD_SLOTS;
	map = mmap(NULL, slot_count * sizeof(struct fold_slot), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	kept = calloc(slot_count, sizeof(*kept));
	slots = map;
	return map != MAP_FAILED && kept;
}

static struct kept **bucket_of(__u32 pid, __u64 start)
{
	return &buckets[((start ^ pid) * 0x9e3779b97f4a7c15ULL) >> 52];
}

static void forget(struct kept *k)
{
	if (!k->frame)
		return;
	*k->link = k->next;
	if (k->next)
		k->next->link = k->link;
	free(k->frame);
	k->frame = NULL;
}

void folds_keep(__u32 slot, __u32 sequence, const struct rg_file *frame)
{
	struct kept **bucket = bucket_of(frame->h.pid, frame->h.start), *k;

	if (slot >= slot_count)
		return;
	k = &kept[slot];
	forget(k);
	k->sequence = sequence;
	k->frame = malloc(frame->h.size);
	if (!k->frame)
		return;
	memcpy(k->frame, frame, frame->h.size);
	k->next = *bucket;
	k->link = bucket;
	if (k->next)
		k->next->link = &k->next;
	*bucket = k;
}

/* Takes the count out of a slot, if it is still that of the frame we keep. */
static __u32 take(struct fold_slot *slot, __u32 sequence)
{
	__u64 pending = __atomic_load_n(&slot->pending, __ATOMIC_ACQUIRE);

	while ((__u32)pending && pending >> 32 == sequence) {
		if (__atomic_compare_exchange_n(&slot->pending, &pending, (__u64)sequence << 32, false, __ATOMIC_ACQ_REL,
						__ATOMIC_ACQUIRE))
			return pending;
	}
	return 0;
}

static bool flush(struct kept *k)
{
	struct fold_slot *slot = &slots[k - kept];
	__u64 last = slot->last;
	__u32 count = take(slot, k->sequence);

	if (count)
		frame_again(k->frame, count, last);
	return count > 0;
}

void folds_tell(const struct fold_record *record)
{
	struct kept *k = record->slot < slot_count ? &kept[record->slot] : NULL;

	/* The frame itself may have been lost: then these are lost with it. */
	if (k && k->frame && k->sequence == record->sequence)
		frame_again(k->frame, record->count, record->h.time);
	else
		output_lose(record->count);
}

void folds_flush_process(__u32 pid, __u64 start, bool ended)
{
	struct kept *next;

	for (struct kept *k = *bucket_of(pid, start); k; k = next) {
		next = k->next;
		if (k->frame->h.pid != pid || k->frame->h.start != start)
			continue;
		flush(k);
		/* A slot that was given away since: what was pending in it is still on its way here. */
		if (ended && slots[k - kept].pending >> 32 == k->sequence)
			forget(k);
	}
}

unsigned int folds_flush(void)
{
	unsigned int told = 0;

	for (__u32 i = 0; i < slot_count; i++) {
		if (kept[i].frame)
			told += flush(&kept[i]);
	}
	return told;
}

unsigned int folds_sweep(void)
{
	__u64 folded = counters_folded();

	if (folded == swept)
		return 0;
	swept = folded;
	return folds_flush();
}
