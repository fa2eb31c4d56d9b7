/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the programs on packets share. They see every packet below the cgroup root, from its IP header on, and OBSERVE ONLY. */
#ifndef RUNGLASS_PACKET_H
#define RUNGLASS_PACKET_H

#include "flow.h"

#define PASS 1
#define ETH_P_IP 0x0800
#define ETH_P_IPV6 0x86DD
#define DNS_PORT 53

#endif
