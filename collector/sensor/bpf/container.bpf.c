// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Paths of cgroups, each told once. */
#include "container.h"
#include "watch.h"

#define NAME_MAX 256
#define PATH_DATA (MAX_CGROUP_DEPTH * NAME_MAX)

/* Global, to be verified once. */
__noinline int tell_cgroup(const struct rg_header *process, __u64 address)
{
	struct cgroup *cgroup = (struct cgroup *)address;
	struct scratch *s = scratch();
	__u32 offset = 0;
	__u8 told = 1;
	__u64 id, size;

	if (!s || !process)
		return 0;
	id = BPF_CORE_READ(cgroup, kn, id);
	/* To ask first: an update that is refused can push another one out. */
	if (bpf_map_lookup_elem(&cgroups_told, &id) || bpf_map_update_elem(&cgroups_told, &id, &told, BPF_NOEXIST))
		return 0;
	for (int i = 0; i < MAX_CGROUP_DEPTH; i++) {
		struct cgroup *above = (struct cgroup *)BPF_CORE_READ(cgroup, self.parent);
		long n;

		/* The root has no name. */
		if (!above || offset > PATH_DATA - NAME_MAX)
			break;
		n = bpf_probe_read_kernel_str(&s->data[offset], NAME_MAX, BPF_CORE_READ(cgroup, kn, name));
		if (n <= 0 || n > NAME_MAX)
			break;
		offset += n;
		cgroup = above;
	}
	s->cgroup.c.h = *process;
	s->cgroup.c.h.type = RG_CGROUP;
	s->cgroup.c.h.flags = 0;
	s->cgroup.c.cgroup = id;
	s->cgroup.c.path_len = offset;
	s->cgroup.c.pad = 0;
	size = sizeof(s->head) + offset;
	if (size > sizeof(*s))
		return 0;
	s->cgroup.c.h.size = size;
	/* The next process that is in it shall tell it. */
	if (emit(&core_ring, KIND_PROCESS, s, size))
		bpf_map_delete_elem(&cgroups_told, &id);
	return 0;
}
