/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Records of the kernel into frames of the output. */
#ifndef RUNGLASS_FRAMES_H
#define RUNGLASS_FRAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "../bpf/record.h"

/* Puts one record of either ring into the output. */
void frame_record(const void *record);

/* A process that was there before, as the snapshot and /proc tell of it. */
void frame_existing(const struct task_record *task);

/* A frame of a file once more, for `count` equal operations, the last at `time` (ns of CLOCK_BOOTTIME). */
void frame_again(const struct rg_file *frame, __u32 count, __u64 time);

/* Pads the frame that was reserved, and puts it into the output; `size` is without its padding. */
void frame_commit(struct rg_header *h, size_t size);

void frame_hello(void);
void frame_coverage(const char *hook, enum rg_state state, const char *reason);
/* The same of one library or program, by its path. */
void frame_coverage_of(const char *hook, const char *target, enum rg_state state, const char *reason);
void frame_enforcement(bool armed, const char *reason);
void frame_ready(void);
/* False when even this finds no room: say it again later. */
bool frame_loss(enum rg_ring ring, __u64 lost);
void frame_bye(__u64 seen, __u64 lost, __u64 filtered);

#endif
