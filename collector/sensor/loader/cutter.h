/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The cutter: a process beside the sensor that ends the TCP connections which
 * the guard has refused packets of, so that nobody waits for them. A connection
 * can only be ended from inside of the network namespace that it is in, so it
 * goes into that of the process that has made it, by the kernel's own handle of
 * that process: it opens no file, and reads nothing of anybody's.
 */
#ifndef RUNGLASS_CUTTER_H
#define RUNGLASS_CUTTER_H

#include "../frame.h"

/*
 * Starts it, to be called while all privileges are there; does nothing where no policy is enforced. Where it cannot be, a
 * coverage frame says so: what is refused stays refused.
 */
void cutter_start(void);

/* Has it end the connection that a refusal is about. */
void cutter_cut(const struct rg_denied *denied);

#endif
