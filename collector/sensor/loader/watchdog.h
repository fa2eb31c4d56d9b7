/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whether the worker waits for a file that does not come: whoever serves a file system can let it wait for ever. */
#ifndef RUNGLASS_WATCHDOG_H
#define RUNGLASS_WATCHDOG_H

#include <stdbool.h>

/* Before the worker is started: both share it. */
bool watchdog_open(void);

/* In the worker: it goes on to what `link` stands for, and is done with that. */
void watchdog_begin(const char *link);
void watchdog_end(void);

/* In the attacher: the path of the file that the worker has waited for too long, "" where it is not known; NULL: it works. */
const char *watchdog_late(void);

#endif
