/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The system calls that carrying records takes; all others fail from then on. */
#ifndef RUNGLASS_SYSTEM_CALLS_H
#define RUNGLASS_SYSTEM_CALLS_H

#include <stdbool.h>

/* These return false with errno when the kernel has no seccomp filters. */
bool limit_system_calls(void);

/* For the attacher: what finding files and attaching to them takes. */
bool limit_attacher(void);

/* For the warden: what asking what is attached, attaching and pinning it again takes. */
bool limit_warden(void);

/* For the cutter: what ending connections takes, and going into the network namespace of another process. */
bool limit_cutter(void);

/* For the reader: it maps files that it is handed, and answers. */
bool limit_reader(void);

#endif
