/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Opens the files that processes run code of. For the attacher's process only. */
#ifndef RUNGLASS_IMAGES_H
#define RUNGLASS_IMAGES_H

#include <stdbool.h>
#include <stddef.h>

#include "../bpf/record.h"

/* Calls `found` with each file that the record names, open for reading; it is closed behind that. False where there is none. */
bool image_open(const struct image_record *record, void (*found)(int file));

/* The path of the file that the record names, without asking who serves it: for `path`, of `room` bytes. False where there is none. */
bool image_path(const struct image_record *record, char *path, size_t room);

/* The same as image_open() with the libraries of this machine that most programs use, before any does. */
void images_usual(void (*found)(int file));

#endif
