// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "returnProbes.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "machine.h"

#ifdef MACHINE_URETPROBE

enum outcome { KILLED, REFUSED, MISSING };

static void refuse_the_call(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MACHINE_URETPROBE, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = sizeof(code) / sizeof(code[0]), .filter = code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0))
		_exit(REFUSED);
}

/* The kernel kills who makes the call from elsewhere than from a probe: so it has got through. */
static enum outcome make_the_call(bool filtered)
{
	struct rlimit no_core = { 0, 0 };
	pid_t child = fork();
	int status;

	if (child < 0)
		return REFUSED;
	if (child == 0) {
		setrlimit(RLIMIT_CORE, &no_core);
		if (filtered)
			refuse_the_call();
		syscall(MACHINE_URETPROBE);
		_exit(errno == ENOSYS ? MISSING : REFUSED);
	}
	if (waitpid(child, &status, 0) != child)
		return REFUSED;
	if (WIFSIGNALED(status))
		return KILLED;
	return WIFEXITED(status) && WEXITSTATUS(status) == MISSING ? MISSING : REFUSED;
}

bool return_probes_are_safe(void)
{
	return make_the_call(false) == MISSING || make_the_call(true) == KILLED;
}

#else

bool return_probes_are_safe(void)
{
	return true;
}

#endif
