/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Requests to io_uring that have come and not ended yet, by their number. */
#ifndef RUNGLASS_REQUESTS_H
#define RUNGLASS_REQUESTS_H

#include "../bpf/record.h"

/* Keeps a copy of the record. With too many at a time the newest is forgotten, and its operation will count as lost. */
void requests_keep(const struct file_record *record);

/* Takes the record out, for the caller to free; NULL when it is not there. */
struct file_record *requests_take(__u64 request);

#endif
