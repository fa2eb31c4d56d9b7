// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Probes in TLS libraries, put there by the attacher: one program for all calls
 * and their returns, told apart by the cookie. What was written or read is
 * looked at when the call returns: before its handshake is done, a connection
 * makes the same call again and again, and what is read is not there before.
 *
 * Go's crypto/tls is looked into where it writes a record. That is done once for
 * what is written, and only behind the handshake, but for the records of the
 * handshake itself. What it reads is seen where it is copied to the caller. Both
 * probes stand at a jump or a call, which cost least, and none at a return, as
 * Go moves its stacks.
 */
#include "registers.h"
#include "tlsStream.h"

/* Types of TLS records, and how Go hands over what is to be in one. */
#define RECORD_HANDSHAKE 22
#define RECORD_DATA 23
#define CLIENT_HELLO 1
#define HANDSHAKE_RANDOM 6 /* behind the message's type, its length, and the version */

/* Calls of one thread that have not returned: as a rule one, or two where TLS goes through TLS. */
#define NESTED 4

/* Its stack tells a call from others on its thread, as calls can be nested. */
struct tls_call {
	__u64 stack; /* 0: free */
	__u64 object;
	__u64 bytes;
	__u64 done; /* _ex: where the number of bytes that have passed will stand */
	__u32 incoming;
	__u32 pad;
};
/* In the thread's own storage, no other can push them out. */
struct tls_calls {
	struct tls_call call[NESTED];
	/* What GnuTLS has taken without having sent it: a call without bytes says that it is sent. */
	__u64 taken_object;
	__u64 taken_bytes;
	__u64 taken_begin; /* its first bytes: they may be others by then */
	__u32 next;
	__u32 pad;
};
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct tls_calls);
} tls_calls SEC(".maps");

static __always_inline bool is_ex(__u64 call)
{
	return call == TLS_OPENSSL_WRITE_EX || call == TLS_OPENSSL_WRITE_EX2 || call == TLS_OPENSSL_READ_EX;
}

static __always_inline bool is_gnutls(__u64 call)
{
	return call == TLS_GNUTLS_SEND || call == TLS_GNUTLS_RECEIVE;
}

static __always_inline bool is_read(__u64 call)
{
	return call == TLS_OPENSSL_READ || call == TLS_OPENSSL_READ_EX || call == TLS_GNUTLS_RECEIVE;
}

static __always_inline void called(struct pt_regs *regs, __u64 call)
{
	__u64 stack = STACK(regs), fourth = ARGUMENT_3(regs), fifth = ARGUMENT_4(regs);
	struct tls_calls *calls;
	struct tls_call *c;

	if (!is_watched(bpf_get_current_pid_tgid() >> 32))
		return;
	if (call == TLS_OPENSSL_FREE || call == TLS_OPENSSL_CLEAR || call == TLS_GNUTLS_FREE) {
		tls_freed(ARGUMENT_0(regs));
		return;
	}
	calls = bpf_task_storage_get(&tls_calls, bpf_get_current_task_btf(), 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!calls)
		return;
	/* The registers can only be read from places that the verifier sees. */
	OPAQUE(stack);
	OPAQUE(fourth);
	OPAQUE(fifth);
	/*
	 * A library in an image is one file on the disk and another one in each container of it: each is attached to, and one
	 * call meets them all. And a call that was left without a return has left its place on the stack to this one.
	 */
	c = &calls->call[(calls->next - 1) & (NESTED - 1)];
	if (c->stack != stack)
		c = &calls->call[calls->next++ & (NESTED - 1)];
	/* Nor do those return that were left further down. */
	for (int i = 0; i < NESTED; i++) {
		if (calls->call[i].stack < stack)
			calls->call[i].stack = 0;
	}
	c->stack = stack;
	c->incoming = is_read(call);
	c->object = ARGUMENT_0(regs);
	c->bytes = ARGUMENT_1(regs);
	c->done = call == TLS_OPENSSL_WRITE_EX2 ? fifth : fourth;
}

/* Some calls do their work in others that have probes too: the outermost tells. */
static __always_inline bool is_inside_another(const struct tls_calls *calls, const struct tls_call *c, __u64 stack)
{
	for (int i = 0; i < NESTED; i++) {
		const struct tls_call *other = &calls->call[i];

		/* The stack is the same where one has jumped into the other. */
		if (other->stack >= stack && other->object == c->object && other->incoming == c->incoming)
			return true;
	}
	return false;
}

#define GNUTLS_AGAIN -28
#define GNUTLS_INTERRUPTED -52

static __always_inline void keep_taken(struct tls_calls *calls, const struct tls_call *c)
{
	if (!c->bytes || bpf_probe_read_user(&calls->taken_begin, sizeof(calls->taken_begin), (void *)c->bytes))
		return;
	calls->taken_object = c->object;
	calls->taken_bytes = c->bytes;
}

/* Where the bytes are that are sent now; 0: they are gone. */
static __always_inline __u64 take_taken(struct tls_calls *calls, const struct tls_call *c)
{
	__u64 begin, bytes = calls->taken_bytes;

	if (calls->taken_object != c->object || bpf_probe_read_user(&begin, sizeof(begin), (void *)bytes) ||
	    begin != calls->taken_begin)
		return 0;
	calls->taken_object = 0;
	return bytes;
}

static __always_inline void returned(struct pt_regs *regs, __u64 call)
{
	struct tls_calls *calls = bpf_task_storage_get(&tls_calls, bpf_get_current_task_btf(), 0, 0);
	__u64 stack = STACK_OF_RETURNED(regs);
	/* OpenSSL's is an int, but for files; GnuTLS's a ssize_t. */
	__s64 result = is_gnutls(call) || call == TLS_OPENSSL_SENDFILE ? (__s64)RESULT(regs) : (__s64)(int)RESULT(regs);
	struct tls_passed passed = { .length = result, .incoming = is_read(call), .tls = is_gnutls(call) ? RG_GNUTLS : RG_OPENSSL };
	__u32 newest;

	if (!calls)
		return;
	newest = calls->next;
	for (int i = 1; i <= NESTED; i++) {
		struct tls_call *c = &calls->call[(newest - i) & (NESTED - 1)];

		if (c->stack != stack)
			continue;
		c->stack = 0;
		calls->next = newest - i;
		if (call == TLS_GNUTLS_SEND && (result == GNUTLS_AGAIN || result == GNUTLS_INTERRUPTED))
			keep_taken(calls, c);
		if (result <= 0 || is_inside_another(calls, c, stack))
			return;
		if (is_ex(call) && bpf_probe_read_user(&passed.length, sizeof(passed.length), (void *)c->done))
			return;
		passed.object = c->object;
		passed.bytes = call == TLS_OPENSSL_SENDFILE ? 0 : c->bytes;
		if (call == TLS_GNUTLS_SEND && !passed.bytes)
			passed.bytes = take_taken(calls, c);
		tls_passed(&passed);
		return;
	}
}

/* A ClientHello begins a connection: Go's objects are at addresses where others were. */
static __always_inline void go_handshake(__u64 object, __u64 bytes)
{
	struct client_random random;
	__u8 type;

	if (!bpf_probe_read_user(&type, sizeof(type), (void *)bytes) && type == CLIENT_HELLO &&
	    !bpf_probe_read_user(&random, sizeof(random), (void *)(bytes + HANDSHAKE_RANDOM)))
		tls_begun(object, &random);
}

/* Go passes the connection, the type of the record, and where its bytes are and how many, in registers of its own choice. */
static __always_inline void go_record(struct pt_regs *regs)
{
	struct tls_passed passed = {
		.object = GO_ARGUMENT_0(regs),
		.bytes = GO_ARGUMENT_2(regs),
		.length = GO_ARGUMENT_3(regs),
		.tls = RG_GO,
	};
	__u8 type = GO_ARGUMENT_1(regs);

	/* The stack is too small: the function will begin again. */
	if (GO_STACK_IS_SMALL(regs))
		return;
	if (!is_watched(bpf_get_current_pid_tgid() >> 32))
		return;
	if (type == RECORD_HANDSHAKE)
		go_handshake(passed.object, passed.bytes);
	else if (type == RECORD_DATA && (__s64)passed.length > 0)
		tls_passed(&passed);
}

/* As its arguments, memmove gets where to, from where, and how many bytes. */
static __always_inline void go_reads(struct pt_regs *regs, __u64 slot)
{
	struct tls_passed passed = { .bytes = GO_ARGUMENT_1(regs), .length = GO_ARGUMENT_2(regs), .incoming = 1, .tls = RG_GO };

	if (is_watched(bpf_get_current_pid_tgid() >> 32) && (__s64)passed.length > 0 &&
	    !bpf_probe_read_user(&passed.object, sizeof(passed.object), (void *)(STACK(regs) + slot)))
		tls_passed(&passed);
}

SEC("uprobe")
int on_tls(struct pt_regs *regs)
{
	__u64 call = bpf_get_attach_cookie(regs);

	if (tls_ended)
		return 0;
	if (call == TLS_GO_RECORD)
		go_record(regs);
	else if ((call & ((1 << GO_SLOT) - 1)) == TLS_GO_READ)
		go_reads(regs, call >> GO_SLOT);
	else if (call & TLS_RETURN)
		returned(regs, call & ~TLS_RETURN);
	else
		called(regs, call);
	return 0;
}
