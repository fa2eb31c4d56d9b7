/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Pins of the guard's links: names in a private folder of the BPF file system.
 * As long as a link has one, its program stays attached, whoever has died.
 */
#ifndef RUNGLASS_PINS_H
#define RUNGLASS_PINS_H

#include <stdbool.h>

/* Whether this machine has the file system for them, mounted or not. False with errno. */
bool pins_possible(void);

/* Makes the folder `name` below /sys/fs/bpf, and mounts that where it is not. False with errno where it cannot be. */
bool pins_open(const char *name);

/* Gives a link a name in it, again where it had one. False with errno. */
bool pins_put(int link, const char *name);

/* Whether it is still there. */
bool pins_has(const char *name);

#endif
