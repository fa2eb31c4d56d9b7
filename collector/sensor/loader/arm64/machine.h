/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What arm64 calls things, or does in its own way. */
#ifndef RUNGLASS_MACHINE_H
#define RUNGLASS_MACHINE_H

#define MACHINE_NAME "arm64"
#define MACHINE_ELF EM_AARCH64
#define MACHINE_AUDIT AUDIT_ARCH_AARCH64
/* The folder of its libraries on Debian and Ubuntu. */
#define MACHINE_FOLDER "aarch64-linux-gnu"

/* Bytes of an instruction, as Go's table of functions has it. */
#define GO_QUANTUM 4

/* Probes at returns make no call: MACHINE_URETPROBE is not defined. */

/* The calls that the C library makes for these, in a filter of calls. */
#define CALL_EPOLL_WAIT CALL(epoll_pwait)
#define CALL_POLL CALL(ppoll)
#define CALL_DUP2 CALL(dup3)
#define CALL_STAT CALL(newfstatat)
#define CALL_MKDIR CALL(mkdirat)
#define CALL_UNLINK CALL(unlinkat)
#define CALL_READLINK CALL(readlinkat)

#endif
