// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "symbols.h"

#include <elf.h>
#include <stdbool.h>
#include <string.h>

#define MOST_SEGMENTS 128
#define MOST_DYNAMIC 1024
/* Symbols with one hash: a handful, unless somebody wants to keep us busy. */
#define MOST_STEPS 4096

struct elf {
	const __u8 *file;
	size_t size;
	Elf64_Ehdr header;
	__u64 symbols, names, names_size, gnu_hash, hash; /* offsets in the file; 0: not there */
};

/* Copies out of the file, as nothing in it need be aligned. False for what is not in it. */
static bool get(const struct elf *e, __u64 offset, void *to, size_t length)
{
	if (offset > e->size || length > e->size - offset)
		return false;
	memcpy(to, e->file + offset, length);
	return true;
}

/* `offset` of element `index` of a table; false when that overflows. */
static bool element(__u64 table, __u64 index, __u64 width, __u64 *offset)
{
	return !__builtin_mul_overflow(index, width, offset) && !__builtin_add_overflow(*offset, table, offset);
}

static bool segment(const struct elf *e, unsigned int index, Elf64_Phdr *to)
{
	__u64 offset;

	return element(e->header.e_phoff, index, sizeof(*to), &offset) && get(e, offset, to, sizeof(*to));
}

static unsigned int segments(const struct elf *e)
{
	return e->header.e_phnum < MOST_SEGMENTS ? e->header.e_phnum : MOST_SEGMENTS;
}

/* The offset in the file of what will be at `address`, in a segment with all of `flags`; 0: nowhere. */
static __u64 offset_of(const struct elf *e, __u64 address, __u32 flags)
{
	for (unsigned int i = 0; i < segments(e); i++) {
		Elf64_Phdr s;

		if (!segment(e, i, &s))
			return 0;
		if (s.p_type == PT_LOAD && (s.p_flags & flags) == flags && address >= s.p_vaddr &&
		    address - s.p_vaddr < s.p_filesz && s.p_offset <= e->size && address - s.p_vaddr < e->size - s.p_offset)
			return s.p_offset + (address - s.p_vaddr);
	}
	return 0;
}

static void read_dynamic(struct elf *e, const Elf64_Phdr *dynamic)
{
	for (__u64 i = 0; i < MOST_DYNAMIC && i < dynamic->p_filesz / sizeof(Elf64_Dyn); i++) {
		Elf64_Dyn d;
		__u64 offset;

		if (!element(dynamic->p_offset, i, sizeof(d), &offset) || !get(e, offset, &d, sizeof(d)) || d.d_tag == DT_NULL)
			return;
		switch (d.d_tag) {
		case DT_SYMTAB:
			e->symbols = offset_of(e, d.d_un.d_ptr, 0);
			break;
		case DT_STRTAB:
			e->names = offset_of(e, d.d_un.d_ptr, 0);
			break;
		case DT_STRSZ:
			e->names_size = d.d_un.d_val;
			break;
		case DT_GNU_HASH:
			e->gnu_hash = offset_of(e, d.d_un.d_ptr, 0);
			break;
		case DT_HASH:
			e->hash = offset_of(e, d.d_un.d_ptr, 0);
			break;
		}
	}
}

static bool open_elf(struct elf *e)
{
	if (!get(e, 0, &e->header, sizeof(e->header)) || memcmp(e->header.e_ident, ELFMAG, SELFMAG) ||
	    e->header.e_ident[EI_CLASS] != ELFCLASS64 || e->header.e_ident[EI_DATA] != ELFDATA2LSB ||
	    e->header.e_machine != EM_X86_64 || e->header.e_phentsize != sizeof(Elf64_Phdr))
		return false;
	for (unsigned int i = 0; i < segments(e); i++) {
		Elf64_Phdr s;

		if (segment(e, i, &s) && s.p_type == PT_DYNAMIC) {
			read_dynamic(e, &s);
			break;
		}
	}
	return e->symbols && e->names;
}

/* The offset in the file of the function, if symbol `index` is one of that name which the file has itself. */
static __u64 function_at(const struct elf *e, __u64 index, const char *name)
{
	size_t length = strlen(name) + 1;
	char found[64];
	Elf64_Sym s;
	__u64 offset;

	if (!element(e->symbols, index, sizeof(s), &offset) || !get(e, offset, &s, sizeof(s)))
		return 0;
	if (s.st_shndx == SHN_UNDEF || ELF64_ST_TYPE(s.st_info) != STT_FUNC)
		return 0;
	if (length > sizeof(found) || s.st_name >= e->names_size || length > e->names_size - s.st_name ||
	    !get(e, e->names + s.st_name, found, length) || memcmp(found, name, length))
		return 0;
	return offset_of(e, s.st_value, PF_X);
}

static __u64 find_by_gnu_hash(const struct elf *e, const char *name)
{
	struct { __u32 buckets, first, bloom, shift; } head;
	__u64 buckets, chain, offset;
	__u32 hash = 5381, index, link;

	for (const char *c = name; *c; c++)
		hash = hash * 33 + (__u8)*c;
	if (!get(e, e->gnu_hash, &head, sizeof(head)) || !head.buckets)
		return 0;
	buckets = e->gnu_hash + sizeof(head) + (__u64)head.bloom * sizeof(__u64);
	chain = buckets + (__u64)head.buckets * sizeof(__u32);
	if (!element(buckets, hash % head.buckets, sizeof(index), &offset) || !get(e, offset, &index, sizeof(index)) ||
	    index < head.first)
		return 0;
	for (int i = 0; i < MOST_STEPS; i++, index++) {
		if (!element(chain, index - head.first, sizeof(link), &offset) || !get(e, offset, &link, sizeof(link)))
			return 0;
		if ((link | 1) == (hash | 1)) {
			__u64 found = function_at(e, index, name);

			if (found)
				return found;
		}
		if (link & 1)
			return 0;
	}
	return 0;
}

static __u64 find_by_hash(const struct elf *e, const char *name)
{
	struct { __u32 buckets, chains; } head;
	__u64 buckets, chain, offset;
	__u32 hash = 0, index;

	for (const char *c = name; *c; c++) {
		hash = (hash << 4) + (__u8)*c;
		hash = (hash ^ (hash >> 24 & 0xf0)) & 0x0fffffff;
	}
	if (!get(e, e->hash, &head, sizeof(head)) || !head.buckets)
		return 0;
	buckets = e->hash + sizeof(head);
	chain = buckets + (__u64)head.buckets * sizeof(__u32);
	if (!element(buckets, hash % head.buckets, sizeof(index), &offset) || !get(e, offset, &index, sizeof(index)))
		return 0;
	for (int i = 0; i < MOST_STEPS && index; i++) {
		__u64 found = function_at(e, index, name);

		if (found)
			return found;
		if (!element(chain, index, sizeof(index), &offset) || !get(e, offset, &index, sizeof(index)))
			return 0;
	}
	return 0;
}

static __u64 find(const struct elf *e, const char *name)
{
	__u64 found = e->gnu_hash ? find_by_gnu_hash(e, name) : 0;

	return found || !e->hash ? found : find_by_hash(e, name);
}

void symbols_read(const __u8 *file, size_t size, struct symbols *symbols)
{
	/* One call that the library cannot do without, by which it is known. */
	static const struct { enum tls_library library; const char *name; } libraries[] = {
		{ TLS_OPENSSL, "SSL_write" },
		{ TLS_GNUTLS, "gnutls_record_send" },
		{ TLS_NSS, "SSL_ImportFD" },
		{ TLS_MBEDTLS, "mbedtls_ssl_write" },
		{ TLS_WOLFSSL, "wolfSSL_write" },
		{ TLS_S2N, "s2n_send" },
	};
	static const char *const calls[TLS_CALLS] = {
		[TLS_OPENSSL_WRITE] = "SSL_write",
		[TLS_OPENSSL_WRITE_EX] = "SSL_write_ex",
		[TLS_OPENSSL_READ] = "SSL_read",
		[TLS_OPENSSL_READ_EX] = "SSL_read_ex",
		[TLS_GNUTLS_SEND] = "gnutls_record_send",
		[TLS_GNUTLS_RECEIVE] = "gnutls_record_recv",
		[TLS_OPENSSL_FREE] = "SSL_free",
		[TLS_OPENSSL_CLEAR] = "SSL_clear",
		[TLS_GNUTLS_FREE] = "gnutls_deinit",
	};
	struct elf e = { .file = file, .size = size };

	memset(symbols, 0, sizeof(*symbols));
	if (!open_elf(&e))
		return;
	for (size_t i = 0; i < sizeof(libraries) / sizeof(libraries[0]); i++) {
		if (find(&e, libraries[i].name)) {
			symbols->library = libraries[i].library;
			break;
		}
	}
	if (symbols->library != TLS_OPENSSL && symbols->library != TLS_GNUTLS)
		return;
	for (int i = 0; i < TLS_CALLS; i++)
		symbols->offset[i] = find(&e, calls[i]);
}
