/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Paths: from what the kernel had to absolute ones. */
#ifndef RUNGLASS_PATHS_H
#define RUNGLASS_PATHS_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

/* Each part of a joined path has at most this many bytes. */
#define PATH_PART_MAX 4352

/*
 * Turns a walk (names from the leaf up, each ended by NUL) into a path; "/" for an empty one. Returns its length. What is
 * longer than `room` loses names at its front.
 */
size_t path_from_walk(const __u8 *walk, size_t length, char *path, size_t room);

/* Is one of its names ".."? */
bool path_has_up(const char *text, size_t length);

/* Is there a ".." behind a name? Above a name that is a link lies another folder than the one before it. */
bool path_goes_up(const char *text, size_t length);

/*
 * Joins `text` to the folder `base` and removes empty, "." and ".." names; a text that begins with a slash does not lead
 * above `base`. Returns the length written to `path`, which has
 * room for `room` bytes; what is longer loses names at its front, and `*cut` is set.
 */
size_t path_join(const char *base, size_t base_length, const char *text, size_t text_length, char *path, size_t room,
		 bool *cut);

#endif
