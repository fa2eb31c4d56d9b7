// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "guardNetworks.h"

#include <string.h>

__u32 kind_of(const struct guard_network_key *key)
{
	if (key->protocol == GUARD_ANY_PROTOCOL)
		return key->port == GUARD_ANY_PORT ? GUARD_NEITHER : GUARD_PORT_ONLY;
	return key->port == GUARD_ANY_PORT ? GUARD_PROTOCOL_ONLY : GUARD_PORT_AND_PROTOCOL;
}

/* Are all addresses that have the first `bits` of `address` in the network of this key? */
static bool covers(const struct guard_network_key *key, const __u8 *address, __u32 bits)
{
	__u32 prefix = key->prefix - GUARD_NETWORK_HEAD, whole = prefix / 8, rest = prefix % 8;

	if (key->prefix < GUARD_NETWORK_HEAD || prefix > bits || memcmp(key->address, address, whole))
		return false;
	return !rest || (key->address[whole] ^ address[whole]) >> (8 - rest) == 0;
}

bool opens_loopback(const struct guard_policy_network *networks, __u32 count, __u8 family)
{
	static const __u8 loopback4[16] = { 127 }, loopback6[16] = { [15] = 1 };
	const __u8 *address = family == 4 ? loopback4 : loopback6;
	__u32 bits = family == 4 ? 8 : 128;

	for (__u32 i = 0; i < count; i++) {
		const struct guard_network_key *key = &networks[i].key;

		if (key->family == family && kind_of(key) == GUARD_NEITHER && covers(key, address, bits))
			return true;
	}
	return false;
}
