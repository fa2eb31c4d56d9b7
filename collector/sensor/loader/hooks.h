/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The hooks: which this kernel has, loading the programs, attaching them. */
#ifndef RUNGLASS_HOOKS_H
#define RUNGLASS_HOOKS_H

#include <stdbool.h>

#include "../frame.h"
#include "options.h"
#include "sensor.skel.h"

/*
 * Loads all programs that this kernel takes, with rings and settings after `options`. Ends the program with code 3 and
 * one message when one that is required is refused.
 */
struct sensor *hooks_load(const struct options *options);

/* Attaches them; the process hooks come first. Ends the program as hooks_load() does. */
void hooks_attach(struct sensor *sensor);

/* Ends all events. */
void hooks_detach(void);

/*
 * Asks the kernel whether the programs are still attached, as root can cut their links to cgroups; says and tells of each that
 * is not, once. Returns whether all are.
 */
bool hooks_whole(void (*tell)(const char *hook, enum rg_state state, const char *reason));

/* A descriptor to read the snapshot of processes from, or -1. */
int hooks_snapshot(void);

/* Whether this hook is there and attached, or can be. */
bool hooks_on(const char *hook);

/* Calls `tell` for every hook with what became of it. */
void hooks_report(void (*tell)(const char *hook, enum rg_state state, const char *reason));

#endif
