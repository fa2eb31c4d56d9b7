// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "requests.h"

#include <stdlib.h>
#include <string.h>

#include "clock.h"

#define BUCKETS 1024
#define BYTES_MAX (16UL << 20)
/* A request without an end (its ring was torn down) is forgotten after this time, when room is needed. */
#define OLD_NS 30000000000ULL

struct kept {
	struct kept *next;
	struct file_record *record;
};

static struct kept *buckets[BUCKETS];
static size_t bytes;

/* Requests lie in slabs, so their low bits say little. */
static struct kept **bucket_of(__u64 request)
{
	return &buckets[(request * 0x9e3779b97f4a7c15ULL) >> 54];
}

static struct file_record *unlink_from(struct kept **at)
{
	struct kept *kept = *at;
	struct file_record *record = kept->record;

	*at = kept->next;
	bytes -= record->h.size;
	free(kept);
	return record;
}

struct file_record *requests_take(__u64 request)
{
	for (struct kept **at = bucket_of(request); *at; at = &(*at)->next) {
		if ((*at)->record->request == request)
			return unlink_from(at);
	}
	return NULL;
}

static void forget_old(void)
{
	__u64 now = boot_now();

	for (size_t i = 0; i < BUCKETS; i++) {
		struct kept **at = &buckets[i];

		while (*at) {
			if (now - (*at)->record->h.time > OLD_NS)
				free(unlink_from(at));
			else
				at = &(*at)->next;
		}
	}
}

void requests_keep(const struct file_record *record)
{
	struct kept **bucket = bucket_of(record->request);
	struct file_record *copy;
	struct kept *kept;

	/* The kernel uses the memory of a request again: an earlier one of this number has ended unseen. */
	free(requests_take(record->request));
	if (bytes + record->h.size > BYTES_MAX)
		forget_old();
	if (bytes + record->h.size > BYTES_MAX)
		return;
	kept = malloc(sizeof(*kept));
	copy = malloc(record->h.size);
	if (!kept || !copy) {
		free(kept);
		free(copy);
		return;
	}
	memcpy(copy, record, record->h.size);
	*kept = (struct kept){ *bucket, copy };
	*bucket = kept;
	bytes += record->h.size;
}
