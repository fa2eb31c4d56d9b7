/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Counting equal operations instead of telling each: see struct fold_slot. */
#ifndef RUNGLASS_FOLD_H
#define RUNGLASS_FOLD_H

#include "walk.h"
#include "watch.h"

/* One slot array per CPU, one after the other; the number is set by the loader. */
struct folds_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, FOLD_SLOTS);
	__type(key, __u32);
	__type(value, struct fold_slot);
};
extern struct folds_map folds SEC(".maps");

/* Goes up whenever a folder may have got another path: then what is remembered of files is no longer theirs. */
extern volatile __u32 moves;

static __always_inline void fold_key(struct fold_key *key, struct task_struct *task, const struct place *place, __u16 op)
{
	struct naming naming;
	struct inode *inode;

	read_naming(&naming, place->dentry);
	inode = (struct inode *)naming.inode;
	key->mnt = place->mnt;
	key->dentry = place->dentry;
	key->parent = naming.parent;
	key->hash_len = naming.hash_len;
	key->inode = BPF_CORE_READ(inode, i_ino);
	key->start = task->group_leader->start_boottime;
	key->pid = task->tgid;
	key->moves = moves;
	key->op = op;
	key->pad[0] = key->pad[1] = key->pad[2] = 0;
}

static __always_inline __u32 fold_index(const struct fold_key *key)
{
	__u64 mixed = (key->dentry ^ key->start ^ ((__u64)key->op << 56)) * 0x9e3779b97f4a7c15ULL;

	return bpf_get_smp_processor_id() * FOLD_SLOTS + (mixed >> (64 - FOLD_BITS));
}

static __always_inline bool same_key(const struct fold_key *a, const struct fold_key *b)
{
	return a->dentry == b->dentry && a->mnt == b->mnt && a->parent == b->parent && a->hash_len == b->hash_len &&
	       a->inode == b->inode && a->start == b->start && a->pid == b->pid && a->moves == b->moves && a->op == b->op;
}

/* A loader that sleeps would find what is counted only much later. */
static __always_inline void nudge(void)
{
	struct rg_header h = { .size = sizeof(h), .type = RECORD_NUDGE };

	if (wanted_wake != WAKE_ANY)
		return;
	h.time = bpf_ktime_get_boot_ns();
	bpf_ringbuf_output(&file_ring, &h, sizeof(h), wake_flags(&file_ring));
}

static __always_inline void fold_into(struct fold_slot *slot)
{
	struct cpu_counters *row = counters_here();

	slot->last = bpf_ktime_get_boot_ns();
	__sync_fetch_and_add(&slot->pending, 1);
	if (row) {
		__sync_fetch_and_add(&row->kind[KIND_FILE].seen, 1);
		__sync_fetch_and_add(&row->kind[KIND_FILE].sent, 1);
		__sync_fetch_and_add(&row->folded, 1);
	}
	nudge();
}

/* Tells what is pending in a slot that is needed for another file. It was counted as sent, and may now find no room. */
static __always_inline void tell_pending(__u32 slot, __u64 pending)
{
	struct fold_record r = {};
	struct kind_counters *c;

	r.h.size = sizeof(r);
	r.h.type = RECORD_FOLD;
	r.h.time = bpf_ktime_get_boot_ns();
	r.slot = slot;
	r.sequence = pending >> 32;
	r.count = (__u32)pending;
	if (!bpf_ringbuf_output(&file_ring, &r, sizeof(r), wake_flags(&file_ring)))
		return;
	c = counters_of(KIND_FILE);
	if (c) {
		__sync_fetch_and_add(&c->sent, -(__u64)r.count);
		__sync_fetch_and_add(&c->dropped, r.count);
	}
}

/* Gives the slot to another file; returns the new sequence number. */
static __always_inline __u32 fold_begin(struct fold_slot *slot, __u32 index, const struct fold_key *key)
{
	__u64 next = ((slot->pending >> 32) + 1) << 32;
	__u64 old = __sync_lock_test_and_set(&slot->pending, next);

	if ((__u32)old)
		tell_pending(index, old);
	slot->key = *key;
	return next >> 32;
}

#endif
