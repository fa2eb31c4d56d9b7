// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "clock.h"

#include <time.h>

static __u64 offset;

static __u64 now(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

__u64 boot_now(void)
{
	return now(CLOCK_BOOTTIME);
}

void clock_start(void)
{
	__u64 best = ~0ULL;

	/* The shortest of several readings has the least between its two clocks. */
	for (int i = 0; i < 16; i++) {
		__u64 before = boot_now(), day = now(CLOCK_REALTIME), after = boot_now();

		if (after - before < best) {
			best = after - before;
			offset = day - (before + (after - before) / 2);
		}
	}
}

__u64 epoch_us(__u64 boot_ns)
{
	return (boot_ns + offset) / 1000;
}
