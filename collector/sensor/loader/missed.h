/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Programs that the kernel did not run, as it never runs a tracing program
 * inside of itself on one CPU. With preemption off around tracepoints this
 * happens to none of those in process context; where a kernel does without,
 * it counts them, and so do we.
 */
#ifndef RUNGLASS_MISSED_H
#define RUNGLASS_MISSED_H

#include <linux/types.h>

/* Adds a program whose misses count. */
void missed_watch(int program_fd);

/* Asks the kernel anew; a few times a second is enough. */
void missed_refresh(void);

/* Events missed, as of the last missed_refresh(). */
__u64 missed_events(void);

#endif
