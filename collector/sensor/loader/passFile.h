/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Hands an open file to another process. */
#ifndef RUNGLASS_PASS_FILE_H
#define RUNGLASS_PASS_FILE_H

#include <stdbool.h>
#include <stddef.h>

bool send_file(int socket, int file, size_t size);

/* The descriptor, or -1 when there will be no more. */
int receive_file(int socket, size_t *size);

#endif
