/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Giving up what is not needed once all is attached. */
#ifndef RUNGLASS_PRIVILEGES_H
#define RUNGLASS_PRIVILEGES_H

#include <stdbool.h>
#include <stddef.h>

/* Ends the program with code 3 and one message when it lacks what attaching to the kernel takes. */
void need_privileges(void);

/*
 * Lets the sensor run before what it watches: a storm on all CPUs must not keep it from emptying its rings, nor a greedy
 * neighbour have it killed when memory is short. It is no harm where this is refused.
 */
void take_precedence(void);

/*
 * Becomes nobody with no capabilities but those that finding files of processes and attaching to them take. False with
 * errno when that fails.
 */
bool keep_attaching_capabilities(void);

/*
 * Keeps only the capabilities that looking after the guard takes; stays root, so that no process of nobody may end it.
 * False with errno when that fails.
 */
bool keep_guarding_capabilities(void);

/* The same for what ending connections takes, in whichever network namespace they are. */
bool keep_cutting_capabilities(void);

/*
 * Closes what was inherited, but for these descriptors (-1: none): rings, hooks and pipes would be held for nothing. False
 * with errno when that fails.
 */
bool close_all_but(const int *kept, size_t count);

/* Gives up all capabilities. False with errno when that fails. */
bool drop_capabilities(void);

/* Becomes nobody without capabilities, for good. Ends the program with code 3 when that fails: it never goes on as root. */
void drop_privileges(void);

#endif
