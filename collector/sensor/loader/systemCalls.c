// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#define _GNU_SOURCE
#include "systemCalls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "machine.h"

#define FIELD(name) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, name))
#define ALLOW BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
/* Not a kill: a libc that needs one more call must not end the run. */
#define REFUSE BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)
/* One call, whatever its arguments. */
#define CALL(name) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 1), ALLOW
/* How each filter begins: calls of another machine's numbering are refused, then the number is looked at. */
#define OF_THIS_MACHINE FIELD(arch), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MACHINE_AUDIT, 1, 0), REFUSE, FIELD(nr)
/* How a filter ends that lets files be opened to be read only. */
#define OPENS_TO_READ                                                                                          \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 3), FIELD(args[2]),                                     \
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC, 1, 0), ALLOW, REFUSE

static bool install(struct sock_filter *code, size_t length)
{
	struct sock_fprog program = { .len = length, .filter = code };

	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}

bool limit_system_calls(void)
{
	struct sock_filter code[] = {
		OF_THIS_MACHINE,
		CALL(read),
		CALL(write),
		CALL_EPOLL_WAIT,
		CALL_POLL,
		CALL(close),
		CALL(shutdown),
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
		OPENS_TO_READ,
	};

	return install(code, sizeof(code) / sizeof(code[0]));
}

bool limit_attacher(void)
{
	struct sock_filter code[] = {
		OF_THIS_MACHINE,
		CALL(read),
		CALL(write),
		CALL(close),
		CALL_POLL,
		CALL(fstat),
		CALL(newfstatat),
		CALL(fstatfs),
		CALL(getdents64),
		CALL_READLINK,
		CALL(mmap),
		CALL(munmap),
		CALL(mprotect),
		CALL(brk),
		CALL(clone),
		CALL(wait4),
		CALL(kill),
		CALL(socketpair),
		CALL(dup),
		CALL_DUP2,
		CALL(close_range),
		CALL(sendmsg),
		CALL(recvmsg),
		CALL(getpid),
		CALL(getppid),
		CALL(rt_sigprocmask),
		CALL(rt_sigreturn),
		CALL(restart_syscall),
		CALL(clock_gettime),
		CALL(set_robust_list),
		CALL(gettid),
		CALL(capset),
		CALL(exit_group),
		/* To limit itself further. */
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_prctl, 0, 5),
		FIELD(args[0]),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PR_SET_SECCOMP, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PR_SET_PDEATHSIG, 0, 1),
		ALLOW,
		REFUSE,
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_bpf, 0, 5),
		FIELD(args[0]),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, BPF_LINK_CREATE, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, BPF_MAP_DELETE_ELEM, 0, 1),
		ALLOW,
		REFUSE,
		OPENS_TO_READ,
	};

	return install(code, sizeof(code) / sizeof(code[0]));
}

bool limit_warden(void)
{
	struct sock_filter code[] = {
		OF_THIS_MACHINE,
		CALL(read),
		CALL(write),
		CALL_POLL,
		CALL(close),
		CALL_DUP2,
		CALL_STAT,
		CALL_MKDIR,
		CALL_UNLINK,
		CALL(mmap),
		CALL(munmap),
		CALL(brk),
		CALL(clock_gettime),
		CALL(restart_syscall),
		CALL(rt_sigreturn),
		CALL(exit_group),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_bpf, 0, 7),
		FIELD(args[0]),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, BPF_LINK_CREATE, 3, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, BPF_OBJ_PIN, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, BPF_PROG_QUERY, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, BPF_OBJ_GET_INFO_BY_FD, 0, 1),
		ALLOW,
		REFUSE,
		REFUSE,
	};

	return install(code, sizeof(code) / sizeof(code[0]));
}

bool limit_cutter(void)
{
	struct sock_filter code[] = {
		OF_THIS_MACHINE,
		CALL(read),
		CALL(close),
		CALL(sendto),
		CALL(recvfrom),
		CALL(pidfd_open),
		CALL(restart_syscall),
		CALL(rt_sigreturn),
		CALL(exit_group),
		/* Into network namespaces, and no others. */
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_setns, 0, 4),
		FIELD(args[1]),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CLONE_NEWNET, 0, 1),
		ALLOW,
		REFUSE,
		/* No sockets but those that ask the kernel. */
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 4),
		FIELD(args[0]),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_NETLINK, 0, 1),
		ALLOW,
		REFUSE,
		REFUSE,
	};

	return install(code, sizeof(code) / sizeof(code[0]));
}

bool limit_reader(void)
{
	struct sock_filter code[] = {
		OF_THIS_MACHINE,
		CALL(recvmsg),
		CALL(write),
		CALL(mmap),
		CALL(munmap),
		CALL(close),
		CALL(exit_group),
		REFUSE,
	};

	return install(code, sizeof(code) / sizeof(code[0]));
}
