/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Operations that were counted in fold slots instead of being told one by one:
 * the frame of the first is kept, and told again with the count of the others.
 */
#ifndef RUNGLASS_FOLDS_H
#define RUNGLASS_FOLDS_H

#include <linux/types.h>
#include <stdbool.h>

#include "../bpf/record.h"

/*
 * The CPUs that have slots. Many a virtual machine could have hundreds of CPUs and has four; those that come later tell
 * each operation by itself.
 */
int fold_cpus(void);

/* Maps the slots of map `fd`, FOLD_SLOTS for each of fold_cpus(). */
bool folds_map(int fd);

/* Keeps `frame`, the first of its kind: what is counted in slot `slot` under `sequence` is told as it was. */
void folds_keep(__u32 slot, __u32 sequence, const struct rg_file *frame);

/* Tells what the kernel has taken out of a slot. */
void folds_tell(const struct fold_record *record);

/* Tells all that is pending of one process, and forgets its frames when it has `ended`. */
void folds_flush_process(__u32 pid, __u64 start, bool ended);

/* Tells all that is pending; returns with how many frames. */
unsigned int folds_flush(void);

/* The same, unless nothing was folded since the last time. */
unsigned int folds_sweep(void);

#endif
