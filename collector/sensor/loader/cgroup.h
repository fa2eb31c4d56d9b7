/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The cgroup v2 tree of this machine. */
#ifndef RUNGLASS_CGROUP_H
#define RUNGLASS_CGROUP_H

#include <linux/types.h>

/* Opens the root of the cgroup v2 tree, wherever it is mounted; -1 when it is not. */
int open_cgroup_root(void);

/* The kernel's id of the cgroup at `path`. Ends the program with one message when it is none. */
__u64 cgroup_id_of(const char *path);

#endif
