/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What x86-64 calls things, or does in its own way. */
#ifndef RUNGLASS_MACHINE_H
#define RUNGLASS_MACHINE_H

#define MACHINE_NAME "x86-64"
#define MACHINE_ELF EM_X86_64
#define MACHINE_AUDIT AUDIT_ARCH_X86_64
/* The folder of its libraries on Debian and Ubuntu. */
#define MACHINE_FOLDER "x86_64-linux-gnu"

/* Bytes of the shortest instruction, as Go's table of functions has it. */
#define GO_QUANTUM 1

/* A function with a probe at its return makes this call of its own there, since Linux 6.11. */
#define MACHINE_URETPROBE 335

/* The calls that the C library makes for these, in a filter of calls. */
#define CALL_EPOLL_WAIT CALL(epoll_wait)
#define CALL_POLL CALL(poll)
#define CALL_DUP2 CALL(dup2)
#define CALL_STAT CALL(stat), CALL(newfstatat)
#define CALL_MKDIR CALL(mkdir)
#define CALL_UNLINK CALL(unlink)
#define CALL_READLINK CALL(readlink)

#endif
