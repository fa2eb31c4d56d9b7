// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#define _GNU_SOURCE
#include "privileges.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "say.h"

#define NOBODY 65534
/* More than the sensor has open. */
#define MOST_DESCRIPTORS 1024

static void must(long result, const char *what)
{
	if (result)
		fail(3, "cannot give up privileges (%s: %s); the sensor does not run with more than it needs", what,
		     strerror(errno));
}

static bool has(const struct __user_cap_data_struct *data, int cap)
{
	return data[CAP_TO_INDEX(cap)].effective & CAP_TO_MASK(cap);
}

void need_privileges(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };

	if (geteuid() != 0)
		fail(3, "it must start as root to attach to the kernel (it gives that up once it is attached): use sudo");
	must(syscall(SYS_capget, &head, data), "capget");
	if (!has(data, CAP_SYS_ADMIN) && !(has(data, CAP_BPF) && has(data, CAP_PERFMON) && has(data, CAP_NET_ADMIN)))
		fail(3, "it needs the capabilities CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN to attach to the kernel, and this "
			"root has not: run it outside of the container, or in one that is privileged");
}

void take_precedence(void)
{
	static const char rather_others[] = "-900";
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd >= 0) {
		ssize_t ignored __attribute__((unused)) = write(fd, rather_others, sizeof(rather_others) - 1);

		close(fd);
	}
	setpriority(PRIO_PROCESS, 0, -10);
}

void drop_privileges(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = { 0 };
	struct rlimit no_core = { 0, 0 };

	/* Until the kernel knows no further one. */
	for (int cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		must(prctl(PR_CAPBSET_DROP, cap, 0, 0, 0), "PR_CAPBSET_DROP");
	must(setgroups(0, NULL), "setgroups");
	must(setresgid(NOBODY, NOBODY, NOBODY), "setresgid");
	must(setresuid(NOBODY, NOBODY, NOBODY), "setresuid");
	must(syscall(SYS_capset, &head, none), "capset");
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "PR_SET_NO_NEW_PRIVS");
	/* No other process of nobody may look into this one. */
	must(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "PR_SET_DUMPABLE");
	must(setrlimit(RLIMIT_CORE, &no_core), "RLIMIT_CORE");
	must(chdir("/"), "chdir");
}

bool drop_capabilities(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = { 0 };

	return syscall(SYS_capset, &head, none) == 0;
}

static void add_capability(struct __user_cap_data_struct *data, int cap)
{
	data[CAP_TO_INDEX(cap)].permitted |= CAP_TO_MASK(cap);
	data[CAP_TO_INDEX(cap)].effective |= CAP_TO_MASK(cap);
}

static bool drop_bounding_set(void)
{
	for (int cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++) {
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0))
			return false;
	}
	return true;
}

/* As root, with these only. */
static bool keep_as_root(const int *kept, size_t count)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };
	struct rlimit no_core = { 0, 0 };

	for (size_t i = 0; i < count; i++)
		add_capability(data, kept[i]);
	return drop_bounding_set() && !syscall(SYS_capset, &head, data) && !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) &&
	       !prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) && !setrlimit(RLIMIT_CORE, &no_core) && !chdir("/");
}

bool keep_guarding_capabilities(void)
{
	static const int kept[] = { CAP_NET_ADMIN, CAP_BPF }; /* attaching, asking what is attached */

	return keep_as_root(kept, sizeof(kept) / sizeof(kept[0]));
}

bool keep_cutting_capabilities(void)
{
	static const int kept[] = {
		CAP_NET_ADMIN,                 /* ending connections */
		CAP_SYS_ADMIN, CAP_SYS_PTRACE, /* going into the network namespace of another process */
	};

	return keep_as_root(kept, sizeof(kept) / sizeof(kept[0]));
}

bool close_all_but(const int *kept, size_t count)
{
	int none = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (none < 0)
		return false;
	for (int i = 0; i < 3; i++)
		dup2(none, i);
	for (int fd = 3; fd < MOST_DESCRIPTORS; fd++) {
		bool keep = false;

		for (size_t i = 0; i < count; i++)
			keep |= kept[i] == fd;
		if (!keep)
			close(fd);
	}
	return true;
}

bool keep_attaching_capabilities(void)
{
	static const int kept[] = {
		CAP_BPF, CAP_PERFMON,                   /* attaching */
		CAP_SYS_PTRACE, CAP_CHECKPOINT_RESTORE, /* /proc/PID/exe and /proc/PID/map_files */
		CAP_DAC_READ_SEARCH,                    /* files that only their owner may read */
	};
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };
	struct rlimit no_core = { 0, 0 };

	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		add_capability(data, kept[i]);
	return drop_bounding_set() && !prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) && !setgroups(0, NULL) && !setresgid(NOBODY, NOBODY, NOBODY) &&
	       !setresuid(NOBODY, NOBODY, NOBODY) && !syscall(SYS_capset, &head, data) &&
	       !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) && !prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) &&
	       !setrlimit(RLIMIT_CORE, &no_core) && !chdir("/");
}
