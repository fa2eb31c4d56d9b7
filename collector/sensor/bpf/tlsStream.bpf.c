// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Connections inside TLS: which flow each is, and what its HTTP/1.x messages are.
 *
 * A connection is the address of the library's object in a process. Its flow is
 * the one whose ClientHello had the random that is found in that object: no
 * descriptor need be known, and no layout of any version. As long as it is
 * still there, it is the same connection. Where the object does not have it, as
 * Go's does not, the library's call that sends the ClientHello tells it.
 *
 * These programs can be preempted, unlike all others: they hold no place in a
 * ring, and use no memory that belongs to a CPU.
 */
#include "http.h"
#include "tlsRandom.h"
#include "tlsStream.h"
#include "tlsWay.h"

/* Heads, bodies and chunks that one call may have. */
#define ROUNDS 256
#define FLOWLESS (1ULL << 63)
/* Requests that may be without a response; http_framing has a bit for each. */
#define PIPELINED 64

struct tls_stream_key {
	__u64 object;
	__u32 pid;
	__u32 pad;
};
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct tls_stream_key);
	__type(value, struct tls_stream);
} tls_streams SEC(".maps");

static const struct tls_stream no_stream;
static __u64 flowless;

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
	s->looks = 0;
	s->announced = 0;
	s->unexpected = 0;
	__builtin_memset(&s->out.http, 0, sizeof(s->out.http));
	__builtin_memset(&s->in.http, 0, sizeof(s->in.http));
	s->out.http2.place = HTTP2_NONE;
	s->in.http2.place = HTTP2_NONE;
	http_new_message(&s->out.http);
	http_new_message(&s->in.http);
	s->in.http.incoming = 1;
}

static __always_inline struct tls_stream *new_stream(const struct tls_stream_key *key)
{
	bpf_map_update_elem(&tls_streams, key, &no_stream, BPF_NOEXIST);
	return bpf_map_lookup_elem(&tls_streams, key);
}

static __always_inline void find_announced(struct tls_stream *s, __u32 pid)
{
	struct tls_hello *hello = bpf_map_lookup_elem(&tls_hellos, &s->random);

	s->announced = 0;
	if (hello && hello->pid == pid) {
		s->flow = hello->flow;
		hello->read = 1;
	}
}

/* A connection that is new here, though the library has not freed it, is one that others have taken the room of. */
static __always_inline void join(const struct client_random *random)
{
	struct tls_hello *hello = bpf_map_lookup_elem(&tls_hellos, random);

	if (!hello)
		return;
	if (hello->live)
		__sync_fetch_and_add(&tls_forgotten, 1);
	hello->read = 1;
	hello->live = 1;
}

static __always_inline struct tls_stream *stream_of(__u64 object, bool has_random)
{
	struct tls_stream_key key = { .object = object, .pid = bpf_get_current_pid_tgid() >> 32 };
	struct tls_stream *s = bpf_map_lookup_elem(&tls_streams, &key);
	__u32 *count = hello_count(key.pid), hellos = count ? *count : 0;
	struct found found = {};
	bool known = s;

	if (s && s->announced)
		find_announced(s, key.pid);
	if (s && (!has_random || same_connection(s)))
		return s;
	if (!s) {
		s = new_stream(&key);
		if (!s) {
			__sync_fetch_and_add(&tls_forgotten, 1);
			return 0;
		}
	} else if (!s->random_at && s->hellos == hellos) {
		return s;
	}
	s->hellos = hellos;
	if (has_random && !random_in_object(object, key.pid, &found))
		random_behind_pointers(object, key.pid, &found);
	/* One that is from before the sensor has no random that we know: it goes on as it is. */
	if (known && !s->random_at && !found.at)
		return s;
	if (found.at)
		join(&found.random);
	begin(s, &found);
	return s;
}

/* Follows this way no further. What never was HTTP ends without a word. */
static __always_inline void give_up(const struct tls_stream *s, struct tls_way *w, enum rg_http_end end)
{
	bool was_http = w->http.message || w->http.place != HTTP_FIRST_LINE;

	w->http.place = HTTP_LOST;
	if (!was_http)
		return;
	name_frame(s, w, 0);
	w->head.message = w->http.message;
	w->head.offset = 0;
	w->head.whole = 0;
	w->head.end = end;
	emit_frame(w);
}

/* HTTP/2 of which the beginning was not seen: nothing of it can be read. */
static __always_inline void begun_before(const struct tls_stream *s, struct tls_way *w)
{
	w->http.place = HTTP_LOST;
	w->http2.place = HTTP2_LOST;
	name_frame(s, w, 0);
	w->head.message = 0;
	w->head.offset = 0;
	w->head.whole = 0;
	w->head.end = RG_BEGUN_BEFORE;
	emit_frame(w);
}

static __always_inline void response_head(struct tls_stream *s)
{
	enum http_after after = http_response_head(&s->in.http, s->out.http.heads, s->out.http.tunnels);

	if (after == HTTP_AFTER_TWO) {
		http2_begin(&s->in.http2, true);
		return;
	}
	if (after == HTTP_AFTER_TUNNEL) {
		s->out.http.place = HTTP_LOST;
		s->looks = LATER_LOOKS;
	}
	if (after != HTTP_AFTER_OTHERS)
		s->in.http.place = HTTP_LOST;
}

/* Reads on to the next end of something; returns how many bytes that took, 0 to end. */
__noinline int read_tls(struct tls_stream *s, const struct part *p)
{
	__u32 length, taken, event, offset;
	struct tls_way *w;
	__u8 place;
	int scanned;

	if (!s || !p)
		return 0;
	w = p->incoming ? &s->in : &s->out;
	length = fill_way(w, p);
	if (!length) {
		give_up(s, w, RG_OUT_OF_ORDER);
		return 0;
	}
	if (!p->incoming && !w->http.message && !w->http.head && length >= HTTP2_FRAME_HEAD && http2_looks_begun(w->bytes.byte)) {
		begun_before(s, w);
		return 0;
	}
	place = w->http.place;
	offset = w->http.head;
	w->head.message = w->http.message;
	w->head.offset = offset;
	w->head.end = RG_GOES_ON;
	scanned = http_scan(&w->http, &w->bytes, length);
	taken = HTTP_TAKEN(scanned);
	event = HTTP_EVENT(scanned);
	if (event == HTTP_NOT_HTTP) {
		give_up(s, w, w->http.head > HTTP_HEAD_MOST ? RG_HEAD_TOO_LONG : RG_NOT_HTTP);
		return 0;
	}
	if (event == HTTP_TWO)
		http2_begin(&w->http2, false);
	if (event == HTTP_TWO || place >= HTTP_CHUNK)
		return taken;
	/* Behind the cap only the end of the head is told. */
	name_frame(s, w, offset < RG_HEAD_CAP ? taken : 0);
	w->head.whole = event == HTTP_HEAD || (!p->incoming && w->http.head == 0);
	if (event == HTTP_HEAD && p->incoming)
		response_head(s);
	if (w->head.len || w->head.whole)
		emit_frame(w);
	return taken;
}

static __always_inline bool between_messages(const struct http_framing *f)
{
	return f->place == HTTP_FIRST_LINE && !f->head && !f->skip;
}

/* As for clear text: a server may speak before the first request has ended. */
static __always_inline bool receives_http2(const struct tls_stream *s)
{
	return s->out.http2.place != HTTP2_NONE || s->in.http2.place > HTTP2_LOST || !s->out.http.message;
}

static __always_inline void read_all(struct tls_stream *s, struct part *p)
{
	struct tls_way *w = p->incoming ? &s->in : &s->out;

	if (p->incoming && receives_http2(s)) {
		if (w->http2.place == HTTP2_NONE)
			http2_begin(&w->http2, true);
		if (w->http2.place == HTTP2_LOST)
			return;
	}

	for (int i = 0; i < ROUNDS; i++) {
		__u64 taken;

		if (!p->left || w->http.place == HTTP_LOST || (w->http2.place == HTTP2_LOST && !p->incoming))
			return;
		taken = w->http.skip < p->left ? w->http.skip : p->left;
		if (w->http2.place > HTTP2_LOST) {
			taken = tls_frames(s, p);
			if (!taken || taken > p->left)
				return;
		} else if (taken) {
			w->http.skip -= taken;
		} else if (p->incoming && between_messages(&w->http) && w->http.message == s->out.http.message) {
			w->http.place = HTTP_LOST;
			s->unexpected = 1;
			return;
		} else {
			taken = read_tls(s, p);
			if (!taken || taken > p->left)
				return;
		}
		p->from += taken;
		p->left -= taken;
	}
	if (p->left)
		give_up(s, w, RG_TOO_MANY);
}

/* A request begins. Where no response is on its way, the next one is to this request. */
static __always_inline void expect_response(struct tls_stream *s)
{
	if (!s->unexpected || s->in.http.message != s->out.http.message)
		return;
	s->unexpected = 0;
	s->in.http.skip = 0;
	http_new_message(&s->in.http);
}

/* Through TLS to a proxy goes TLS to another server: its flow is this one. */
static __always_inline void look_for_hello(struct tls_stream *s, const struct tls_passed *passed)
{
	struct {
		__u8 head[CLIENT_RANDOM];
		struct client_random random;
	} __attribute__((packed)) hello;
	struct client_random random;

	s->looks--;
	if (passed->length < sizeof(hello) || bpf_probe_read_user(&hello, sizeof(hello), (void *)passed->bytes) ||
	    hello.head[0] != TLS_HANDSHAKE || hello.head[CLIENT_TYPE] != TLS_CLIENT_HELLO)
		return;
	s->looks = 0;
	random = hello.random;
	add_hello(&random, s->flow, bpf_get_current_pid_tgid() >> 32);
}

int tls_passed(const struct tls_passed *passed)
{
	struct part p = {};
	struct tls_stream *s;

	if (!passed)
		return 0;
	s = stream_of(passed->object, passed->tls != RG_GO);
	if (!s)
		return 0;
	p.from = passed->bytes;
	p.left = passed->length;
	p.incoming = passed->incoming;
	s->tls = passed->tls;
	if (!p.incoming && s->looks)
		look_for_hello(s, passed);
	if (!p.incoming && between_messages(&s->out.http))
		expect_response(s);
	read_all(s, &p);
	if (!p.incoming && s->out.http.message - s->in.http.message > PIPELINED && s->in.http.place != HTTP_LOST)
		give_up(s, &s->in, RG_TOO_MANY);
	return 0;
}

int tls_begun(__u64 object, const struct client_random *random)
{
	struct tls_stream_key key = { .object = object, .pid = bpf_get_current_pid_tgid() >> 32 };
	struct tls_stream *s = bpf_map_lookup_elem(&tls_streams, &key);
	struct found none = {};

	if (!random)
		return 0;
	if (!s)
		s = new_stream(&key);
	if (!s)
		return 0;
	begin(s, &none);
	s->random = *random;
	s->announced = 1;
	return 0;
}

int tls_freed(__u64 object)
{
	struct tls_stream_key key = { .object = object, .pid = bpf_get_current_pid_tgid() >> 32 };
	struct tls_stream *s = bpf_map_lookup_elem(&tls_streams, &key);
	struct tls_hello *hello;

	if (!s)
		return 0;
	hello = s->random_at ? bpf_map_lookup_elem(&tls_hellos, &s->random) : 0;
	if (hello)
		hello->live = 0;
	bpf_map_delete_elem(&tls_streams, &key);
	return 0;
}
