/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The warden: a process beside the sensor that looks after the guard. Once a
 * second it asks the kernel whether the guard's programs are still attached and
 * pinned, puts back what somebody has taken away, and renews the lease that they
 * go by. When it is gone, or the sensor, the other one locks the guard, and the
 * lease does where both are.
 */
#ifndef RUNGLASS_WARDEN_H
#define RUNGLASS_WARDEN_H

#include <stdbool.h>

#include "options.h"

/*
 * Starts it, to be called while all privileges are there, behind guard_arm(). Returns the descriptor that warden_tell()
 * reads, or -1 where there is no guard. Ends the program with code 3 where it cannot be started.
 */
int warden_start(const struct options *options);

/* Emits enforcement frames for what it says. False when it is gone, which is told too, and locks the guard. */
bool warden_tell(int fd);

#endif
