/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Mount namespaces, by the processes that are in them. */
#ifndef RUNGLASS_NAMESPACES_H
#define RUNGLASS_NAMESPACES_H

#include <linux/types.h>
#include <stdbool.h>

/* The kernel gives the number of a namespace that is gone to a new one, so it takes a process to tell the two apart. */
struct resident {
	__u64 namespace;
	__u64 start; /* of the process, in hundredths of a second */
};

/* False where it has ended. */
bool resident_of(const char *pid, struct resident *resident);

/* Tells `seen` of every process. False where they cannot be listed: then nothing is known to be gone. */
bool all_residents(void (*seen)(const struct resident *resident));

#endif
