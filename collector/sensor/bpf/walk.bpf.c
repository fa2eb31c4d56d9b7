// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Global functions: the verifier checks each once, and not again at every place that calls it. */
#include "walk.h"

/* Goes up from a place; copies the names on the way, or only makes the number of the folders. */
static __always_inline __u32 climb(const struct place *place, __u32 offset, bool copy)
{
	struct scratch *s = scratch();
	__u32 limit = offset + RG_PATH_CAP;
	struct naming naming;
	struct mount *mount;
	__u64 dentry, top;
	long n;

	if (!s || !place)
		return (offset & WALK_END) | WALK_CUT;
	dentry = place->dentry;
	mount = (void *)(place->mnt - bpf_core_field_offset(struct mount, mnt));
	top = (__u64)BPF_CORE_READ(mount, mnt.mnt_root);
	s->chain = 0;
	for (int i = 0; i < MAX_COMPONENTS; i++) {
		if (dentry == top) {
			struct mount *above = BPF_CORE_READ(mount, mnt_parent);

			if (above == mount)
				return offset;
			dentry = (__u64)BPF_CORE_READ(mount, mnt_mountpoint);
			mount = above;
			top = (__u64)BPF_CORE_READ(mount, mnt.mnt_root);
			continue;
		}
		read_naming(&naming, dentry);
		s->chain = (s->chain ^ dentry ^ naming.hash_len) * 0x9e3779b97f4a7c15ULL;
		if (copy) {
			if (offset > SCRATCH_DATA - NAME_ROOM)
				return (offset & WALK_END) | WALK_CUT;
			n = bpf_probe_read_kernel_str(&s->data[offset], NAME_ROOM, (void *)naming.name);
			if (n <= 0 || n > NAME_ROOM || offset + n > limit)
				return offset | WALK_CUT;
			offset += n;
		}
		if (naming.parent == dentry)
			return offset | WALK_DETACHED;
		dentry = naming.parent;
	}
	return offset | WALK_CUT;
}

__noinline __u32 walk(const struct place *place, __u32 offset)
{
	return climb(place, offset, true);
}

__noinline __u32 last_name(const struct place *place, __u32 offset)
{
	struct scratch *s = scratch();
	struct naming naming;
	long n;

	if (!s || !place || offset > SCRATCH_DATA - NAME_ROOM)
		return offset & WALK_END;
	read_naming(&naming, place->dentry);
	n = bpf_probe_read_kernel_str(&s->data[offset], NAME_ROOM, (void *)naming.name);
	if (n <= 0 || n > NAME_ROOM)
		return offset & WALK_END;
	return offset + n;
}

__noinline __u64 chain_of(const struct place *place)
{
	struct scratch *s = scratch();

	climb(place, 0, false);
	return s ? s->chain : 0;
}

__noinline __u32 copy_text(__u64 address, __u32 offset)
{
	struct scratch *s = scratch();
	long n;

	if (!s || offset > SCRATCH_DATA - RG_PATH_CAP)
		return (offset & WALK_END) | WALK_CUT;
	n = bpf_probe_read_user_str(&s->data[offset], RG_PATH_CAP, (void *)address);
	if (n <= 0 || n > RG_PATH_CAP)
		return offset | WALK_CUT;
	return offset + n - 1;
}

__noinline __u32 copy_kernel_text(__u64 address, __u32 offset)
{
	struct scratch *s = scratch();
	long n;

	if (!s || offset > SCRATCH_DATA - RG_PATH_CAP)
		return (offset & WALK_END) | WALK_CUT;
	n = bpf_probe_read_kernel_str(&s->data[offset], RG_PATH_CAP, (void *)address);
	if (n <= 0 || n > RG_PATH_CAP)
		return offset | WALK_CUT;
	return offset + n - 1;
}
