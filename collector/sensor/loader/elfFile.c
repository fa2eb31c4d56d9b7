// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "elfFile.h"

#include <string.h>

#include "machine.h"

#define MOST_SEGMENTS 128
#define MOST_SECTIONS 4096

bool elf_get(const struct elf *e, __u64 offset, void *to, size_t length)
{
	if (offset > e->size || length > e->size - offset)
		return false;
	memcpy(to, e->file + offset, length);
	return true;
}

bool elf_element(__u64 table, __u64 index, __u64 width, __u64 *offset)
{
	return !__builtin_mul_overflow(index, width, offset) && !__builtin_add_overflow(*offset, table, offset);
}

bool elf_open(struct elf *e, const __u8 *file, size_t size)
{
	e->file = file;
	e->size = size;
	return elf_get(e, 0, &e->header, sizeof(e->header)) && !memcmp(e->header.e_ident, ELFMAG, SELFMAG) &&
	       e->header.e_ident[EI_CLASS] == ELFCLASS64 && e->header.e_ident[EI_DATA] == ELFDATA2LSB &&
	       e->header.e_machine == MACHINE_ELF && e->header.e_phentsize == sizeof(Elf64_Phdr);
}

unsigned int elf_segments(const struct elf *e)
{
	return e->header.e_phnum < MOST_SEGMENTS ? e->header.e_phnum : MOST_SEGMENTS;
}

bool elf_segment(const struct elf *e, unsigned int index, Elf64_Phdr *to)
{
	__u64 offset;

	return elf_element(e->header.e_phoff, index, sizeof(*to), &offset) && elf_get(e, offset, to, sizeof(*to));
}

__u64 elf_offset_of(const struct elf *e, __u64 address, __u32 flags)
{
	for (unsigned int i = 0; i < elf_segments(e); i++) {
		Elf64_Phdr s;

		if (!elf_segment(e, i, &s))
			return 0;
		if (s.p_type == PT_LOAD && (s.p_flags & flags) == flags && address >= s.p_vaddr &&
		    address - s.p_vaddr < s.p_filesz && s.p_offset <= e->size && address - s.p_vaddr < e->size - s.p_offset)
			return s.p_offset + (address - s.p_vaddr);
	}
	return 0;
}

static bool section(const struct elf *e, unsigned int index, Elf64_Shdr *to)
{
	__u64 offset;

	return elf_element(e->header.e_shoff, index, sizeof(*to), &offset) && elf_get(e, offset, to, sizeof(*to));
}

bool elf_section(const struct elf *e, const char *name, Elf64_Shdr *to)
{
	size_t length = strlen(name) + 1;
	Elf64_Shdr names, s;
	char found[64];
	__u64 offset;

	if (!e->header.e_shoff || e->header.e_shentsize != sizeof(s) || length > sizeof(found) ||
	    !section(e, e->header.e_shstrndx, &names))
		return false;
	for (unsigned int i = 0; i < e->header.e_shnum && i < MOST_SECTIONS; i++) {
		if (!section(e, i, &s))
			return false;
		if (s.sh_type != SHT_PROGBITS || s.sh_name >= names.sh_size || length > names.sh_size - s.sh_name ||
		    __builtin_add_overflow(names.sh_offset, s.sh_name, &offset) || !elf_get(e, offset, found, length) ||
		    memcmp(found, name, length))
			continue;
		if (s.sh_offset > e->size || s.sh_size > e->size - s.sh_offset)
			return false;
		*to = s;
		return true;
	}
	return false;
}
