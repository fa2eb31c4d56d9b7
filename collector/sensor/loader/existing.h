/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Processes that were there before the sensor. */
#ifndef RUNGLASS_EXISTING_H
#define RUNGLASS_EXISTING_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "../bpf/record.h"

/* Are our process ids those of the kernel's programs? Not so in a container with a PID namespace of its own. */
bool host_process_ids(void);

/* Marks process `pid` in the table of processes. */
void mark_process(struct pid_block *table, __u32 pid, __u8 flags);

/*
 * Reads the snapshot from iterator `fd`: marks what excluded processes have started, and emits RG_EXEC with RG_EXISTING
 * for every process that is watched. False with errno when the kernel gives none.
 */
bool tell_existing(int fd, struct pid_block *table, bool all);

/*
 * What /proc/PID/FILE says, as its arguments (cmdline) or environment (environ), each ended by NUL; returns its length.
 * This and the next give nothing where our process ids are not the host's: what /proc has under the number is another
 * process.
 */
size_t read_text(__u32 pid, const char *file, char *to, size_t room);

/* What the link /proc/PID/NAME points to; returns its length. */
size_t read_link(__u32 pid, const char *name, char *to, size_t room);

#endif
