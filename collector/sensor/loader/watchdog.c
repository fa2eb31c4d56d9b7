// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "watchdog.h"

#include <linux/types.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../frame.h"
#include "clock.h"

/* The reader has its own, shorter time. */
#define PATIENCE_NS 5000000000ULL

struct watched {
	__u64 since; /* 0: it waits for nothing */
	char path[RG_PATH_CAP + 1];
};
static struct watched *watched;

bool watchdog_open(void)
{
	watched = mmap(NULL, sizeof(*watched), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return watched != MAP_FAILED;
}

void watchdog_begin(const char *link)
{
	/* The kernel says the name without asking who serves the file. */
	ssize_t n = readlink(link, watched->path, RG_PATH_CAP);

	watched->path[n > 0 ? n : 0] = 0;
	__atomic_store_n(&watched->since, boot_now(), __ATOMIC_RELEASE);
}

void watchdog_end(void)
{
	__atomic_store_n(&watched->since, 0, __ATOMIC_RELEASE);
}

const char *watchdog_late(void)
{
	__u64 since = __atomic_load_n(&watched->since, __ATOMIC_ACQUIRE);

	return since && boot_now() - since > PATIENCE_NS ? watched->path : NULL;
}
