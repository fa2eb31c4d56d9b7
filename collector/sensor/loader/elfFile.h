/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * An ELF file for this machine that somebody has made: what is in it is copied out with a check of its place, as nothing in it need
 * be aligned or true.
 */
#ifndef RUNGLASS_ELF_FILE_H
#define RUNGLASS_ELF_FILE_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>

#include "../frame.h"

struct elf {
	const __u8 *file;
	size_t size;
	Elf64_Ehdr header;
};

/* False for what is no ELF file for this machine. */
bool elf_open(struct elf *e, const __u8 *file, size_t size);

/* False for what is not in the file. */
bool elf_get(const struct elf *e, __u64 offset, void *to, size_t length);

/* `offset` of element `index` of a table; false when that overflows. */
bool elf_element(__u64 table, __u64 index, __u64 width, __u64 *offset);

/* How many segments are looked at, and one of them. */
unsigned int elf_segments(const struct elf *e);
bool elf_segment(const struct elf *e, unsigned int index, Elf64_Phdr *to);

/* The offset in the file of what will be at `address`, in a segment with all of `flags`; 0: nowhere. */
__u64 elf_offset_of(const struct elf *e, __u64 address, __u32 flags);

/* The section of that name whose content is in the file; false without one. */
bool elf_section(const struct elf *e, const char *name, Elf64_Shdr *to);

#endif
