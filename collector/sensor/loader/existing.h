/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Processes that were there before the sensor. */
#ifndef RUNGLASS_EXISTING_H
#define RUNGLASS_EXISTING_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "../bpf/record.h"

/* Marks process `pid` in the table of processes. */
void mark_process(struct pid_block *table, __u32 pid, __u8 flags);

/*
 * Reads the snapshot from iterator `fd`: marks what excluded processes have started, and emits RG_EXEC with RG_EXISTING
 * for every process that is watched. False with errno when the kernel gives none.
 */
bool tell_existing(int fd, struct pid_block *table, bool all);

/* The arguments of a process, each ended by NUL, as /proc has them; returns their length. */
size_t read_arguments(__u32 pid, char *to, size_t room);

/* What the link /proc/PID/NAME points to; returns its length. */
size_t read_link(__u32 pid, const char *name, char *to, size_t room);

#endif
