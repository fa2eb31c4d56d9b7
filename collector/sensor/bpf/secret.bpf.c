// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "file.h"
#include "secret.h"

static __always_inline bool has_bit(enum secret_table table, __u32 four)
{
	__u32 bit = SECRET_BIT(four);

	return secret_bits[table + bit / 32] & (1u << (bit % 32));
}

static __always_inline __u8 looked_up(const char *name, __u32 size, __u8 part)
{
	struct secret_key key = { .part = part };
	__u8 *value;

	bpf_probe_read_kernel_str(key.text, size, name);
	value = bpf_map_lookup_elem(&secrets, &key);
	return value ? *value : 0;
}

/* Four bytes from the start or the end of a name, as a number. */
static __always_inline __u32 four_of(__u64 name)
{
	__u32 four = 0;

	bpf_probe_read_kernel(&four, sizeof(four), (void *)name);
	/* A shorter name ends with its NUL; what is behind it is none of it. */
	if (!(four & 0xff00))
		four &= 0xff;
	else if (!(four & 0xff0000))
		four &= 0xffff;
	return four;
}

static __always_inline bool is_listed(const struct naming *file, const struct naming *folder, __u32 begins, __u32 ends,
				      __u32 folder_begins)
{
	__u8 name = 0, above = 0;

	if (has_bit(FIRST_OF_NAME, begins)) {
		name = looked_up((const char *)file->name, SECRET_TEXT, SECRET_NAME);
		if ((name | looked_up((const char *)file->name, SECRET_ENDS + 1, SECRET_BEGINS)) & SECRET_ALONE)
			return true;
	}
	if (has_bit(FIRST_OF_FOLDER, folder_begins)) {
		above = looked_up((const char *)folder->name, SECRET_TEXT, SECRET_FOLDER);
		if (above & SECRET_ALONE)
			return true;
	}
	if (name & above & SECRET_TOGETHER)
		return true;
	return has_bit(LAST_OF_NAME, ends) &&
	       looked_up((const char *)file->name + (file->hash_len >> 32) - SECRET_ENDS, SECRET_ENDS + 1, SECRET_ENDS_IN);
}

/* The process that a file in /proc belongs to, by the thread that it is for; 0 where that is gone. */
static __always_inline __u32 owner_of(struct inode *inode)
{
	struct proc_inode *proc = (void *)inode - bpf_core_field_offset(struct proc_inode, vfs_inode);
	struct hlist_node *first = BPF_CORE_READ(proc, pid, tasks[0].first);
	struct task_struct *task = (void *)first - bpf_core_field_offset(struct task_struct, pid_links);

	return first ? BPF_CORE_READ(task, tgid) : 0;
}

__noinline __u64 secret_of(__u64 address)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct naming file, folder;
	__u32 begins, ends, type, owner;
	struct inode *inode;
	struct place place;

	place_of(&place, (struct file *)address);
	read_naming(&file, place.dentry);
	read_naming(&folder, file.parent);
	begins = four_of(file.name);
	ends = file.hash_len >> 32 > SECRET_ENDS ? four_of(file.name + (file.hash_len >> 32) - SECRET_ENDS) : 0;
	if (!is_listed(&file, &folder, begins, ends, four_of(folder.name)))
		return 0;
	inode = (struct inode *)file.inode;
	type = BPF_CORE_READ(inode, i_mode) & S_IFMT;
	if (type == S_IFCHR)
		return SECRET;
	if (type != S_IFREG)
		return 0;
	if (BPF_CORE_READ(inode, i_sb, s_magic) != PROC_MAGIC)
		return SECRET;
	/* What there is about no process in particular (kcore) has no pid. */
	if (!BPF_CORE_READ((struct proc_inode *)((void *)inode - bpf_core_field_offset(struct proc_inode, vfs_inode)), pid))
		return SECRET;
	owner = owner_of(inode);
	return owner && owner != (__u32)task->tgid ? SECRET | owner : 0;
}
