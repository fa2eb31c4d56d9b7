// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "frames.h"

#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "cutter.h"
#include "existing.h"
#include "folds.h"
#include "output.h"
#include "paths.h"
#include "requests.h"
#include "step.h"

#define PADDED(size) (((size) + 7) & ~(size_t)7)

static __u64 latest; /* time of the latest record, ns of CLOCK_BOOTTIME */

/* Sets size and padding. */
static void finish(struct rg_header *h, size_t size)
{
	memset((__u8 *)h + size, 0, PADDED(size) - size);
	h->size = PADDED(size);
}

void frame_commit(struct rg_header *h, size_t size)
{
	finish(h, size);
	output_commit(h->size);
}

static void *control(__u16 type, size_t size)
{
	struct rg_header *h = output_reserve(PADDED(size), OUTPUT_CONTROL, 0);

	if (!h)
		return NULL;
	memset(h, 0, size);
	h->type = type;
	h->time = epoch_us(boot_now());
	return h;
}

void frame_hello(void)
{
	struct rg_hello *f = control(RG_HELLO, sizeof(*f));

	f->abi = RG_ABI;
	frame_commit(&f->h, sizeof(*f));
}

void frame_coverage(const char *hook, enum rg_state state, const char *reason)
{
	frame_coverage_of(hook, "", state, reason);
}

void frame_coverage_of(const char *hook, const char *target, enum rg_state state, const char *reason)
{
	size_t hook_len = strlen(hook), reason_len = strlen(reason), target_len = strnlen(target, RG_PATH_CAP), size;
	struct rg_coverage *f;

	size = sizeof(*f) + hook_len + reason_len + target_len;
	f = control(RG_COVERAGE, size);
	if (!f)
		return;
	f->state = state;
	f->hook_len = hook_len;
	f->reason_len = reason_len;
	memcpy(f + 1, hook, hook_len);
	memcpy((char *)(f + 1) + hook_len, reason, reason_len);
	f->target_len = target_len;
	memcpy((char *)(f + 1) + hook_len + reason_len, target, target_len);
	frame_commit(&f->h, size);
}

void frame_enforcement(bool armed, const char *reason)
{
	size_t reason_len = strnlen(reason, 1024), size;
	struct rg_enforcement *f;

	size = sizeof(*f) + reason_len;
	f = control(RG_ENFORCEMENT, size);
	if (!f)
		return;
	f->armed = armed;
	f->reason_len = reason_len;
	memcpy(f + 1, reason, reason_len);
	frame_commit(&f->h, size);
}

void frame_ready(void)
{
	struct rg_ready *f = control(RG_READY, sizeof(*f));

	if (f)
		frame_commit(&f->h, sizeof(*f));
}

bool frame_loss(enum rg_ring ring, __u64 lost)
{
	struct rg_loss *f = control(RG_LOSS, sizeof(*f));

	if (!f)
		return false;
	f->lost = lost;
	f->ring = ring;
	frame_commit(&f->h, sizeof(*f));
	return true;
}

void frame_bye(__u64 seen, __u64 lost, __u64 not_told)
{
	struct rg_bye *f = control(RG_BYE, sizeof(*f));

	if (!f)
		return;
	f->seen = seen;
	f->lost = lost;
	f->filtered = not_told;
	frame_commit(&f->h, sizeof(*f));
}

/* Network records are frames but for their time and padding. */
static void frame_net(const struct rg_header *r, enum importance importance)
{
	struct rg_header *h = output_reserve(PADDED(r->size), importance, 1);

	if (!h)
		return;
	memcpy(h, r, r->size);
	h->time = epoch_us(r->time);
	frame_commit(h, r->size);
}

static void frame_exec(const struct exec_record *r)
{
	const __u8 *data = (const __u8 *)r + RECORD_HEAD;
	size_t most = sizeof(struct rg_exec) + RG_ARGV_CAP + 2 * WALK_CAP;
	struct rg_exec *e = output_reserve(most, OUTPUT_CORE, 1);
	char *to = (char *)(e + 1);

	if (!e)
		return;
	*e = r->e;
	e->h.time = epoch_us(r->e.h.time);
	e->exe_len = path_from_walk(data + r->e.argv_len, r->e.exe_len, to, RG_PATH_CAP);
	to += e->exe_len;
	e->cwd_len = path_from_walk(data + r->e.argv_len + r->e.exe_len, r->e.cwd_len, to, RG_PATH_CAP);
	to += e->cwd_len;
	/* Of a process that was moved into the cgroup, the kernel's record has all but the arguments. */
	if (r->e.h.flags & RG_EXISTING)
		e->argv_len = read_text(e->h.pid, "cmdline", to, RG_ARGV_CAP);
	else
		memcpy(to, data, e->argv_len);
	frame_commit(&e->h, to + e->argv_len - (char *)e);
}

static void frame_cgroup(const struct cgroup_record *r)
{
	struct rg_cgroup *c = output_reserve(sizeof(*c) + RG_PATH_CAP, OUTPUT_CORE, 1);

	if (!c)
		return;
	*c = r->c;
	c->h.time = epoch_us(r->c.h.time);
	c->path_len = path_from_walk((const __u8 *)r + RECORD_HEAD, r->c.path_len, (char *)(c + 1), RG_PATH_CAP);
	frame_commit(&c->h, sizeof(*c) + c->path_len);
}

/* What is one path in a file record: text that was typed, and the walk of where it starts (or of the file itself). */
struct part {
	const char *text;
	size_t text_length;
	const __u8 *walk;
	size_t walk_length;
	bool by_link; /* the walk stands for a link that began the text */
};

/* Is it below /proc? Links there lead to where their text does not say. */
static bool is_in_proc(const char *path, size_t length)
{
	static const char proc[] = "/proc/";
	const size_t n = sizeof(proc) - 1;

	while (length > 1 && path[0] == '/' && path[1] == '/') {
		path++;
		length--;
	}
	return length > n && !memcmp(path, proc, n);
}

/*
 * The folder above one that was typed is another where that is a link; so it is above a folder that a link in /proc leads to,
 * or above the root of the process. What such a text comes to is not known here. `path`: what it was joined to.
 */
static bool is_unsure(const struct part *part, bool rooted, const char *path, size_t length)
{
	if (!part->text_length)
		return false;
	if (is_in_proc(part->text, part->text_length) || is_in_proc(path, length))
		return true;
	/* Behind a link and another slash it looks like the text of a root, which nothing leads out of. */
	if ((rooted || (part->by_link && part->text[0] == '/')) && path_has_up(part->text, part->text_length))
		return true;
	return path_goes_up(part->text, part->text_length);
}

static size_t part_path(const struct part *part, char *path, bool *cut)
{
	char base[RG_PATH_CAP];
	size_t length = path_from_walk(part->walk, part->walk_length, part->text_length ? base : path, RG_PATH_CAP);

	if (!part->text_length)
		return length;
	return path_join(base, length, part->text, part->text_length, path, RG_PATH_CAP, cut);
}

/* The text of a symbolic link starts from the folder that the link is in. */
static size_t target_path(const char *link, size_t link_length, const struct part *target, char *path, bool *cut)
{
	if (target->text_length && target->text[0] == '/')
		link_length = 0;
	while (link_length > 0 && link[link_length - 1] != '/')
		link_length--;
	return path_join(link, link_length, target->text, target->text_length, path, RG_PATH_CAP, cut);
}

/* `time`: when it happened. */
static void frame_file(const struct file_record *r, __u64 time)
{
	const char *data = (const char *)r + RECORD_HEAD;
	const char *from_data = data + r->text_len + r->base_len;
	struct part path = { data + r->skip, r->text_len - r->skip, (const __u8 *)data + r->text_len, r->base_len,
			     r->skip };
	struct part from = { from_data + r->from_skip, r->from_text_len - r->from_skip,
			     (const __u8 *)from_data + r->from_text_len, r->from_base_len, r->from_skip };
	/* What is lost here is still kept where more of it may be folded: that finds room again. */
	static struct {
		struct rg_file file;
		char paths[2 * RG_PATH_CAP];
	} no_room;
	struct rg_file *f = output_reserve(sizeof(no_room), OUTPUT_LESS, r->count);
	bool cut = false, room = f, rooted = r->style & ROOTED;
	char *to;

	if (!room && !r->slot)
		return;
	if (!room)
		f = &no_room.file;
	to = (char *)(f + 1);
	memset(f, 0, sizeof(*f));
	f->h = r->h;
	f->h.time = epoch_us(time);
	f->count = r->count;
	f->op = r->op;
	f->owner = r->owner;
	f->path_len = part_path(&path, to, &cut);
	if (r->style & TARGET_TEXT)
		f->from_len = target_path(to, f->path_len, &from, to + f->path_len, &cut);
	else if (from.text_length || from.walk_length)
		f->from_len = part_path(&from, to + f->path_len, &cut);
	if (cut)
		f->h.flags |= RG_TRUNCATED | RG_RELATIVE;
	if (is_unsure(&path, rooted, to, f->path_len) ||
	    (r->style & TARGET_TEXT ? rooted && path_has_up(from.text, from.text_length) :
				      is_unsure(&from, rooted, to + f->path_len, f->from_len)))
		f->h.flags |= RG_RELATIVE;
	finish(&f->h, sizeof(*f) + f->path_len + f->from_len);
	if (room)
		output_commit(f->h.size);
	if (r->slot)
		folds_keep(r->slot - 1, r->sequence, f);
}

/* Not before what was told already: frames are in the order of time. */
void frame_again(const struct rg_file *frame, __u32 count, __u64 time)
{
	struct rg_file *f = output_reserve(frame->h.size, OUTPUT_LESS, count);

	if (!f)
		return;
	memcpy(f, frame, frame->h.size);
	f->h.time = epoch_us(time > latest ? time : latest);
	f->count = count;
	output_commit(frame->h.size);
}

/* Names go only after what was done under them. */
static bool changes_names(const struct file_record *r)
{
	return r->op == RG_RENAME || r->op == RG_UNLINK;
}

static void frame_operation(const struct file_record *r)
{
	if (changes_names(r))
		folds_flush_process(r->h.pid, r->h.start, false);
	if (r->request)
		requests_keep(r);
	else
		frame_file(r, r->h.time);
}

/* The record of what was asked for can be lost, as any other: then an operation has happened that we know nothing of. */
static void frame_request(const struct request_record *end)
{
	struct file_record *r = requests_take(end->request);

	if (end->done && r)
		frame_file(r, end->h.time);
	else if (end->done)
		output_lose(1);
	free(r);
}

void frame_record(const void *record)
{
	const struct rg_header *h = record;

	if (h->time > latest)
		latest = h->time;
	switch (h->type) {
	case RG_EXIT:
		folds_flush_process(h->pid, h->start, true);
		frame_net(h, OUTPUT_CORE);
		break;
	case RG_STEP:
		frame_step(record);
		break;
	case RG_EXEC:
		frame_exec(record);
		break;
	case RG_CGROUP:
		frame_cgroup(record);
		break;
	case RG_FILE:
		frame_operation(record);
		break;
	case RECORD_REQUEST:
		frame_request(record);
		break;
	case RECORD_FOLD:
		folds_tell(record);
		break;
	case RECORD_NUDGE:
		break;
	case RG_DENIED:
		if (h->flags & RG_CUT)
			cutter_cut(record);
		frame_net(h, OUTPUT_CORE);
		break;
	case RG_STREAM:
	case RG_HTTP:
		/* A flood of content is dropped before any process or connection is. */
		frame_net(h, OUTPUT_LESS);
		break;
	default:
		frame_net(h, OUTPUT_CORE);
		break;
	}
}

void frame_existing(const struct task_record *task)
{
	struct rg_exec *e = output_reserve(sizeof(*e) + RG_ARGV_CAP + 2 * RG_PATH_CAP, OUTPUT_CORE, 1);
	char *to = (char *)(e + 1);

	if (!e)
		return;
	memset(e, 0, sizeof(*e));
	e->h.type = RG_EXEC;
	e->h.flags = RG_EXISTING;
	e->h.time = epoch_us(boot_now());
	e->h.start = task->start;
	e->h.pid = e->h.tid = task->pid;
	e->parent_start = task->parent_start;
	e->cgroup = task->cgroup;
	e->ppid = task->ppid;
	e->uid = task->uid;
	e->gid = task->gid;
	e->inside_pid = task->inside_pid;
	e->pid_namespace = task->pid_namespace;
	e->exe_len = read_link(task->pid, "exe", to, RG_PATH_CAP);
	to += e->exe_len;
	e->cwd_len = read_link(task->pid, "cwd", to, RG_PATH_CAP);
	to += e->cwd_len;
	e->argv_len = read_text(task->pid, "cmdline", to, RG_ARGV_CAP);
	frame_commit(&e->h, to + e->argv_len - (char *)e);
}
