/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the programs have counted, added up over the CPUs. */
#ifndef RUNGLASS_COUNTERS_H
#define RUNGLASS_COUNTERS_H

#include <stdbool.h>

#include "../bpf/record.h"

/* Maps the rows of map `fd`, one per CPU: reading them later takes no system call and no privilege. */
bool counters_map(int fd, int cpus);

/* Operations that were counted in fold slots. */
__u64 counters_folded(void);

/* Emits an RG_LOSS for each place where more was lost since the last call. */
void counters_tell_loss(void);

/* Emits RG_BYE. */
void counters_tell_bye(void);

#endif
