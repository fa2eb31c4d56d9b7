/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Programs that the kernel did not run. It never runs a tracing program inside
 * of itself on one CPU: a softirq that hits while the same program runs loses
 * its event. The kernel counts these, and so do we.
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
