/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The guard: reading the egress policy, filling its maps, attaching its programs. Only where a policy is handed over. */
#ifndef RUNGLASS_LOADER_GUARD_H
#define RUNGLASS_LOADER_GUARD_H

#include <stdbool.h>
#include <stddef.h>

#include "../frame.h"
#include "options.h"
#include "sensor.skel.h"

/* What every message of a guard that cannot be armed begins with: the collector knows it by that. */
#define CANNOT_ENFORCE "cannot enforce the egress policy: "

/* Reads the policy from `options->policy_fd`, where there is one. Ends the program with code 2 when it is none. */
void guard_read(const struct options *options);

/* Whether a policy was read. */
bool guard_wanted(void);

/* Sizes the guard's maps before they are made, and says whether its programs are to be loaded. */
void guard_prepare(struct sensor *sensor, bool load);

/* Tells whether this kernel loads the guard's programs, and could keep them; attaches nothing. */
void guard_try(void (*tell)(const char *hook, enum rg_state state, const char *reason));

/* Fills the maps and attaches the programs. Ends the program with code 3 where that is not possible. */
void guard_arm(struct sensor *sensor, const struct options *options);

enum guard_health {
	GUARD_WELL,
	GUARD_MENDED, /* something was gone, or is new, and all is attached again */
	GUARD_LOST,   /* a program is gone, and the kernel does not attach it again */
};

/* Asks the kernel whether all is attached and pinned, and mends what is not; `change` says what there was to say. */
enum guard_health guard_check(char *change, size_t room);

/* Stops the processes of the cgroup, where it is not the whole machine. */
void guard_freeze(void);

/* In a child: closes all descriptors but those of the guard, and `socket`. */
bool guard_keep_only(int socket);

/* The guard was looked after: the programs go by the policy for another while. */
void guard_renew(void);

/* From now on nothing passes but what stays on the machine. */
void guard_lock(void);

#endif
