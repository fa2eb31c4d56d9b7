// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which files are reported, and the record of an operation on one. */
#include "file.h"

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
	r->owner = 0;
	r->skip = 0;
	r->from_skip = 0;
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

__noinline int tell_place(const struct place *place, __u32 op)
{
	struct scratch *s = scratch();
	struct file_record *r;

	if (!s || !place)
		return 0;
	r = begin_record(s, bpf_get_current_task_btf(), op);
	emit_record(s, put_walk(r, place, 0, &r->base_len));
	return 0;
}

/* Only what leaves names as they are is folded: the order of the others matters. */
__noinline int tell_file(__u64 address, __u32 op, __u32 owner)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct file *file = (struct file *)address;
	struct scratch *s = scratch();
	struct fold_slot *slot = 0;
	struct fold_key key;
	struct file_record *r;
	struct place place;
	__u32 index = 0, end;
	bool hit = false;

	if (!s)
		return 0;
	place_of(&place, file);
	if (op == RG_WRITE || op == RG_TRUNCATE || op == RG_CHMOD || op == RG_READ) {
		fold_key(&key, task, &place, op);
		slot = fold_find(&key, &place, &index, &hit);
		if (hit) {
			fold_into(slot);
			return 0;
		}
	}
	/* What is read was chosen by its name already. */
	if (op != RG_READ && !owner && !reported(file)) {
		count_filtered(KIND_FILE);
		return 0;
	}
	r = begin_record(s, task, op);
	r->owner = owner;
	if (slot) {
		r->sequence = fold_begin(slot, index, &key);
		r->slot = index + 1;
	}
	end = put_walk(r, &place, 0, &r->base_len);
	if (slot)
		slot->chain = s->chain;
	if (emit_record(s, end) && slot)
		slot->key.dentry = 0;
	return 0;
}

/* Where a typed name starts. */
enum start { AT_DIR, AT_WORK, AT_ROOT };

/*
 * "/proc/self/cwd/a", "/proc/self/root/a", "/proc/self/fd/3": what these links lead to is in no text, but what they stand
 * for is at hand. The same for the thread's own, and in /dev. Returns how many bytes of the text at `offset` that is, with
 * the slash behind it but for a root, and 0 where it begins otherwise; `*dir` becomes the descriptor, where it is one.
 */
static __always_inline __u32 own_link(struct scratch *s, __u32 offset, enum start *start, int *dir)
{
	char text[16] = {};
	__u64 first, second;
	__u32 at, fd = 0, i;

	if (offset > SCRATCH_DATA - RG_PATH_CAP)
		return 0;
	first = *(__u64 *)&s->data[offset];
	second = *(__u64 *)&s->data[offset + 8];
	/* As numbers in the order of the machine: "/proc/se" "lf", "/proc/th" "read-sel" "f", "/dev/fd/". */
	if (first == 0x65732f636f72702fULL && (second & 0xffff) == 0x666c)
		at = 10;
	else if (first == 0x68742f636f72702fULL && second == 0x6c65732d64616572ULL && s->data[offset + 16] == 'f')
		at = 17;
	else if (first == 0x2f64662f7665642fULL)
		at = 4;
	else
		return 0;
	bpf_probe_read_kernel(text, sizeof(text), &s->data[offset + at]);
	if (text[0] != '/')
		return 0;
	if (text[1] == 'c' && text[2] == 'w' && text[3] == 'd' && (text[4] == '/' || !text[4])) {
		*start = AT_WORK;
		return at + 4 + !!text[4];
	}
	if (text[1] == 'r' && text[2] == 'o' && text[3] == 'o' && text[4] == 't' && (text[5] == '/' || !text[5])) {
		*start = AT_ROOT;
		return at + 5;
	}
	if (text[1] != 'f' || text[2] != 'd' || text[3] != '/')
		return 0;
	for (i = 4; i < 14 && text[i] >= '0' && text[i] <= '9'; i++)
		fd = fd * 10 + text[i] - '0';
	if (i == 4 || i == 14 || (text[i] != '/' && text[i]))
		return 0;
	*start = AT_DIR;
	*dir = fd;
	return at + i + !!text[i];
}

/* The folder that a text starts from: the root, the working folder, or the one that `dir` is open on. */
static __always_inline bool base_of(struct place *place, struct task_struct *task, enum start start, int dir)
{
	struct file *file;

	if (start == AT_ROOT) {
		place->mnt = (__u64)task->fs->root.mnt;
		place->dentry = (__u64)task->fs->root.dentry;
		return true;
	}
	if (start == AT_WORK) {
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

/* Does ".." end below the root of the mount namespace? `room`: an offset behind all that is of use. */
static __always_inline bool is_rooted(struct task_struct *task, __u32 room)
{
	struct place root;

	base_of(&root, task, AT_ROOT, 0);
	return (walk(&root, room) & WALK_END) != room;
}

/* A text may go up where it begins with a dot: one that goes up behind a name is not known anyway. */
static __always_inline void mark_rooted(struct scratch *s, struct task_struct *task, __u32 begin, __u32 end)
{
	if (end > begin && begin < SCRATCH_DATA && s->data[begin] == '.' && is_rooted(task, end))
		s->file.style |= ROOTED;
}

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
				       __u32 offset, __u16 *skip, __u16 *text_len, __u16 *base_len)
{
	enum start start = named->dir == AT_FDCWD ? AT_WORK : AT_DIR;
	__u32 end = put_text(s, named, offset), first;
	int dir = named->dir;
	struct place place;

	*text_len = end - offset;
	if (end > offset && offset < SCRATCH_DATA && s->data[offset] == '/') {
		start = AT_ROOT;
		*skip = own_link(s, offset, &start, &dir);
	}
	first = offset + *skip;
	if (start != AT_ROOT)
		mark_rooted(s, task, first, end);
	if (!base_of(&place, task, start, dir)) {
		s->file.h.flags |= RG_RELATIVE;
		return end;
	}
	return put_walk(&s->file, &place, end, base_len);
}

__noinline int tell_names(const struct names *names)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct scratch *s = scratch();
	struct file_record *r;
	__u32 end, from;

	if (!s || !names)
		return 0;
	r = begin_record(s, task, names->op);
	r->request = names->request;
	end = put_named(s, task, &names->path, 0, &r->skip, &r->text_len, &r->base_len);
	if (names->style == TWO_NAMES) {
		end = put_named(s, task, &names->from, end, &r->from_skip, &r->from_text_len, &r->from_base_len);
	} else if (names->style == LINK_TEXT) {
		/* What the link says is text, not a place. */
		r->style |= TARGET_TEXT;
		from = end;
		end = put_text(s, &names->from, from);
		r->from_text_len = end - from;
		mark_rooted(s, task, from, end);
	}
	emit_record(s, end);
	return 0;
}
