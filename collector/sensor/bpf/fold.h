/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Counting equal operations instead of telling each: see struct fold_slot. */
#ifndef RUNGLASS_FOLD_H
#define RUNGLASS_FOLD_H

#include "walk.h"
#include "watch.h"

/* The sets of each CPU, one CPU after the other; the number is set by the loader. */
struct folds_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, FOLD_SETS);
	__type(key, __u32);
	__type(value, struct fold_set);
};
extern struct folds_map folds SEC(".maps");

/* Goes up whenever a folder may have got another path: then it must be seen whether it was one above the file. */
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
	key->op = op;
	key->pad = 0;
}

static __always_inline __u32 fold_set_of(const struct fold_key *key)
{
	__u64 mixed = (key->dentry ^ key->start ^ ((__u64)key->op << 56)) * 0x9e3779b97f4a7c15ULL;

	return bpf_get_smp_processor_id() * FOLD_SETS + (mixed >> (64 - FOLD_SET_BITS));
}

static __always_inline bool same_key(const struct fold_key *a, const struct fold_key *b)
{
	return a->dentry == b->dentry && a->mnt == b->mnt && a->parent == b->parent && a->hash_len == b->hash_len &&
	       a->inode == b->inode && a->start == b->start && a->pid == b->pid && a->op == b->op;
}

/* Do the folders of the slot's file have the names that were told? */
static __always_inline bool same_folders(struct fold_slot *slot, const struct place *place)
{
	__u64 now = moves;

	if (slot->moves == now)
		return true;
	if (slot->chain != chain_of(place))
		return false;
	slot->moves = now;
	return true;
}

/* The slot of the key, or the one to give to it: that of the file that was quiet the longest. `*hit`: which of both. */
static __always_inline struct fold_slot *fold_find(const struct fold_key *key, const struct place *place, __u32 *index,
						   bool *hit)
{
	__u32 set_index = fold_set_of(key);
	struct fold_set *set = bpf_map_lookup_elem(&folds, &set_index);
	struct fold_slot *quietest;
	__u32 way = 0;

	*hit = false;
	if (!set)
		return 0;
	quietest = &set->way[0];
	for (int i = 0; i < FOLD_WAYS; i++) {
		struct fold_slot *slot = &set->way[i];

		if (same_key(&slot->key, key)) {
			*hit = same_folders(slot, place);
			*index = set_index * FOLD_WAYS + i;
			return slot;
		}
		if (slot->last < quietest->last) {
			quietest = slot;
			way = i;
		}
	}
	*index = set_index * FOLD_WAYS + way;
	return quietest;
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

/* Gives the slot to another file, before its walk; returns the new sequence number. */
static __always_inline __u32 fold_begin(struct fold_slot *slot, __u32 index, const struct fold_key *key)
{
	__u64 next = ((slot->pending >> 32) + 1) << 32;
	__u64 old = __sync_lock_test_and_set(&slot->pending, next);

	if ((__u32)old)
		tell_pending(index, old);
	slot->key = *key;
	slot->moves = moves;
	slot->last = bpf_ktime_get_boot_ns();
	return next >> 32;
}

#endif
