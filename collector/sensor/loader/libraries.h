/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* TLS libraries: finding out whether a file is one, and attaching to it. For the worker of the attacher only. */
#ifndef RUNGLASS_LIBRARIES_H
#define RUNGLASS_LIBRARIES_H

#include "../bpf/record.h"

/*
 * `program`: that of the probes. `tell` is called for each library, with its path and what became of it; `forget` for one
 * that shall be told again should anybody still run it.
 */
void libraries_open(int program, void (*tell)(const char *path, enum rg_state state, const char *reason),
		    void (*forget)(const struct image_key *key));

/* Whose file the next that is found is; NULL: nobody's. */
void library_finder(const struct image_record *finder);

/* Looks at the file that `file` is open on, and attaches to it if it is a library that can be attached to. */
void library_found(int file);

#endif
