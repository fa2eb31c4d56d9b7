/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is told of the environment of a step's process: a fixed list of variables, and nothing else. */
#ifndef RUNGLASS_STEP_LOADER_H
#define RUNGLASS_STEP_LOADER_H

#include <stdbool.h>

#include "../bpf/record.h"

/* Puts the step that the kernel has told of into the output. */
void frame_step(const struct step_record *record);

/*
 * Puts the step of a process that was there before into the output, where it is a direct child of Runner.Worker and its
 * environment has GITHUB_ACTION. The environment is read from /proc, as the process may have changed it.
 */
void frame_existing_step(const struct task_record *task);

#endif
