/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Links of probes to files. The worker makes them, and can be killed at any time; so the attacher holds them. Each has a
 * number, by which the worker gives it up.
 */
#ifndef RUNGLASS_HELD_LINKS_H
#define RUNGLASS_HELD_LINKS_H

#include <stdbool.h>

/* In the worker: over `socket`, links are handed over. */
void links_open(int socket);

/* Hands the link over and closes it here; its number, or -1 with errno. */
int link_hand_over(int link);

void link_give_up(int number);

/* In the attacher: takes one message. False when the worker is gone. */
bool links_take(int socket);

void links_close(void);

#endif
