/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which files are reported, and the record of an operation on one. */
#ifndef RUNGLASS_FILE_H
#define RUNGLASS_FILE_H

#include "fold.h"

#define O_ACCMODE 3
#define O_CREAT 0100
#define O_TRUNC 01000

#define S_IFMT 0170000
#define S_IFBLK 0060000
#define S_IFCHR 0020000
#define S_IFDIR 0040000
#define S_IFREG 0100000

#define PROC_MAGIC 0x9fa0
#define SYSFS_MAGIC 0x62656572
#define CGROUP_MAGIC 0x27e0eb
#define CGROUP2_MAGIC 0x63677270
#define DEBUGFS_MAGIC 0x64626720
#define TRACEFS_MAGIC 0x74726163

#define MAJOR(dev) ((dev) >> 20)
#define MINOR(dev) ((dev) & 0xfffff)

/* Devices that keep nothing of what is written: null, zero, full, random, urandom, and terminals. */
static __always_inline bool boring_device(__u32 dev)
{
	__u32 major = MAJOR(dev), minor = MINOR(dev);

	if (major == 1)
		return minor == 3 || minor == 5 || minor == 7 || minor == 8 || minor == 9;
	return major == 4 || major == 5 || (major >= 136 && major <= 143);
}

/* Pipes and sockets are no files; what the kernel shows as files below /proc and /sys is none either. */
static __always_inline bool reported(struct file *file)
{
	struct inode *inode = BPF_CORE_READ(file, f_inode);
	__u32 type = BPF_CORE_READ(inode, i_mode) & S_IFMT;
	__u64 magic;

	if (type == S_IFCHR)
		return !boring_device(BPF_CORE_READ(inode, i_rdev));
	if (type != S_IFREG && type != S_IFDIR && type != S_IFBLK)
		return false;
	magic = BPF_CORE_READ(inode, i_sb, s_magic);
	return magic != PROC_MAGIC && magic != SYSFS_MAGIC && magic != CGROUP_MAGIC && magic != CGROUP2_MAGIC &&
	       magic != DEBUGFS_MAGIC && magic != TRACEFS_MAGIC;
}

static __always_inline struct file *file_of(struct task_struct *task, int fd)
{
	struct fdtable *table = task->files->fdt;
	struct file *file = 0;

	if (fd < 0 || (__u32)fd >= table->max_fds)
		return 0;
	bpf_probe_read_kernel(&file, sizeof(file), table->fd + fd);
	return file;
}

static __always_inline void place_of(struct place *place, struct file *file)
{
	/* The two fields of a struct path, in their order. */
	bpf_core_read(place, sizeof(*place), &file->f_path);
}

static __always_inline struct file_record *begin_record(struct scratch *s, struct task_struct *task, __u16 op)
{
	struct file_record *r = &s->file;

	name_process(&r->h, task, RG_FILE);
	r->count = 1;
	r->op = op;
	r->style = 0;
	r->request = 0;
	r->slot = 0;
	r->sequence = 0;
	r->base_len = 0;
	r->text_len = 0;
	r->from_base_len = 0;
	r->from_text_len = 0;
	return r;
}

/* Returns whether the record found no room. */
static __always_inline long emit_record(struct scratch *s, __u32 end)
{
	__u64 size = sizeof(s->head) + end;

	if (size > sizeof(*s))
		return 1;
	s->file.h.size = size;
	/* What only may happen is not counted: its completion is. */
	if (s->file.request)
		return bpf_ringbuf_output(&file_ring, s, size, wake_flags(&file_ring));
	return emit(&file_ring, KIND_FILE, s, size);
}

/* Writes the walk of `place` at `offset`; returns the offset behind it. */
static __always_inline __u32 put_walk(struct file_record *r, const struct place *place, __u32 offset, __u16 *length)
{
	__u32 end = walk(place, offset);

	if (end & WALK_CUT)
		r->h.flags |= RG_TRUNCATED | RG_RELATIVE;
	if (end & WALK_DETACHED)
		r->h.flags |= RG_RELATIVE;
	end &= WALK_END;
	*length = end - offset;
	return end;
}

/* Only what leaves names as they are is folded: the order of the others matters. */
static __always_inline void emit_file(struct task_struct *task, struct file *file, __u16 op)
{
	struct scratch *s = scratch();
	struct fold_slot *slot = 0;
	struct fold_key key;
	struct file_record *r;
	struct place place;
	__u32 index = 0, end;
	bool hit = false;

	if (!s)
		return;
	place_of(&place, file);
	if (op == RG_WRITE || op == RG_TRUNCATE || op == RG_CHMOD) {
		fold_key(&key, task, &place, op);
		slot = fold_find(&key, &place, &index, &hit);
		if (hit) {
			fold_into(slot);
			return;
		}
	}
	if (!reported(file)) {
		count_filtered(KIND_FILE);
		return;
	}
	r = begin_record(s, task, op);
	if (slot) {
		r->sequence = fold_begin(slot, index, &key);
		r->slot = index + 1;
	}
	end = put_walk(r, &place, 0, &r->base_len);
	if (slot)
		slot->chain = s->chain;
	if (emit_record(s, end) && slot)
		slot->key.dentry = 0;
}

/* The folder that the text at `offset` starts from: the root, the working folder, or the one that `dir` is open on. */
static __always_inline bool base_of(struct place *place, struct task_struct *task, int dir, __u8 first)
{
	struct file *file;

	if (first == '/') {
		place->mnt = (__u64)task->fs->root.mnt;
		place->dentry = (__u64)task->fs->root.dentry;
		return true;
	}
	if (dir == AT_FDCWD) {
		place->mnt = (__u64)task->fs->pwd.mnt;
		place->dentry = (__u64)task->fs->pwd.dentry;
		return true;
	}
	file = file_of(task, dir);
	if (!file)
		return false;
	place_of(place, file);
	return true;
}

/* A path as it was named: text, and where it starts. `kernel`: the text is the kernel's own copy. */
struct named {
	__u64 text;
	int dir;
	bool kernel;
};

/* Writes the text at `offset`; returns the offset behind it. */
static __always_inline __u32 put_text(struct scratch *s, const struct named *named, __u32 offset)
{
	__u32 end = named->kernel ? copy_kernel_text(named->text, offset) : copy_text(named->text, offset);

	if (end & WALK_CUT)
		s->file.h.flags |= RG_TRUNCATED | RG_RELATIVE;
	return end & WALK_END;
}

/* Writes the text, then the walk of its base, at `offset`; returns the offset behind them. */
static __always_inline __u32 put_named(struct scratch *s, struct task_struct *task, const struct named *named,
				       __u32 offset, __u16 *text_len, __u16 *base_len)
{
	__u32 end = put_text(s, named, offset);
	struct place place;
	__u8 first = 0;

	if (end > offset && offset < SCRATCH_DATA)
		first = s->data[offset];
	*text_len = end - offset;
	if (!base_of(&place, task, named->dir, first)) {
		s->file.h.flags |= RG_RELATIVE;
		return end;
	}
	return put_walk(&s->file, &place, end, base_len);
}

/*
 * The following three take the number of a request that is not done yet, or 0
 * for what has happened.
 */
static __always_inline void emit_named(struct task_struct *task, const struct named *path, __u16 op, __u64 request)
{
	struct scratch *s = scratch();
	struct file_record *r;

	if (!s)
		return;
	r = begin_record(s, task, op);
	r->request = request;
	emit_record(s, put_named(s, task, path, 0, &r->text_len, &r->base_len));
}

static __always_inline void emit_two(struct task_struct *task, const struct named *path, const struct named *from,
				     __u16 op, __u64 request)
{
	struct scratch *s = scratch();
	struct file_record *r;
	__u32 end;

	if (!s)
		return;
	r = begin_record(s, task, op);
	r->request = request;
	end = put_named(s, task, path, 0, &r->text_len, &r->base_len);
	emit_record(s, put_named(s, task, from, end, &r->from_text_len, &r->from_base_len));
}

/* symlink: what the link says is text, not a place. */
static __always_inline void emit_symlink(struct task_struct *task, const struct named *path, const struct named *target,
					 __u64 request)
{
	struct scratch *s = scratch();
	struct file_record *r;
	__u32 end, from;

	if (!s)
		return;
	r = begin_record(s, task, RG_CREATE);
	r->style = TARGET_TEXT;
	r->request = request;
	from = put_named(s, task, path, 0, &r->text_len, &r->base_len);
	end = put_text(s, target, from);
	r->from_text_len = end - from;
	emit_record(s, end);
}

/* What a successful open did to the file; NOT_TOLD for one that only reads. */
#define NOT_TOLD 0xffff

static __always_inline __u16 open_op(struct file *file, __u64 flags)
{
	__u32 mode = BPF_CORE_READ(file, f_mode);

	/* Only a name for it: whatever the other flags say, nothing was done to the file. */
	if (mode & FMODE_PATH)
		return NOT_TOLD;
	if (mode & FMODE_CREATED)
		return RG_CREATE;
	if (flags & O_TRUNC)
		return RG_TRUNCATE;
	return mode & FMODE_WRITE ? RG_WRITE : NOT_TOLD;
}

/* Only the flags are known: another thread has already closed the descriptor, or there never was one. */
static __always_inline __u16 open_op_by_flags(__u64 flags)
{
	if (flags & O_CREAT)
		return RG_CREATE;
	if (flags & O_TRUNC)
		return RG_TRUNCATE;
	return flags & O_ACCMODE ? RG_WRITE : NOT_TOLD;
}

static __always_inline void opened(struct task_struct *task, int fd, __u64 flags, const struct named *path)
{
	struct file *file = file_of(task, fd);
	__u16 op = file ? open_op(file, flags) : open_op_by_flags(flags);

	if (op == NOT_TOLD)
		return;
	if (file)
		emit_file(task, file, op);
	else
		emit_named(task, path, op, 0);
}

#endif
