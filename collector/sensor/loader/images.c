// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "images.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "machine.h"
#include "watchdog.h"

#define MOST_MAPPINGS 4096

/* A mapping ends with a page, whose size is the kernel's choice on arm64. */
static __u64 whole_pages(__u64 end)
{
	__u64 page = sysconf(_SC_PAGESIZE);

	return (end + page - 1) & ~(page - 1);
}

static bool open_path(const char *path, void (*found)(int file))
{
	int file;

	watchdog_begin(path);
	file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (file >= 0) {
		found(file);
		close(file);
	}
	watchdog_end();
	return file >= 0;
}

static bool open_mapping(__u32 pid, __u64 begin, __u64 end, void (*found)(int file))
{
	char path[96];

	snprintf(path, sizeof(path), "/proc/%u/map_files/%llx-%llx", pid, begin, end);
	return open_path(path, found);
}

/* What the process runs code of; with an `address`, only what is there. */
static bool open_mappings(__u32 pid, __u64 address, void (*found)(int file))
{
	unsigned long last = 0;
	bool any = false;
	char line[4096 + 256];
	FILE *maps;

	snprintf(line, sizeof(line), "/proc/%u/maps", pid);
	maps = fopen(line, "re");
	if (!maps)
		return false;
	for (int i = 0; i < MOST_MAPPINGS && fgets(line, sizeof(line), maps); i++) {
		unsigned long begin, end, inode;
		char permissions[8];

		if (sscanf(line, "%lx-%lx %7s %*s %*s %lu", &begin, &end, permissions, &inode) != 4 || !inode ||
		    permissions[2] != 'x')
			continue;
		if (address ? address >= begin && address < end : inode != last)
			any |= open_mapping(pid, begin, end, found);
		last = inode;
	}
	fclose(maps);
	return any;
}

bool image_open(const struct image_record *r, void (*found)(int file))
{
	char path[64];

	if (r->begin == IMAGES_ALL)
		return open_mappings(r->pid, 0, found);
	if (!r->begin) {
		snprintf(path, sizeof(path), "/proc/%u/exe", r->pid);
		return open_path(path, found);
	}
	/* Else it has been joined with its neighbour, or parted. */
	return open_mapping(r->pid, r->begin, whole_pages(r->end), found) || open_mappings(r->pid, r->begin, found);
}

bool image_path(const struct image_record *r, char *path, size_t room)
{
	char link[96];
	ssize_t n;

	if (r->begin)
		snprintf(link, sizeof(link), "/proc/%u/map_files/%llx-%llx", r->pid, r->begin, whole_pages(r->end));
	else
		snprintf(link, sizeof(link), "/proc/%u/exe", r->pid);
	n = readlink(link, path, room - 1);
	path[n > 0 ? n : 0] = 0;
	return n > 0;
}

void images_usual(void (*found)(int file))
{
	static const char *const folders[] = { "/usr/lib/" MACHINE_FOLDER, "/lib/" MACHINE_FOLDER, "/usr/lib64", "/usr/lib",
					       "/usr/local/lib" };
	static const char *const names[] = { "libssl.so.3", "libssl.so.1.1", "libgnutls.so.30" };
	char path[128];

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		for (size_t j = 0; j < sizeof(names) / sizeof(names[0]); j++) {
			snprintf(path, sizeof(path), "%s/%s", folders[i], names[j]);
			open_path(path, found);
		}
	}
}
