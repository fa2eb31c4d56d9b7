// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "kernelTypes.h"

#include <bpf/btf.h>
#include <stdio.h>

#include "say.h"

static struct btf *types;

void kernel_types_open(void)
{
	types = btf__load_vmlinux_btf();
	if (!types)
		fail(3, "this kernel has no type information (/sys/kernel/btf/vmlinux): use a kernel that was built with "
			"CONFIG_DEBUG_INFO_BTF=y, as those of Ubuntu 22.04, Debian 12 and later are");
}

/* A tracepoint has a typedef for its callback, a pointer to a function whose first argument is the callback's own. */
int tracepoint_arguments(const char *name)
{
	const struct btf_type *type;
	char full[96];
	int id;

	snprintf(full, sizeof(full), "btf_trace_%s", name);
	id = btf__find_by_name_kind(types, full, BTF_KIND_TYPEDEF);
	if (id < 0)
		return -1;
	type = btf__type_by_id(types, btf__type_by_id(types, id)->type);
	if (!type || !btf_is_ptr(type))
		return -1;
	type = btf__type_by_id(types, type->type);
	return type && btf_is_func_proto(type) ? btf_vlen(type) - 1 : -1;
}

int kernel_function(const char *name)
{
	return btf__find_by_name_kind(types, name, BTF_KIND_FUNC);
}

void kernel_types_close(void)
{
	btf__free(types);
	types = NULL;
}
