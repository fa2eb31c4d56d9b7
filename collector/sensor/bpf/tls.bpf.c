// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Probes in TLS libraries, put there by the attacher: one program for all calls
 * and their returns, told apart by the cookie. What was written is looked at
 * when the call returns: before its handshake is done, a connection makes the
 * same call again and again.
 *
 * A connection is the address of the library's object in a process. Its flow is
 * the one whose ClientHello had the random that is found in that object: no
 * descriptor need be known, and no layout of any version. As long as it is
 * still there, it is the same connection.
 *
 * These programs can be preempted, unlike all others: they hold no place in a
 * ring, and use no memory that belongs to a CPU.
 */
#include "hello.h"
#include "http.h"

/* Heads, bodies and chunks that one call may have. */
#define ROUNDS 256
/* So much of an object is searched, */
#define OBJECT 1024
/* and of so many of its words whether they point to where a random is. */
#define POINTERS 64
#define FLOWLESS (1ULL << 63)

/* A call that has not returned; its stack tells it from others on its thread, as calls can be nested. */
struct tls_call_key {
	__u64 thread;
	__u64 stack;
};
struct tls_call {
	__u64 object;
	__u64 bytes;
	__u64 written; /* _ex: where the number of bytes written will stand */
};
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, struct tls_call_key);
	__type(value, struct tls_call);
} tls_calls SEC(".maps");

struct tls_stream_key {
	__u64 object;
	__u32 pid;
	__u32 pad;
};
struct tls_stream {
	struct client_random random;
	__u64 random_at; /* 0: not found */
	__u64 flow;
	struct http_framing http;
	__u8 tls; /* enum rg_tls */
	struct rg_http head; /* with `bytes` behind it: the frame */
	struct http_bytes bytes;
};
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct tls_stream_key);
	__type(value, struct tls_stream);
} tls_streams SEC(".maps");

static const struct tls_stream no_stream;
static __u64 flowless;

struct found {
	struct client_random random;
	__u64 at;
	__u64 flow;
};

static __always_inline bool try_random(struct found *found, const __u64 *words, __u64 at, __u32 pid)
{
	struct client_random random = { { words[0], words[1] } };
	struct tls_hello *hello;

	/* Cheaper than asking the map. */
	if (!random.word[0] || !random.word[1])
		return false;
	hello = bpf_map_lookup_elem(&tls_hellos, &random);
	if (!hello || hello->pid != pid)
		return false;
	found->random = random;
	found->at = at;
	found->flow = hello->flow;
	return true;
}

/* In the object itself: OpenSSL 3, GnuTLS. The latter has it at any multiple of four. */
__noinline int search_object(__u64 object, __u32 pid, struct found *found)
{
	__u32 halves[20];

	if (!found)
		return 0;
	for (int at = 0; at < OBJECT; at += 64) {
		if (bpf_probe_read_user(halves, sizeof(halves), (void *)(object + at)))
			return 0;
		for (int i = 0; i < 16; i++) {
			__u64 words[] = { halves[i] | (__u64)halves[i + 1] << 32, halves[i + 2] | (__u64)halves[i + 3] << 32 };

			if (try_random(found, words, object + at + i * 4, pid))
				return 1;
		}
	}
	return 0;
}

/* In what it points to: OpenSSL 1.1. */
__noinline int search_pointers(__u64 object, __u32 pid, struct found *found)
{
	static const __u16 places[] = { 184 };

	if (!found)
		return 0;
	for (int i = 0; i < POINTERS; i++) {
		__u64 pointer, words[2];

		if (bpf_probe_read_user(&pointer, sizeof(pointer), (void *)(object + i * 8)))
			return 0;
		if (pointer < 4096 || pointer & 7 || pointer >> 47)
			continue;
		for (__u32 j = 0; j < sizeof(places) / sizeof(places[0]); j++) {
			if (!bpf_probe_read_user(words, sizeof(words), (void *)(pointer + places[j])) &&
			    try_random(found, words, pointer + places[j], pid))
				return 1;
		}
	}
	return 0;
}

static __always_inline bool same_connection(const struct tls_stream *s)
{
	struct client_random now;

	return s->random_at && !bpf_probe_read_user(&now, sizeof(now), (void *)s->random_at) &&
	       now.word[0] == s->random.word[0] && now.word[1] == s->random.word[1];
}

static __always_inline void begin(struct tls_stream *s, const struct found *found)
{
	s->random = found->random;
	s->random_at = found->at;
	s->flow = found->at ? found->flow : FLOWLESS | __sync_fetch_and_add(&flowless, 1);
	__builtin_memset(&s->http, 0, sizeof(s->http));
	http_new_message(&s->http);
}

static __always_inline struct tls_stream *stream_of(__u64 object)
{
	struct tls_stream_key key = { .object = object, .pid = bpf_get_current_pid_tgid() >> 32 };
	struct tls_stream *s = bpf_map_lookup_elem(&tls_streams, &key);
	struct found found = {};
	bool known = s;

	if (s && same_connection(s))
		return s;
	if (!s) {
		bpf_map_update_elem(&tls_streams, &key, &no_stream, BPF_NOEXIST);
		s = bpf_map_lookup_elem(&tls_streams, &key);
		if (!s)
			return 0;
	}
	if (!search_object(object, key.pid, &found))
		search_pointers(object, key.pid, &found);
	/* One that is from before the sensor has no random that we know: it goes on as it is. */
	if (known && !s->random_at && !found.at)
		return s;
	begin(s, &found);
	return s;
}

static __always_inline void name_frame(struct tls_stream *s, __u32 length)
{
	name_process(&s->head.h, bpf_get_current_task_btf(), RG_HTTP);
	s->head.h.size = sizeof(s->head) + length;
	s->head.flow = s->flow;
	s->head.incoming = 0;
	s->head.len = length;
	s->head.tls = s->tls;
	s->head.flowless = s->flow >> 63;
}

static __always_inline void emit_frame(struct tls_stream *s)
{
	__u32 size = s->head.h.size;

	if (tls_ended || !room_for_content(KIND_HTTP))
		return;
	OPAQUE(size);
	if (size <= sizeof(s->head) + sizeof(s->bytes))
		emit(&core_ring, KIND_HTTP, &s->head, size);
}

/* What never was HTTP ends without a word. */
static __always_inline void give_up(struct tls_stream *s, enum rg_http_end end)
{
	bool was_http = s->http.message || s->http.place != HTTP_FIRST_LINE;

	s->http.place = HTTP_LOST;
	if (!was_http)
		return;
	name_frame(s, 0);
	s->head.message = s->http.message;
	s->head.offset = 0;
	s->head.whole = 0;
	s->head.end = end;
	emit_frame(s);
}

/* Bytes of the process. */
struct part {
	__u64 from;
	__u64 left;
};

/* Reads on to the next end of something; returns how many bytes that took, 0 to end. */
__noinline int read_written(struct tls_stream *s, const struct part *p)
{
	__u32 length, taken, event, offset;
	__u8 place;
	int scanned;

	if (!s || !p)
		return 0;
	length = p->left < HTTP_SCAN ? p->left : HTTP_SCAN;
	OPAQUE(length);
	length = ((length - 1) & (HTTP_SCAN - 1)) + 1;
	OPAQUE(length);
	if (length > HTTP_SCAN || bpf_probe_read_user(&s->bytes, length, (void *)p->from)) {
		give_up(s, RG_OUT_OF_ORDER);
		return 0;
	}
	place = s->http.place;
	offset = s->http.head;
	s->head.message = s->http.message;
	s->head.offset = offset;
	s->head.end = RG_GOES_ON;
	scanned = http_scan(&s->http, &s->bytes, length);
	taken = HTTP_TAKEN(scanned);
	event = HTTP_EVENT(scanned);
	if (event == HTTP_NOT_HTTP) {
		give_up(s, s->http.head > HTTP_HEAD_MOST ? RG_HEAD_TOO_LONG : RG_NOT_HTTP);
		return 0;
	}
	if (place >= HTTP_CHUNK)
		return taken;
	/* Behind the cap only the end of the head is told. */
	name_frame(s, offset < RG_HEAD_CAP ? taken : 0);
	s->head.whole = event == HTTP_HEAD || s->http.head == 0;
	if (s->head.len || s->head.whole)
		emit_frame(s);
	return taken;
}

static __always_inline void written(__u64 object, __u64 bytes, __u64 length, enum rg_tls tls)
{
	struct part p = { .from = bytes, .left = length };
	struct tls_stream *s = stream_of(object);

	if (!s)
		return;
	s->tls = tls;
	for (int i = 0; i < ROUNDS; i++) {
		__u64 taken;

		if (!p.left || s->http.place == HTTP_LOST)
			return;
		taken = s->http.skip < p.left ? s->http.skip : p.left;
		if (!taken) {
			taken = read_written(s, &p);
			if (!taken || taken > p.left)
				return;
		} else {
			s->http.skip -= taken;
		}
		p.from += taken;
		p.left -= taken;
	}
	if (p.left)
		give_up(s, RG_TOO_MANY);
}

static __always_inline void called(struct pt_regs *regs, __u64 call)
{
	struct tls_call_key key = { .thread = bpf_get_current_pid_tgid(), .stack = regs->sp };
	struct tls_call c = { .object = regs->di, .bytes = regs->si };

	if (!is_watched(key.thread >> 32))
		return;
	if (call == TLS_OPENSSL_WRITE_EX)
		c.written = regs->cx;
	bpf_map_update_elem(&tls_calls, &key, &c, BPF_ANY);
}

static __always_inline void returned(struct pt_regs *regs, __u64 call)
{
	/* The return has taken its address off the stack. */
	struct tls_call_key key = { .thread = bpf_get_current_pid_tgid(), .stack = regs->sp - 8 };
	struct tls_call *found = bpf_map_lookup_elem(&tls_calls, &key);
	/* OpenSSL's is an int, GnuTLS's a ssize_t. */
	__s64 result = call == TLS_GNUTLS_SEND ? (__s64)regs->ax : (__s64)(int)regs->ax;
	struct tls_call c;
	__u64 length;

	if (!found)
		return;
	c = *found;
	bpf_map_delete_elem(&tls_calls, &key);
	if (result <= 0)
		return;
	length = result;
	if (call == TLS_OPENSSL_WRITE_EX && bpf_probe_read_user(&length, sizeof(length), (void *)c.written))
		return;
	written(c.object, c.bytes, length, call == TLS_GNUTLS_SEND ? RG_GNUTLS : RG_OPENSSL);
}

SEC("uprobe")
int on_tls(struct pt_regs *regs)
{
	__u64 call = bpf_get_attach_cookie(regs);

	if (tls_ended)
		return 0;
	if (call & TLS_RETURN)
		returned(regs, call & ~TLS_RETURN);
	else
		called(regs, call);
	return 0;
}
