// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "namespaces.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define START_FIELD 20 /* counted from behind the name, which may hold anything */

static bool start_of(const char *pid, __u64 *start)
{
	unsigned long long number;
	char text[1024], *at;
	ssize_t n;
	int fd;

	snprintf(text, sizeof(text), "/proc/%.16s/stat", pid);
	fd = open(text, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return false;
	text[n] = 0;
	at = strrchr(text, ')');
	for (int i = 0; at && i < START_FIELD; i++)
		at = strchr(at + 1, ' ');
	if (!at || sscanf(at, " %llu", &number) != 1)
		return false;
	*start = number;
	return true;
}

bool resident_of(const char *pid, struct resident *resident)
{
	unsigned long long number;
	char path[64], link[64];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%.16s/ns/mnt", pid);
	n = readlink(path, link, sizeof(link) - 1);
	if (n <= 0)
		return false;
	link[n] = 0;
	if (sscanf(link, "mnt:[%llu]", &number) != 1)
		return false;
	resident->namespace = number;
	return start_of(pid, &resident->start);
}

bool all_residents(void (*seen)(const struct resident *resident))
{
	DIR *folder = opendir("/proc");
	struct resident resident;
	struct dirent *entry;

	if (!folder)
		return false;
	while ((entry = readdir(folder))) {
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' && resident_of(entry->d_name, &resident))
			seen(&resident);
	}
	closedir(folder);
	return true;
}
