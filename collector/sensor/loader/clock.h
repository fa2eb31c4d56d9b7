/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The clocks: events carry CLOCK_BOOTTIME, frames the time of day. */
#ifndef RUNGLASS_CLOCK_H
#define RUNGLASS_CLOCK_H

#include <linux/types.h>

/*
 * Fixes how far the time of day is from CLOCK_BOOTTIME. It is taken once: when somebody sets the clock during a run, the
 * times of its events stay in order.
 */
void clock_start(void);

__u64 boot_now(void);

/* Microseconds since the Unix epoch, of a time in ns of CLOCK_BOOTTIME. */
__u64 epoch_us(__u64 boot_ns);

#endif
