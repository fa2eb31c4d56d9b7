/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Files that watched processes run code of, each told to the attacher once: it looks for TLS libraries among them. */
#ifndef RUNGLASS_IMAGE_H
#define RUNGLASS_IMAGE_H

#include "watch.h"

#define PROT_EXEC 4
#define FUSE_MAGIC 0x65735546

struct images_map {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, IMAGES_RING);
};
extern struct images_map images SEC(".maps");

struct images_seen_map {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, struct image_key);
	__type(value, __u8);
};
extern struct images_seen_map images_seen SEC(".maps");

static __always_inline void send_image(struct image_record *r)
{
	if (!bpf_ringbuf_output(&images, r, sizeof(*r), 0))
		return;
	__sync_fetch_and_add(&images_lost, 1);
	/* The next process that runs it shall tell it. */
	bpf_map_delete_elem(&images_seen, &r->key);
}

/* `begin`..`end`: where it is mapped; 0 and 0 for the program of the process. */
static __always_inline void tell_image(struct task_struct *task, struct file *file, __u64 begin, __u64 end)
{
	struct image_record r = { .begin = begin, .end = end, .pid = task->tgid };
	struct inode *inode;
	__u8 seen = 1;

	if (!file)
		return;
	inode = BPF_CORE_READ(file, f_inode);
	r.key.super_block = (__u64)BPF_CORE_READ(inode, i_sb);
	r.key.number = BPF_CORE_READ(inode, i_ino);
	r.key.size = BPF_CORE_READ(inode, i_size);
	r.key.generation = BPF_CORE_READ(inode, i_generation);
	if (bpf_map_update_elem(&images_seen, &r.key, &seen, BPF_NOEXIST))
		return;
	/* Whoever serves such a file system could let the attacher wait for ever. */
	r.served = BPF_CORE_READ(inode, i_sb, s_magic) == FUSE_MAGIC;
	send_image(&r);
}

/* All that a process has mapped, when it comes to be watched late. */
static __always_inline void tell_images(struct task_struct *task)
{
	struct image_record r = { .begin = IMAGES_ALL, .pid = task->tgid };

	send_image(&r);
}

#endif
