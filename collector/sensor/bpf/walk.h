/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Paths out of kernel structures, into the data of the scratch. */
#ifndef RUNGLASS_WALK_H
#define RUNGLASS_WALK_H

#include "shared.h"

#define MAX_COMPONENTS 200
#define NAME_ROOM 256

/* Set in the result of walk() when the path is not whole. */
#define WALK_CUT 0x40000000
#define WALK_DETACHED 0x20000000
#define WALK_END 0x00ffffff

/* A kernel `struct path`, as plain numbers: a global function takes no kernel pointers. */
struct place {
	__u64 mnt;
	__u64 dentry;
};

/* The fields of a dentry that say what it names, as they lie in every kernel so far. */
struct naming {
	__u64 parent;
	__u64 hash_len;
	__u64 name;
	__u64 inode;
};

/* Each call to read memory costs more than what it reads, so these come together. */
static __always_inline void read_naming(struct naming *naming, __u64 address)
{
	struct dentry *dentry = (struct dentry *)address;

	if (bpf_core_field_offset(struct dentry, d_name) == bpf_core_field_offset(struct dentry, d_parent) + 8 &&
	    bpf_core_field_offset(struct dentry, d_inode) == bpf_core_field_offset(struct dentry, d_parent) + 24) {
		bpf_probe_read_kernel(naming, sizeof(*naming), (void *)(address + bpf_core_field_offset(struct dentry, d_parent)));
		return;
	}
	naming->parent = (__u64)BPF_CORE_READ(dentry, d_parent);
	naming->hash_len = BPF_CORE_READ(dentry, d_name.hash_len);
	naming->name = (__u64)BPF_CORE_READ(dentry, d_name.name);
	naming->inode = (__u64)BPF_CORE_READ(dentry, d_inode);
}

/*
 * Writes the names from `place` up to the root of the mount namespace, leaf
 * first, each with its NUL, at `offset` of the scratch data. Returns the offset
 * behind them, with WALK_CUT when the path is too long, and WALK_DETACHED when
 * it ends in a tree that is mounted nowhere. bpf_d_path() is not allowed in
 * these programs.
 */
__u32 walk(const struct place *place, __u32 offset);

/* Writes only the name of the place itself, as walk() does; returns the offset behind it. */
__u32 last_name(const struct place *place, __u32 offset);

/*
 * The number of the folders above a place: it changes when one of them gets another name, or another folder its place in
 * memory. walk() leaves the same in the scratch.
 */
__u64 chain_of(const struct place *place);

/*
 * Copies the text that the process typed at `address`; returns the offset behind its last character, with WALK_CUT when
 * it cannot be read: the process has taken it away since.
 */
__u32 copy_text(__u64 address, __u32 offset);

/* The same for text in the kernel's memory. */
__u32 copy_kernel_text(__u64 address, __u32 offset);

#endif
