// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "existing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "frames.h"
#include "output.h"
#include "step.h"

struct snapshot {
	struct task_record *tasks;
	size_t count;
};

static __u8 *flags_at(struct pid_block *table, __u32 pid)
{
	return &table[pid / PIDS_PER_BLOCK].flags[pid % PIDS_PER_BLOCK];
}

/* The number that the kernel gives to its first PID namespace. */
#define FIRST_PID_NAMESPACE 0xEFFFFFFCU

bool host_process_ids(void)
{
	static int known = -1;
	struct stat namespace;

	if (known < 0)
		known = stat("/proc/self/ns/pid", &namespace) == 0 && namespace.st_ino == FIRST_PID_NAMESPACE;
	return known;
}

void mark_process(struct pid_block *table, __u32 pid, __u8 flags)
{
	if (pid < PID_LIMIT)
		*flags_at(table, pid) |= flags;
}

size_t read_text(__u32 pid, const char *file, char *to, size_t room)
{
	char name[64];
	size_t length = 0;
	ssize_t n;
	int fd;

	if (!host_process_ids())
		return 0;
	snprintf(name, sizeof(name), "/proc/%u/%s", pid, file);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	while (length < room && (n = read(fd, to + length, room - length)) > 0)
		length += n;
	close(fd);
	return length;
}

size_t read_link(__u32 pid, const char *name, char *to, size_t room)
{
	static const char gone[] = " (deleted)";
	size_t suffix = sizeof(gone) - 1;
	char link[64];
	ssize_t n;

	if (!host_process_ids())
		return 0;
	snprintf(link, sizeof(link), "/proc/%u/%s", pid, name);
	n = readlink(link, to, room);
	if (n < 0)
		return 0;
	if ((size_t)n > suffix && !memcmp(to + n - suffix, gone, suffix))
		n -= suffix;
	return n;
}

/* The iterator gives whole records, and as many as fit into its own page. */
static bool read_snapshot(int fd, struct snapshot *s)
{
	size_t room = 0, bytes = 0;

	for (;;) {
		ssize_t n;

		if (room - bytes < 65536) {
			room += 1 << 20;
			s->tasks = realloc(s->tasks, room);
			if (!s->tasks)
				return false;
		}
		n = read(fd, (char *)s->tasks + bytes, room - bytes);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n < 0)
			return false;
		if (n == 0)
			break;
		bytes += n;
	}
	s->count = bytes / sizeof(*s->tasks);
	return true;
}

/* What an excluded process has started is excluded too, unless it is in the cgroup. */
static void spread_exclusion(const struct snapshot *s, struct pid_block *table)
{
	bool changed = true;

	while (changed) {
		changed = false;
		for (size_t i = 0; i < s->count; i++) {
			const struct task_record *t = &s->tasks[i];
			__u8 *flags = flags_at(table, t->pid);

			if (t->in_cgroup || (*flags & PROC_EXCLUDED) || t->ppid >= PID_LIMIT)
				continue;
			if (*flags_at(table, t->ppid) & PROC_EXCLUDED) {
				*flags |= PROC_EXCLUDED;
				changed = true;
			}
		}
	}
}

/* The iterator goes by pid, and numbers start over: a parent is to be told before its children. */
static int by_start(const void *a, const void *b)
{
	const struct task_record *left = a, *right = b;

	return (left->start > right->start) - (left->start < right->start);
}

bool tell_existing(int fd, struct pid_block *table, bool all)
{
	struct snapshot s = { 0 };

	if (!read_snapshot(fd, &s))
		return false;
	spread_exclusion(&s, table);
	qsort(s.tasks, s.count, sizeof(*s.tasks), by_start);
	for (size_t i = 0; i < s.count; i++) {
		__u8 flags = *flags_at(table, s.tasks[i].pid);

		if ((flags & PROC_WATCHED) || (all && !(flags & PROC_EXCLUDED))) {
			frame_existing_step(&s.tasks[i]);
			frame_existing(&s.tasks[i]);
		}
		/* A large machine's processes can be more than the queue holds. */
		output_write();
	}
	free(s.tasks);
	return true;
}
