/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What can be said of a policy's networks before any packet is judged by them. */
#ifndef RUNGLASS_GUARD_NETWORKS_H
#define RUNGLASS_GUARD_NETWORKS_H

#include <stdbool.h>

#include "../bpf/guardPolicy.h"

/* Which combination of protocol and port this one has: an enum guard_network_kind. */
__u32 kind_of(const struct guard_network_key *key);

/* Does one of them open all of loopback, whatever protocol and port? `family`: 4 or 6. */
bool opens_loopback(const struct guard_policy_network *networks, __u32 count, __u8 family);

#endif
