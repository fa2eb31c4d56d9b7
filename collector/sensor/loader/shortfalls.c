// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "shortfalls.h"

#include <stdio.h>

#include "frames.h"

/* A flood must not fill the log with this. */
static void tell_count(const char *hook, __u32 count, __u32 *next, const char *what)
{
	char reason[256];

	if (!count || count < *next)
		return;
	*next = count < 1U << 31 ? count * 2 : ~0U;
	snprintf(reason, sizeof(reason), "%s (so far %u)", what, count);
	frame_coverage(hook, RG_OFF, reason);
}

void shortfalls_tell(const struct shortfalls *s)
{
	static __u32 next_images, next_streams;

	tell_count("tls.images", *s->images_lost, &next_images,
		   "programs and libraries were loaded faster than they could be looked at: requests inside TLS may be missing");
	tell_count("tls.connections", *s->tls_forgotten, &next_streams,
		   "connections inside TLS had no room beside all others: requests over them may be missing");
}
