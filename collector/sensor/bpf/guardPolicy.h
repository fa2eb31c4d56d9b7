/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The egress policy as the kernel reads it: the keys and values of the guard's
 * maps, and the form in which the collector hands it over (collector/policy/
 * kernelPolicy.ts writes that). All numbers are little endian but for ports
 * and addresses in the keys of networks, which are as on the wire: a prefix of
 * them is compared.
 */
#ifndef RUNGLASS_GUARD_POLICY_H
#define RUNGLASS_GUARD_POLICY_H

#include <linux/types.h>

#define GUARD_ANY_PROTOCOL 0
#define GUARD_ANY_PORT 0
#define GUARD_NO_RULE 0xffffffffu

/* Networks: the family, protocol and port stand in front of the address, so that one trie answers for all of them. */
struct guard_network_key {
	__u32 prefix; /* GUARD_NETWORK_HEAD and the bits of the network */
	__u8 family;  /* 4 or 6 */
	__u8 protocol; /* IPPROTO_TCP, IPPROTO_UDP or GUARD_ANY_PROTOCOL */
	__u16 port;   /* in network byte order, or GUARD_ANY_PORT */
	__u8 address[16]; /* IPv4 in the first 4 bytes */
};
#define GUARD_NETWORK_HEAD 32

/* Which combinations of protocol and port any network of the policy has: so many look-ups a question needs. */
enum guard_network_kind {
	GUARD_PORT_AND_PROTOCOL = 1,
	GUARD_PROTOCOL_ONLY = 2,
	GUARD_PORT_ONLY = 4,
	GUARD_NEITHER = 8,
};

/* Where what a name opens stands in the table of ports: `count` entries from `first` on. */
struct guard_span {
	__u32 first;
	__u32 count; /* 1..GUARD_SPAN_PORTS */
};
#define GUARD_SPAN_PORTS 64

struct guard_port {
	__u16 port;    /* in host byte order, or GUARD_ANY_PORT */
	__u8 protocol; /* or GUARD_ANY_PROTOCOL */
	__u8 pad;
	__u32 rule;    /* its number in the policy, as RG_DENIED says it */
};

/*
 * Names: lower case, without a final dot, from the last letter to the first. One that is meant exactly ends in NUL; of
 * one that stands for all below it, the last byte is the dot in front of it. What is asked for is such a name with its
 * NUL, so the longest prefix is the narrowest rule; its span has what the wider rules open too.
 */
#define GUARD_NAME_CAP 252
struct guard_name_key {
	__u32 prefix; /* in bits */
	__u8 reversed[GUARD_NAME_CAP];
};

/* The most that a policy may have. */
#define GUARD_MOST_NETWORKS 262144
#define GUARD_MOST_NAMES 65536
#define GUARD_MOST_PORTS 1048576

/* What is handed over: the head, then networks, names, ports. */
#define GUARD_MAGIC 0x31504752u /* "RGP1" */
struct guard_policy_head {
	__u32 magic;
	__u32 networks;
	__u32 names;
	__u32 ports;
};
struct guard_policy_network {
	struct guard_network_key key;
	__u32 rule;
};
struct guard_policy_name {
	struct guard_name_key key;
	struct guard_span span;
};

/* What names have been answered with: the guard opens an address for what its names open. */
#define GUARD_SPANS 8
struct guard_address {
	__u8 bytes[16]; /* IPv4 in the first 4 */
	__u32 family;
};
struct guard_learned {
	__u64 until; /* ns of CLOCK_BOOTTIME */
	struct guard_span span[GUARD_SPANS]; /* `count` 0: free */
};
#define GUARD_MOST_LEARNED 65536
#define GUARD_MOST_ASKED 16384 /* questions to DNS that wait for an answer */

/* What the guard does; set by the loader in the memory that it shares with the programs. */
enum guard_mode {
	GUARD_LOCKED, /* nothing passes but what the policy allows on the machine itself */
	GUARD_BY_POLICY,
};

#endif
