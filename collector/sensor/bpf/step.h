/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the environment of a workflow step's process says of the step. */
#ifndef RUNGLASS_STEP_H
#define RUNGLASS_STEP_H

#include "shared.h"

/*
 * Emits a record of the step where the current task, which has just got a new image, is a direct child of a process whose
 * executable is named Runner.Worker. No other environment is ever read. Uses the scratch.
 */
int tell_step(void);

#endif
