/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Probes in a file by their places in it, many at once (uprobe.multi, Linux 6.6): newer than the libbpf that we build with. */
#ifndef RUNGLASS_UPROBE_MULTI_H
#define RUNGLASS_UPROBE_MULTI_H

#include <linux/types.h>
#include <stdbool.h>

/* The attach type that the program must be loaded for. */
#define UPROBE_MULTI 48

/* Attaches `program` at `count` offsets of the file, or where what is there returns; a descriptor, or -1 with errno. */
int uprobe_multi_attach(int program, const char *path, const __u64 *offsets, const __u64 *cookies, __u32 count, bool returns);

/* Whether this kernel has it; attaches to nothing. */
bool uprobe_multi_is_there(int program);

#endif
