/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Hands the names of --reads to the programs. */
#ifndef RUNGLASS_SECRETS_H
#define RUNGLASS_SECRETS_H

#include "../bpf/record.h"

/*
 * `list`: patterns, each ended by a line feed: "NAME", "BEGINS*", "*ENDS", "FOLDER/" or "FOLDER/NAME". Of BEGINS and ENDS
 * four bytes are looked at. Ends the program with code 2 where one is none of these. Sets the bits of enum
 * secret_table; to be
 * called before the programs are loaded.
 */
void secrets_read(const char *list, __u32 *bits);

/* Fills map `fd` with what was read. */
void secrets_fill(int fd);

#endif
