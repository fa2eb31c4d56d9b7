/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Since 6.11 a function of x86-64 with a probe at its return makes a system call
 * of its own there (uretprobe). Until 6.14, and in stable kernels without that
 * change, seccomp filters refuse it as any call that they do not know, which
 * ends the program: most in containers run under such a filter.
 */
#ifndef RUNGLASS_RETURN_PROBES_H
#define RUNGLASS_RETURN_PROBES_H

#include <stdbool.h>

/* Can there be probes at returns on this kernel without harm to programs under a seccomp filter? */
bool return_probes_are_safe(void);

#endif
