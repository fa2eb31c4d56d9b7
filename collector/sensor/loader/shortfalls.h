/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What could not be looked into as there was too much of it at a time. No event is known to be lost by that, but some may be missing. */
#ifndef RUNGLASS_SHORTFALLS_H
#define RUNGLASS_SHORTFALLS_H

#include <linux/types.h>

/* Counters that the programs have in memory shared with us. */
struct shortfalls {
	const volatile __u32 *images_lost;
	const volatile __u32 *tls_forgotten;
};

/* Says as coverage what has come to the counters: at the first time and whenever a count has doubled. */
void shortfalls_tell(const struct shortfalls *shortfalls);

#endif
