// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "counters.h"

#include <string.h>
#include <sys/mman.h>

#include "frames.h"
#include "missed.h"
#include "output.h"

static const volatile struct cpu_counters *rows;
static int row_count;
static __u64 told[3]; /* by enum rg_ring */

bool counters_map(int fd, int cpus)
{
	void *map = mmap(NULL, cpus * sizeof(struct cpu_counters), PROT_READ, MAP_SHARED, fd, 0);

	rows = map;
	row_count = cpus;
	return map != MAP_FAILED;
}

static struct kind_counters sum(enum kind kind)
{
	struct kind_counters total = { 0 };

	for (int cpu = 0; cpu < row_count; cpu++) {
		const volatile struct kind_counters *c = &rows[cpu].kind[kind];

		total.seen += c->seen;
		total.dropped += c->dropped;
		total.filtered += c->filtered;
	}
	return total;
}

__u64 counters_folded(void)
{
	__u64 total = 0;

	for (int cpu = 0; cpu < row_count; cpu++)
		total += rows[cpu].folded;
	return total;
}

static void tell(enum rg_ring ring, __u64 lost)
{
	if (lost <= told[ring])
		return;
	if (frame_loss(ring, lost - told[ring]))
		told[ring] = lost;
}

void counters_tell_loss(void)
{
	tell(RG_RING_CORE, sum(KIND_PROCESS).dropped + sum(KIND_NET).dropped + sum(KIND_DNS).dropped +
				sum(KIND_TLS).dropped + sum(KIND_HTTP).dropped + missed_events());
	tell(RG_RING_FILE, sum(KIND_FILE).dropped);
	tell(RG_RING_OUTPUT, output_lost());
}

void counters_tell_bye(void)
{
	__u64 seen = missed_events(), lost = missed_events() + output_lost(), filtered = 0;

	for (int kind = 0; kind < KIND_COUNT; kind++) {
		struct kind_counters c = sum(kind);

		seen += c.seen;
		lost += c.dropped;
		filtered += c.filtered;
	}
	frame_bye(seen, lost, filtered);
}
