// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#define _GNU_SOURCE
#include "goSymbols.h"

#include <string.h>

#include "goCode.h"
#include "machine.h"
#include "machineCode.h"

/* The form of the table that each Go before 1.16 writes, 1.16 and 1.17, 1.18 and 1.19, and all since 1.20. */
#define MAGIC_12 0xfffffffbU
#define MAGIC_116 0xfffffffaU
#define MAGIC_118 0xfffffff0U
#define MAGIC_120 0xfffffff1U

/* Without names of sections, the table is searched for in so many bytes, at places aligned so. */
#define SEARCH_MOST (256UL << 20)
#define SEARCH_STEP 16
/* The largest programs have half a million functions, and 30 MB of names. */
#define MOST_FUNCTIONS (1U << 20)
#define MOST_NAMES (64UL << 20)
#define MOST_TABLE (256UL << 20)
/* Places where the code of Go can begin, behind other code; it is aligned so. */
#define MOST_STARTS (1U << 20)
#define START_STEP 16
/* So many functions are looked at, at most; most begin with a look at the stack, of which half must be found. */
#define SAMPLE 256

struct header {
	__u32 magic;
	__u8 zero[2];
	__u8 quantum;
	__u8 pointer;
	__u64 functions;
};

struct table {
	const struct elf *elf;
	__u32 magic;
	__u32 functions;
	__u64 text;                  /* where the code begins, as the header says it: may be 0, or not yet relocated */
	__u64 names, names_size;     /* where the names are, in the file, */
	__u64 by, base;              /* and the functions by address, and from where these count */
};

/* Those before CHECKED are long enough to begin as most functions do, and so tell whether we look at the right place. */
enum { WRITE_RECORD, WRITE, READ, CHECKED, MEMMOVE = CHECKED, CALLS };
static const char *const call_names[CALLS] = {
	[WRITE_RECORD] = "crypto/tls.(*Conn).writeRecordLocked",
	[WRITE] = "crypto/tls.(*Conn).Write",
	[READ] = "crypto/tls.(*Conn).Read",
	[MEMMOVE] = "runtime.memmove",
};

/* Functions are told by their distance from where the code begins. */
static bool relative(const struct table *t)
{
	return t->magic == MAGIC_118 || t->magic == MAGIC_120;
}

static bool begin_table(struct table *t, const struct elf *e, __u64 at, __u64 size)
{
	struct header h;
	/* From the number of files on: text (not in the oldest), names, units, files, lines, functions. */
	__u64 words[7];
	const __u64 *offsets;

	if (!elf_get(e, at, &h, sizeof(h)) || h.zero[0] || h.zero[1] || h.quantum != GO_QUANTUM || h.pointer != 8 ||
	    h.magic < MAGIC_118 || h.magic > MAGIC_12 || !h.functions || h.functions > MOST_FUNCTIONS || size > e->size - at)
		return false;
	*t = (struct table){ .elf = e, .magic = h.magic, .functions = h.functions };
	if (h.magic == MAGIC_12) {
		t->names = t->base = at;
		t->names_size = size < MOST_NAMES ? size : MOST_NAMES;
		t->by = at + sizeof(h);
		return true;
	}
	if ((h.magic != MAGIC_116 && !relative(t)) || !elf_get(e, at + sizeof(h), words, sizeof(words)))
		return false;
	t->text = relative(t) ? words[1] : 0;
	offsets = words + (relative(t) ? 2 : 1);
	if (offsets[0] >= size || offsets[1] <= offsets[0] || offsets[1] > size || offsets[4] >= size)
		return false;
	t->names = at + offsets[0];
	t->names_size = offsets[1] - offsets[0];
	t->by = t->base = at + offsets[4];
	return t->names_size <= MOST_NAMES;
}

/* The names of sections may have been taken away too. */
static bool search_table(struct table *t, const struct elf *e)
{
	__u64 left = SEARCH_MOST;

	for (unsigned int i = 0; i < elf_segments(e); i++) {
		__u64 at, end;
		Elf64_Phdr s;

		if (!elf_segment(e, i, &s) || s.p_type != PT_LOAD || (s.p_flags & PF_X) || s.p_offset > e->size)
			continue;
		end = s.p_filesz < e->size - s.p_offset ? s.p_offset + s.p_filesz : e->size;
		/* Where it is aligned in memory. */
		at = s.p_offset + (-s.p_vaddr & (SEARCH_STEP - 1));
		for (; at < end && left >= SEARCH_STEP; at += SEARCH_STEP, left -= SEARCH_STEP) {
			if (begin_table(t, e, at, end - at))
				return true;
		}
	}
	return false;
}

static bool find_table(struct table *t, const struct elf *e)
{
	static const char *const sections[] = { ".gopclntab", ".data.rel.ro.gopclntab" };
	/* Others than Go's linker put it between other things, and leave this. */
	static const char mark[] = ".go.buildinfo";
	Elf64_Shdr s;

	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		if (elf_section(e, sections[i], &s))
			return begin_table(t, e, s.sh_offset, s.sh_size);
	}
	return (!e->header.e_shnum || elf_section(e, mark, &s)) && search_table(t, e);
}

/* Where among the names it stands; false when it does not. */
static bool find_name(const struct table *t, const char *name, __u32 *offset)
{
	const __u8 *from = t->elf->file + t->names, *at = from;
	size_t length = strlen(name) + 1;

	while ((at = memmem(at, t->names_size - (at - from), name, length))) {
		if (at == from || !at[-1]) {
			*offset = at - from;
			return true;
		}
		at++;
	}
	return false;
}

/* What the table has of function `index`: its entry, and where its name is. */
static bool read_function(const struct table *t, __u32 index, __u64 *entry, __u32 *name)
{
	/* Both numbers are half as wide where they are relative. */
	__u32 half[2];
	__u64 whole[2], where;

	if (relative(t)) {
		if (!elf_get(t->elf, t->by + (__u64)index * sizeof(half), half, sizeof(half)))
			return false;
		whole[0] = half[0];
		whole[1] = half[1];
	} else if (!elf_get(t->elf, t->by + (__u64)index * sizeof(whole), whole, sizeof(whole))) {
		return false;
	}
	*entry = whole[0];
	return whole[1] <= MOST_TABLE && !__builtin_add_overflow(t->base, whole[1], &where) &&
	       !__builtin_add_overflow(where, relative(t) ? 4 : 8, &where) && elf_get(t->elf, where, name, sizeof(*name));
}

/* Where the next one begins; behind the last, there is one more number. */
static __u64 end_of(const struct table *t, __u32 index)
{
	__u32 half;
	__u64 whole = 0;

	if (!relative(t))
		elf_get(t->elf, t->by + (__u64)(index + 1) * 2 * sizeof(whole), &whole, sizeof(whole));
	else if (elf_get(t->elf, t->by + (__u64)(index + 1) * 2 * sizeof(half), &half, sizeof(half)))
		whole = half;
	return whole;
}

/* The entries of the functions whose names stand at these places, and where they end; 0: there is none. */
static void find_entries(const struct table *t, const __u32 *wanted, const bool *known, __u64 *entries, __u64 *ends)
{
	int left = 0;

	for (int call = 0; call < CALLS; call++)
		left += known[call];
	for (__u32 i = 0; i < t->functions && left; i++) {
		__u64 entry;
		__u32 name;

		if (!read_function(t, i, &entry, &name))
			return;
		for (int call = 0; call < CALLS; call++) {
			if (known[call] && name == wanted[call] && !ends[call]) {
				entries[call] = entry;
				ends[call] = end_of(t, i);
				left--;
			}
		}
	}
}

/* Do functions begin as functions do, the calls among them, if Go's code begins at `start`? */
static bool fits(const struct table *t, const __u64 *entries, __u64 start)
{
	__u32 step = t->functions / SAMPLE + 1, looked = 0, fit = 0;

	for (int call = 0; call < CHECKED; call++) {
		if (entries[call] && !go_stack_check(t->elf, elf_offset_of(t->elf, start + entries[call], PF_X)))
			return false;
	}
	for (__u32 i = 0; i < t->functions; i += step, looked++) {
		__u64 entry;
		__u32 name;

		if (!read_function(t, i, &entry, &name))
			return false;
		fit += go_stack_check(t->elf, elf_offset_of(t->elf, start + entry, PF_X)) > 0;
	}
	return fit >= looked / 2;
}

/*
 * Where Go's code begins. That it is where the section begins is wrong in programs with C in them, and what the header says is
 * not there in many.
 */
static bool find_start(const struct table *t, const __u64 *entries, __u64 *start)
{
	__u32 tries = MOST_STARTS;
	Elf64_Shdr text;

	*start = t->text;
	if (!relative(t) || fits(t, entries, *start))
		return true;
	if (elf_section(t->elf, ".text", &text) && fits(t, entries, *start = text.sh_addr))
		return true;
	for (unsigned int i = 0; i < elf_segments(t->elf); i++) {
		Elf64_Phdr s;
		__u64 at;

		if (!elf_segment(t->elf, i, &s) || s.p_type != PT_LOAD || !(s.p_flags & PF_X))
			continue;
		at = (s.p_vaddr + START_STEP - 1) & ~(__u64)(START_STEP - 1);
		for (; tries && at - s.p_vaddr < s.p_filesz; at += START_STEP, tries--) {
			if (fits(t, entries, *start = at))
				return true;
		}
	}
	return false;
}

/* Where a read copies what it has to its caller; where any of that is not as it is known, no responses are told. */
static void find_read(const struct elf *e, __u64 entry, __u64 size, __s64 memmove_at, struct symbols *symbols)
{
	__u32 slot, place;

	if (!entry || size > e->size || entry > e->size - size || !go_stack_check(e, entry))
		return;
	slot = go_argument_slot(e->file + entry, size);
	if (!slot || !function_calls(e->file + entry, size, memmove_at, &place))
		return;
	symbols->offset[TLS_GO_READ] = entry + place;
	symbols->go_slot = slot;
}

void go_read(const struct elf *e, struct symbols *symbols)
{
	__u64 entries[CALLS] = { 0 }, ends[CALLS] = { 0 }, start, entry, jump;
	bool known[CALLS] = { false };
	__u32 wanted[CALLS] = { 0 };
	struct table t;

	if (!find_table(&t, e))
		return;
	for (int call = 0; call < CALLS; call++)
		known[call] = find_name(&t, call_names[call], &wanted[call]);
	if (!known[WRITE_RECORD] && !known[WRITE])
		return;
	find_entries(&t, wanted, known, entries, ends);
	/* Named, as it may be in what was compiled into others, but not there. */
	if (!entries[WRITE_RECORD] && !entries[WRITE])
		return;
	if (symbols->library == TLS_NONE)
		symbols->library = TLS_GO;
	symbols->problem = GO_OTHER;
	if (!entries[WRITE_RECORD] || !find_start(&t, entries, &start))
		return;
	entry = elf_offset_of(e, start + entries[WRITE_RECORD], PF_X);
	jump = go_stack_check(e, entry);
	if (!jump) {
		symbols->problem = go_is_old(e, entry) ? GO_OLD : GO_OTHER;
		return;
	}
	symbols->problem = GO_FINE;
	symbols->offset[TLS_GO_RECORD] = entry + jump;
	if (entries[READ] && ends[READ] > entries[READ])
		find_read(e, elf_offset_of(e, start + entries[READ], PF_X), ends[READ] - entries[READ],
			  entries[MEMMOVE] - entries[READ], symbols);
}
