/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The system calls that carrying records takes; all others fail from then on. */
#ifndef RUNGLASS_SYSTEM_CALLS_H
#define RUNGLASS_SYSTEM_CALLS_H

#include <stdbool.h>

/* False with errno when the kernel has no seccomp filters. */
bool limit_system_calls(void);

#endif
