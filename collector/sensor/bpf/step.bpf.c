// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The environment of the runner's direct children, as the kernel has just set it up. */
#include "step.h"
#include "watch.h"

/*
 * Variables that are looked at, 4096 in all; what is longer than the cap is looked at in several turns. The verifier bounds
 * the branches of one function, so there are two loops.
 */
#define ROUNDS 64
#define TURNS 64

/* Bytes in the order in which they lie in memory. */
#define TEXT8(a, b, c, d, e, f, g, h)                                                                                  \
	((__u64)(a) | (__u64)(b) << 8 | (__u64)(c) << 16 | (__u64)(d) << 24 | (__u64)(e) << 32 | (__u64)(f) << 40 |    \
	 (__u64)(g) << 48 | (__u64)(h) << 56)
#define BEGINS(word, count, ...) (!(((word) ^ TEXT8(__VA_ARGS__)) << (64 - 8 * (count))))

static __always_inline bool child_of_worker(struct task_struct *task)
{
	union {
		char text[16];
		__u64 word[2];
	} name = {};
	const unsigned char *address = BPF_CORE_READ(task, real_parent, mm, exe_file, f_path.dentry, d_name.name);

	bpf_probe_read_kernel_str(name.text, sizeof(name.text), address);
	return name.word[0] == TEXT8('R', 'u', 'n', 'n', 'e', 'r', '.', 'W') &&
	       name.word[1] == TEXT8('o', 'r', 'k', 'e', 'r', 0, 0, 0);
}

/* Is the variable that begins with these 16 bytes one that loader/step.c may list? It looks at the whole name. */
static __always_inline bool wanted(__u64 first, __u64 second)
{
	/* What follows "GITHUB_". */
	__u64 rest = first >> 56 | second << 8;

	if (BEGINS(first, 8, 'R', 'U', 'N', 'N', 'E', 'R', '_', 'N'))
		return true;
	if (BEGINS(first, 8, 'R', 'U', 'N', 'N', 'E', 'R', '_', 'T'))
		return BEGINS(second, 4, 'E', 'M', 'P', '=', 0, 0, 0, 0);
	if (BEGINS(first, 8, 'C', 'O', 'P', 'I', 'L', 'O', 'T', '_'))
		return BEGINS(second, 8, 'A', 'G', 'E', 'N', 'T', '_', 'S', 'E');
	if (!BEGINS(first, 7, 'G', 'I', 'T', 'H', 'U', 'B', '_', 0))
		return false;
	return BEGINS(rest, 7, 'A', 'C', 'T', 'I', 'O', 'N', '=', 0) || BEGINS(rest, 8, 'A', 'C', 'T', 'I', 'O', 'N', '_', 'P') ||
	       BEGINS(rest, 6, 'A', 'C', 'T', 'O', 'R', '=', 0, 0) || BEGINS(rest, 8, 'E', 'V', 'E', 'N', 'T', '_', 'N', 'A') ||
	       BEGINS(rest, 4, 'J', 'O', 'B', '=', 0, 0, 0, 0) || BEGINS(rest, 4, 'R', 'E', 'F', '=', 0, 0, 0, 0) ||
	       BEGINS(rest, 8, 'R', 'E', 'P', 'O', 'S', 'I', 'T', 'O') || BEGINS(rest, 8, 'R', 'U', 'N', '_', 'A', 'T', 'T', 'E') ||
	       BEGINS(rest, 7, 'R', 'U', 'N', '_', 'I', 'D', '=', 0) || BEGINS(rest, 8, 'S', 'E', 'R', 'V', 'E', 'R', '_', 'U') ||
	       BEGINS(rest, 4, 'S', 'H', 'A', '=', 0, 0, 0, 0) || BEGINS(rest, 8, 'W', 'O', 'R', 'K', 'F', 'L', 'O', 'W');
}

static __always_inline bool is_action(__u64 first, __u64 second)
{
	return BEGINS(first, 8, 'G', 'I', 'T', 'H', 'U', 'B', '_', 'A') && BEGINS(second, 6, 'C', 'T', 'I', 'O', 'N', '=', 0, 0);
}

/*
 * Where the look through an environment stands. It lies in the scratch and not on the stack, as the verifier does not
 * follow values there: it would try each of them in each turn of the loop.
 */
struct progress {
	__u64 at;
	__u32 length;    /* of what is kept */
	__u8 inside;     /* the next turn reads on in a variable that is longer than the cap */
	__u8 has_action;
};
_Static_assert(sizeof(struct step_record) + sizeof(struct progress) <= RECORD_HEAD, "it stands behind the record");

static __always_inline struct progress *progress(struct scratch *s)
{
	return (void *)&s->head[RECORD_HEAD - sizeof(struct progress)];
}

/* Looks at the next variable, which is read to where the next one to keep belongs. False where it cannot be read. */
static __always_inline bool look(struct scratch *s, struct progress *p)
{
	__u32 length = p->length;
	__u64 first, second;
	bool was_inside = p->inside;
	long n;

	if (length > RG_STEP_CAP - RG_STEP_VALUE_CAP)
		return false;
	/* A short one is read over what was there: that is not to be taken for the rest of its name. */
	*(__u64 *)&s->data[length] = 0;
	*(__u64 *)&s->data[length + 8] = 0;
	n = bpf_probe_read_user_str(&s->data[length], RG_STEP_VALUE_CAP, (void *)p->at);
	if (n < 0)
		return false;
	/* Older kernels give 0 for an empty string. */
	if (n == 0)
		n = 1;
	/* Of one that fills the cap the last byte is a NUL that is not its own. */
	p->inside = n >= RG_STEP_VALUE_CAP;
	p->at += p->inside ? n - 1 : n;
	first = *(__u64 *)&s->data[length];
	second = *(__u64 *)&s->data[length + 8];
	if (was_inside || !wanted(first, second))
		return true;
	if (is_action(first, second))
		p->has_action = 1;
	p->length = length + n;
	return true;
}

/* Looks at more variables; false when there are none, or no more can be read or kept. Global, to be verified once. */
__noinline int look_on(__u64 end)
{
	struct scratch *s = scratch();

	if (!s)
		return false;
	for (int i = 0; i < TURNS; i++) {
		struct progress *p = progress(s);

		if (p->at >= end || !look(s, p))
			return false;
	}
	return true;
}

__noinline int tell_step(void)
{
	struct task_struct *task = (void *)bpf_get_current_task_btf();
	struct scratch *s = scratch();
	struct progress *p;
	__u64 end, size;
	__u32 length;
	bool whole;

	if (!s || !child_of_worker(task))
		return 0;
	p = progress(s);
	p->at = BPF_CORE_READ(task, mm, env_start);
	p->length = 0;
	p->inside = p->has_action = 0;
	end = BPF_CORE_READ(task, mm, env_end);
	for (int i = 0; i < ROUNDS && look_on(end); i++)
		;
	whole = p->at >= end;
	if (whole && !p->has_action)
		return 0;
	length = p->length;
	name_process(&s->step.s.h, task, RG_STEP);
	s->step.s.h.flags = whole ? 0 : RG_TRUNCATED;
	s->step.s.ppid = BPF_CORE_READ(task, real_parent, tgid);
	s->step.s.parent_start = BPF_CORE_READ(task, real_parent, group_leader, start_boottime);
	s->step.s.values_len = length;
	size = sizeof(s->head) + length;
	if (size > sizeof(*s))
		return 0;
	s->step.s.h.size = size;
	emit(&core_ring, KIND_PROCESS, s, size);
	return 0;
}
