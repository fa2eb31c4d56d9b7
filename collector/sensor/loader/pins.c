// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "pins.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define ROOT "/sys/fs/bpf"
#define PRIVATE 0700

static char folder[256];

static bool is_mounted(void)
{
	struct statfs filesystem;

	return !statfs(ROOT, &filesystem) && filesystem.f_type == BPF_FS_MAGIC;
}

bool pins_possible(void)
{
	return !access(ROOT, F_OK);
}

static bool make_folder(void)
{
	return !mkdir(folder, PRIVATE) || errno == EEXIST;
}

static void path_of(const char *name, char *path, size_t room)
{
	snprintf(path, room, "%s/%s", folder, name);
}

bool pins_open(const char *name)
{
	if (!is_mounted() && mount("bpf", ROOT, "bpf", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0700"))
		return false;
	snprintf(folder, sizeof(folder), ROOT "/%s", name);
	return make_folder();
}

bool pins_put(int link, const char *name)
{
	char path[320];

	path_of(name, path, sizeof(path));
	/* Somebody may have removed the whole folder. */
	if (!make_folder())
		return false;
	unlink(path);
	return !bpf_obj_pin(link, path);
}

bool pins_has(const char *name)
{
	char path[320];
	struct stat pin;

	path_of(name, path, sizeof(path));
	return !stat(path, &pin);
}
