/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Takes what is in both rings, in the order of time. */
#ifndef RUNGLASS_MERGE_H
#define RUNGLASS_MERGE_H

#include "ring.h"

/*
 * Frames every record that was in the rings at the time of the call. Returns how many. A record never stands before one
 * that its own process made earlier, in either ring.
 */
unsigned long drain(struct ring *core, struct ring *file);

#endif
