/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What programs find out of an operation on a file, and the functions that tell of it. */
#ifndef RUNGLASS_FILE_H
#define RUNGLASS_FILE_H

#include "flow.h"
#include "fold.h"
#include "registers.h"
#include "secret.h"

#define O_ACCMODE 3
#define O_CREAT 0100
#define O_TRUNC 01000
#define O_TMPFILE (020000000 | O_DIRECTORY)

#define RENAME_EXCHANGE 2
#define RENAME_WHITEOUT 4

#define PROC_MAGIC 0x9fa0

#define S_IFMT 0170000
#define S_IFBLK 0060000
#define S_IFCHR 0020000
#define S_IFDIR 0040000
#define S_IFREG 0100000
#define S_IFSOCK 0140000

static __always_inline struct file *file_of(struct task_struct *task, int fd)
{
	struct fdtable *table = task->files->fdt;
	struct file *file = 0;

	if (fd < 0 || (__u32)fd >= table->max_fds)
		return 0;
	bpf_probe_read_kernel(&file, sizeof(file), table->fd + fd);
	return file;
}

static __always_inline void place_of(struct place *place, struct file *file)
{
	/* The two fields of a struct path, in their order. */
	bpf_core_read(place, sizeof(*place), &file->f_path);
}

/* A path as it was named: text, and where it starts. */
struct named {
	__u64 text;
	int dir;
	__u32 kernel; /* the text is the kernel's own copy */
};

/* What is told of an operation that names files by text. */
enum naming_style { ONE_NAME, TWO_NAMES, LINK_TEXT /* `from` is what a symbolic link says */ };
struct names {
	struct named path;
	struct named from;
	__u64 request; /* the number of a request that is not done yet, or 0 for what has happened */
	__u16 op;
	__u16 style;   /* enum naming_style */
	__u32 pad;
};

/* All of these tell of what the current process does. Global functions: the verifier checks each only once. */

/* `file`: the address of a struct file; `owner`: see rg_file. Equal operations are folded. */
int tell_file(__u64 file, __u32 op, __u32 owner);
int tell_place(const struct place *place, __u32 op);
int tell_names(const struct names *names);

static __always_inline void tell_named(const struct named *path, __u16 op, __u64 request)
{
	struct names names = { .path = *path, .op = op, .style = ONE_NAME, .request = request };

	tell_names(&names);
}

/* Besides a rename: the flags can make the old name that of another file, or of an empty place. */
static __always_inline void tell_more_than_rename(struct names *names, __u32 flags, __u64 request)
{
	struct named path = names->path;

	if (!(flags & (RENAME_EXCHANGE | RENAME_WHITEOUT)))
		return;
	names->request = request;
	names->path = names->from;
	names->from = path;
	if (flags & RENAME_WHITEOUT) {
		names->op = RG_CREATE;
		names->style = ONE_NAME;
	}
	tell_names(names);
}

static __always_inline struct sock *socket_of(struct file *file)
{
	struct socket *socket;

	if (!file || (BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT) != S_IFSOCK)
		return 0;
	socket = BPF_CORE_READ(file, private_data);
	return BPF_CORE_READ(socket, sk);
}

/* 0 for what is no socket, or one that nobody has asked the cookie of. */
static __always_inline __u64 cookie_of(struct file *file)
{
	struct sock *sk = socket_of(file);

	return sk ? BPF_CORE_READ(sk, __sk_common.skc_cookie.counter) : 0;
}

/*
 * Is the flow one of the call's socket? Multipath TCP connects by a subflow, whose cookie the flow has: of that
 * nothing says that it is not.
 */
static __always_inline bool is_of_call(__u64 flow, struct file *file)
{
	struct sock *sk = socket_of(file);

	if (!sk)
		return false;
	return BPF_CORE_READ(sk, sk_protocol) == IPPROTO_MPTCP || is_flow_of(flow, cookie_of(file));
}

/* The file that a socket has got its name by. */
static __always_inline void bound(struct file *file)
{
	struct sock *sk = socket_of(file);
	struct place place = {};

	if (!sk)
		return;
	/* Its type may stand in a module, of which nothing is known here. */
	if (!bpf_core_field_exists(((struct unix_sock *)0)->path) || BPF_CORE_READ(sk, __sk_common.skc_family) != AF_UNIX)
		return;
	bpf_core_read(&place, sizeof(place), &((struct unix_sock *)sk)->path);
	if (place.dentry)
		tell_place(&place, RG_CREATE);
}

/* What a successful open did to the file; NOT_TOLD for one that only reads. */
#define NOT_TOLD 0xffff

static __always_inline __u16 open_op(struct file *file, __u64 flags)
{
	__u32 mode = BPF_CORE_READ(file, f_mode);

	/* Only a name for it: whatever the other flags say, nothing was done to the file. */
	if (mode & FMODE_PATH)
		return NOT_TOLD;
	if ((mode & FMODE_CREATED) || (flags & O_TMPFILE) == O_TMPFILE)
		return RG_CREATE;
	if (flags & O_TRUNC)
		return RG_TRUNCATE;
	return mode & FMODE_WRITE ? RG_WRITE : NOT_TOLD;
}

/* Only the flags are known: another thread has already closed the descriptor, or there never was one. */
static __always_inline __u16 open_op_by_flags(__u64 flags)
{
	if ((flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE)
		return RG_CREATE;
	if (flags & O_TRUNC)
		return RG_TRUNCATE;
	return flags & O_ACCMODE ? RG_WRITE : NOT_TOLD;
}

/*
 * What was opened, if it is one of the files whose readers are told, or another process's memory: then it returns true, and
 * there is no more to tell.
 */
static __always_inline bool tell_secret(struct file *file)
{
	__u32 mode = BPF_CORE_READ(file, f_mode);
	__u64 secret;

	if (!reads_told || (mode & FMODE_PATH))
		return false;
	secret = secret_of((__u64)file);
	if (!secret)
		return false;
	if (mode & FMODE_READ)
		tell_file((__u64)file, RG_READ, (__u32)secret);
	if ((__u32)secret && (mode & FMODE_WRITE))
		tell_file((__u64)file, RG_WRITE, (__u32)secret);
	return (__u32)secret;
}

static __always_inline void opened(struct task_struct *task, int fd, __u64 flags, const struct named *path)
{
	struct file *file = file_of(task, fd);
	__u16 op = file ? open_op(file, flags) : open_op_by_flags(flags);

	if ((file && tell_secret(file)) || op == NOT_TOLD)
		return;
	if (file)
		tell_file((__u64)file, op, 0);
	else
		tell_named(path, op, 0);
}

#endif
