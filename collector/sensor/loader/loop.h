/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the sensor does once all is attached. */
#ifndef RUNGLASS_LOOP_H
#define RUNGLASS_LOOP_H

#include <linux/types.h>

#include "ring.h"
#include "shortfalls.h"

struct loop {
	struct ring core;
	struct ring file;
	int core_fd;
	int file_fd;
	volatile __u32 *wanted_wake; /* shared with the programs; enum wake */
	int attacher;                /* -1: there is none */
	int warden;                  /* likewise */
	volatile __u32 *tls_ended;   /* shared with the programs */
	struct shortfalls shortfalls;
	int end_fd;                  /* readable once the sensor is told to end */
	int epoll_fd;
};

/* From here on SIGTERM and SIGHUP do not kill, but end loop_run(). */
void loop_catch_end(struct loop *loop);

/* All that loop_run() needs and that an unprivileged process may not have. */
void loop_prepare(struct loop *loop);

/* Carries records until the sensor is told to end, or its reader is gone; returns the exit code. */
int loop_run(struct loop *loop);

#endif
