/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The attacher: a process beside the sensor that attaches to TLS libraries when
 * watched processes come to run them. It keeps the few capabilities that this
 * takes, and has no input but the ring of such files; it ends with the sensor.
 */
#ifndef RUNGLASS_ATTACHER_H
#define RUNGLASS_ATTACHER_H

#include <stdbool.h>

#include "sensor.skel.h"

/*
 * Starts it, and waits until it has looked at what is there already; to be called while all privileges are there.
 * Returns the descriptor that attacher_tell() reads, or -1: then why is told as coverage.
 */
int attacher_start(struct sensor *sensor);

/* Emits coverage for what it says. False when it is gone, which is told too. */
bool attacher_tell(int fd);

/* Has it detach from all and end. */
void attacher_end(int fd);

#endif
