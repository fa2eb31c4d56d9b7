// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "systemCalls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#define FIELD(name) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, name))
#define ALLOW BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
/* Not a kill: a libc that needs one more call must not end the run. */
#define REFUSE BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)
/* One call, whatever its arguments. */
#define CALL(name) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 1), ALLOW

bool limit_system_calls(void)
{
	struct sock_filter code[] = {
		FIELD(arch),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0),
		REFUSE,
		FIELD(nr),
		CALL(read),
		CALL(write),
		CALL(epoll_wait),
		CALL(poll),
		CALL(close),
		CALL(clock_gettime),
		CALL(sched_yield),
		CALL(mmap),
		CALL(munmap),
		CALL(mremap),
		CALL(brk),
		CALL(fstat),
		CALL(newfstatat),
		CALL(restart_syscall),
		CALL(rt_sigreturn),
		CALL(exit_group),
		/* Of bpf(), only the question how often a program was passed over. */
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_bpf, 0, 4),
		FIELD(args[0]),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, BPF_OBJ_GET_INFO_BY_FD, 0, 1),
		ALLOW,
		REFUSE,
		/* Files are only read: the arguments of a process that was moved into the cgroup. */
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 3),
		FIELD(args[2]),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC, 1, 0),
		ALLOW,
		REFUSE,
	};
	struct sock_fprog program = { .len = sizeof(code) / sizeof(code[0]), .filter = code };

	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}
