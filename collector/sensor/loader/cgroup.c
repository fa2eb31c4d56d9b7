// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "say.h"

/* mountinfo writes blanks in paths as octal escapes. */
static void unescape(char *path)
{
	char *to = path;

	for (char *from = path; *from; from++) {
		if (from[0] == '\\' && from[1] && from[2] && from[3]) {
			*to++ = (from[1] - '0') * 64 + (from[2] - '0') * 8 + (from[3] - '0');
			from += 3;
		} else {
			*to++ = *from;
		}
	}
	*to = 0;
}

/* A mount of the whole tree is wanted: attached to a part of it, the hooks would miss the rest. */
int open_cgroup_root(void)
{
	FILE *mounts = fopen("/proc/self/mountinfo", "re");
	char *line = NULL;
	size_t room = 0;
	int fd = -1;

	if (!mounts)
		return -1;
	while (fd < 0 && getline(&line, &room, mounts) > 0) {
		char root[4096], point[4096];

		if (!strstr(line, " - cgroup2 ") || sscanf(line, "%*d %*d %*s %4095s %4095s", root, point) != 2)
			continue;
		if (strcmp(root, "/"))
			continue;
		unescape(point);
		fd = open(point, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	free(line);
	fclose(mounts);
	return fd;
}

__u64 cgroup_id_of(const char *path)
{
	struct statfs filesystem;
	struct stat folder;

	if (stat(path, &folder) || statfs(path, &filesystem))
		fail(3, "cannot look at the cgroup %s: %s; create it first", path, strerror(errno));
	if (filesystem.f_type != CGROUP2_SUPER_MAGIC || !S_ISDIR(folder.st_mode))
		fail(3, "%s is not a folder of a cgroup v2 tree; give the folder of a cgroup (grep cgroup2 /proc/mounts)",
		     path);
	return folder.st_ino;
}
