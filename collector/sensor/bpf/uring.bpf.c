// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Requests to io_uring: they change files without any system call for it. When
 * a request comes, the kernel has its own copy of the names; when it ends, the
 * names are gone and the result is known. So both are told, and the loader
 * puts them together by the address of the request.
 */
#include "connectResult.h"
#include "file.h"
#include "guardFamily.h"
#include "hold.h"

#define OP_CONNECT 16
#define OP_OPENAT 18
#define OP_OPENAT2 28
#define OP_RENAMEAT 35
#define OP_UNLINKAT 36
#define OP_MKDIRAT 37
#define OP_SYMLINKAT 38
#define OP_LINKAT 39
#define OP_FSETXATTR 41
#define OP_SETXATTR 42
#define OP_SOCKET 45
#define OP_FTRUNCATE 55
#define OP_BIND 56

/* The caller wants no completion if it succeeds, so there is none that we could see. */
#define CQE_SKIP (1 << 6)

/* The number of what a request does besides: addresses are even. */
#define SECOND(request) ((__u64)(request) + 1)

/* The text of a file name field, whichever form this kernel has it in. */
#define NAME_TEXT(request, type, field)                                                                                \
	({                                                                                                             \
		const struct filename *_name = 0;                                                                      \
		if (bpf_core_field_exists(((struct type *)0)->field))                                                  \
			_name = BPF_CORE_READ((struct type *)(request), field);                                        \
		else if (bpf_core_field_exists(((struct type##___delayed *)0)->field))                                 \
			_name = BPF_CORE_READ((struct type##___delayed *)(request), field.__incomplete_filename);      \
		(__u64) BPF_CORE_READ(_name, name);                                                                    \
	})

static __always_inline void open_comes(struct io_kiocb *request, __u64 number)
{
	struct io_open *open = (struct io_open *)request;
	struct named path = { .kernel = true };
	__u16 op = open_op_by_flags(BPF_CORE_READ(open, how.flags));

	/* Of a file that only the ring will know nothing but the text can be had. */
	if (op == NOT_TOLD && (!reads_told || BPF_CORE_READ(open, file_slot) == 0))
		return;
	if (op == NOT_TOLD)
		op = RG_READ;
	path.dir = BPF_CORE_READ(open, dfd);
	path.text = NAME_TEXT(request, io_open, filename);
	tell_named(&path, op, number);
}

static __always_inline void two_come(struct io_kiocb *request, __u8 opcode, __u64 number)
{
	struct names names = { .request = number };
	__u32 flags = 0;

	names.path.kernel = names.from.kernel = true;
	if (opcode == OP_RENAMEAT) {
		struct io_rename *rename = (struct io_rename *)request;

		names.op = RG_RENAME;
		names.style = TWO_NAMES;
		names.from.dir = BPF_CORE_READ(rename, old_dfd);
		names.path.dir = BPF_CORE_READ(rename, new_dfd);
		names.from.text = NAME_TEXT(request, io_rename, oldpath);
		names.path.text = NAME_TEXT(request, io_rename, newpath);
		flags = BPF_CORE_READ(rename, flags);
	} else {
		struct io_link *link = (struct io_link *)request;

		names.op = opcode == OP_SYMLINKAT ? RG_CREATE : RG_LINK;
		names.style = opcode == OP_SYMLINKAT ? LINK_TEXT : TWO_NAMES;
		names.from.dir = BPF_CORE_READ(link, old_dfd);
		names.path.dir = BPF_CORE_READ(link, new_dfd);
		names.from.text = NAME_TEXT(request, io_link, oldpath);
		names.path.text = NAME_TEXT(request, io_link, newpath);
	}
	tell_names(&names);
	tell_more_than_rename(&names, flags, number ? SECOND(number) : 0);
}

static __always_inline void one_comes(struct io_kiocb *request, __u8 opcode, __u64 number)
{
	struct named path = { .kernel = true };

	__u16 op = RG_CREATE;

	if (opcode == OP_UNLINKAT) {
		op = RG_UNLINK;
		path.dir = BPF_CORE_READ((struct io_unlink *)request, dfd);
		path.text = NAME_TEXT(request, io_unlink, filename);
	} else if (opcode == OP_SETXATTR) {
		op = RG_CHMOD;
		path.dir = AT_FDCWD;
		path.text = NAME_TEXT(request, io_xattr, filename);
	} else {
		path.dir = BPF_CORE_READ((struct io_mkdir *)request, dfd);
		path.text = NAME_TEXT(request, io_mkdir, filename);
	}
	tell_named(&path, op, number);
}

static __always_inline bool changes_names(__u8 opcode)
{
	return opcode >= OP_RENAMEAT && opcode <= OP_LINKAT;
}

/* Before it is done: what is linked to it may use the socket at once. */
static __always_inline void socket_comes(struct task_struct *task, struct io_kiocb *request)
{
	struct io_socket *asked = (struct io_socket *)request;

	if (bpf_core_field_exists(asked->domain))
		guard_new_socket(task, guard_family_for(BPF_CORE_READ(asked, domain), BPF_CORE_READ(asked, type)));
}

static __always_inline void comes(struct io_kiocb *request)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u64 number = request->flags & CQE_SKIP ? 0 : (__u64)request;
	__u8 opcode = request->opcode;

	if (guard_on && opcode == OP_SOCKET)
		socket_comes(task, request);
	if (!changes_names(opcode) && opcode != OP_OPENAT && opcode != OP_OPENAT2 && opcode != OP_SETXATTR)
		return;
	if (!is_watched(task->tgid)) {
		count_filtered(KIND_FILE);
		return;
	}
	if (opcode == OP_OPENAT || opcode == OP_OPENAT2)
		open_comes(request, number);
	else if (opcode == OP_UNLINKAT || opcode == OP_MKDIRAT || opcode == OP_SETXATTR)
		one_comes(request, opcode, number);
	else
		two_come(request, opcode, number);
}

BOTH("tp_btf/io_uring_submit_req", on_request, comes(request), struct io_kiocb *request)

/* The name and form of it from 5.19 to 6.4. */
SEC("tp_btf/io_uring_submit_sqe")
int BPF_PROG(on_request_sqe, struct io_kiocb *request, bool nonblocking)
{
	comes(request);
	return 0;
}

static __always_inline void request_ends(struct task_struct *task, __u64 number, bool done)
{
	struct request_record r = {};
	long failed;

	name_process(&r.h, task, RECORD_REQUEST);
	r.h.size = sizeof(r);
	r.request = number;
	r.done = done;
	failed = bpf_ringbuf_output(&file_ring, &r, sizeof(r), wake_flags(&file_ring));
	if (done)
		count_result(KIND_FILE, failed);
}

/* The descriptor tells the file itself. Without one (a direct descriptor), what was asked for must do. */
static __always_inline void open_ends(struct task_struct *task, struct io_kiocb *request, __s32 result)
{
	struct io_open *open = (struct io_open *)request;
	__u64 flags = BPF_CORE_READ(open, how.flags);
	bool direct = BPF_CORE_READ(open, file_slot) != 0;
	struct file *file = 0;
	__u16 op;

	if (result >= 0 && !direct)
		file = file_of(task, result);
	if (open_op_by_flags(flags) != NOT_TOLD || (direct && reads_told))
		request_ends(task, (__u64)request, result >= 0 && !file);
	if (!file || tell_secret(file))
		return;
	op = open_op(file, flags);
	if (op != NOT_TOLD)
		tell_file((__u64)file, op, 0);
}

/* What was done to a file that the request itself names. */
static __always_inline void file_ends(struct io_kiocb *request, __u8 opcode, __s32 result)
{
	struct file *file = BPF_CORE_READ(request, file);

	if (result < 0)
		return;
	if (opcode == OP_BIND)
		bound(file);
	else
		tell_file((__u64)file, opcode == OP_FTRUNCATE ? RG_TRUNCATE : RG_CHMOD, 0);
}

static __always_inline void names_end(struct task_struct *task, struct io_kiocb *request, __u8 opcode, bool done)
{
	request_ends(task, (__u64)request, done);
	if (opcode == OP_RENAMEAT &&
	    BPF_CORE_READ((struct io_rename *)request, flags) & (RENAME_EXCHANGE | RENAME_WHITEOUT))
		request_ends(task, SECOND(request), done);
}

static __always_inline void connect_ends(struct io_kiocb *request, __s32 result)
{
	__u64 flow = connect_failed(result);

	if (flow && is_of_call(flow, BPF_CORE_READ(request, file)))
		tell_failure(flow, result);
}

static __always_inline void completed(void *address)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct io_kiocb *request = address;
	__u8 opcode;
	__s32 result;

	if (!request)
		return;
	opcode = BPF_CORE_READ(request, opcode);
	if (!changes_names(opcode) && opcode != OP_OPENAT && opcode != OP_OPENAT2 && opcode != OP_SETXATTR &&
	    opcode != OP_CONNECT && opcode != OP_FTRUNCATE && opcode != OP_FSETXATTR && opcode != OP_BIND)
		return;
	if (opcode == OP_RENAMEAT || opcode == OP_UNLINKAT)
		__sync_fetch_and_add(&moves, 1);
	if (!is_watched(task->tgid))
		return;
	result = BPF_CORE_READ(request, cqe.res);
	if (opcode == OP_CONNECT)
		connect_ends(request, result);
	else if (opcode == OP_OPENAT || opcode == OP_OPENAT2)
		open_ends(task, request, result);
	else if (opcode == OP_FTRUNCATE || opcode == OP_FSETXATTR || opcode == OP_BIND)
		file_ends(request, opcode, result);
	else
		names_end(task, request, opcode, result >= 0);
}

/* From 5.18 on; the arguments behind these two have changed. */
BOTH("tp_btf/io_uring_complete", on_request_end, completed(request), void *ring, void *request)
