// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "missed.h"

#include <bpf/bpf.h>

#define MAX_PROGRAMS 16

static int programs[MAX_PROGRAMS];
static int count;
static __u64 events;

void missed_watch(int program_fd)
{
	if (count < MAX_PROGRAMS)
		programs[count++] = program_fd;
}

void missed_refresh(void)
{
	__u64 sum = 0;

	for (int i = 0; i < count; i++) {
		struct bpf_prog_info info = { 0 };
		__u32 length = sizeof(info);

		/* Kernels before 6.0 refuse this to an unprivileged process: then the last known number stands. */
		if (bpf_obj_get_info_by_fd(programs[i], &info, &length))
			return;
		sum += info.recursion_misses;
	}
	events = sum;
}

__u64 missed_events(void)
{
	return events;
}
