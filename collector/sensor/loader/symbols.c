// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "symbols.h"

#include <string.h>

#include "cheapPlaces.h"
#include "elfFile.h"
#include "goSymbols.h"

#define MOST_DYNAMIC 1024
/* Symbols with one hash: a handful, unless somebody wants to keep us busy. */
#define MOST_STEPS 4096

/* What a file exports, by offsets in the file; 0: not there. */
struct exports {
	struct elf elf;
	__u64 symbols, names, names_size, gnu_hash, hash;
};

static void read_dynamic(struct exports *e, const Elf64_Phdr *dynamic)
{
	for (__u64 i = 0; i < MOST_DYNAMIC && i < dynamic->p_filesz / sizeof(Elf64_Dyn); i++) {
		Elf64_Dyn d;
		__u64 offset;

		if (!elf_element(dynamic->p_offset, i, sizeof(d), &offset) || !elf_get(&e->elf, offset, &d, sizeof(d)) ||
		    d.d_tag == DT_NULL)
			return;
		switch (d.d_tag) {
		case DT_SYMTAB:
			e->symbols = elf_offset_of(&e->elf, d.d_un.d_ptr, 0);
			break;
		case DT_STRTAB:
			e->names = elf_offset_of(&e->elf, d.d_un.d_ptr, 0);
			break;
		case DT_STRSZ:
			e->names_size = d.d_un.d_val;
			break;
		case DT_GNU_HASH:
			e->gnu_hash = elf_offset_of(&e->elf, d.d_un.d_ptr, 0);
			break;
		case DT_HASH:
			e->hash = elf_offset_of(&e->elf, d.d_un.d_ptr, 0);
			break;
		}
	}
}

static bool find_exports(struct exports *e)
{
	for (unsigned int i = 0; i < elf_segments(&e->elf); i++) {
		Elf64_Phdr s;

		if (elf_segment(&e->elf, i, &s) && s.p_type == PT_DYNAMIC) {
			read_dynamic(e, &s);
			break;
		}
	}
	return e->symbols && e->names;
}

/* The offset in the file of the function, if symbol `index` is one of that name which the file has itself. */
static __u64 function_at(const struct exports *e, __u64 index, const char *name)
{
	size_t length = strlen(name) + 1;
	char found[64];
	Elf64_Sym s;
	__u64 offset;

	if (!elf_element(e->symbols, index, sizeof(s), &offset) || !elf_get(&e->elf, offset, &s, sizeof(s)))
		return 0;
	if (s.st_shndx == SHN_UNDEF || ELF64_ST_TYPE(s.st_info) != STT_FUNC)
		return 0;
	if (length > sizeof(found) || s.st_name >= e->names_size || length > e->names_size - s.st_name ||
	    !elf_get(&e->elf, e->names + s.st_name, found, length) || memcmp(found, name, length))
		return 0;
	return elf_offset_of(&e->elf, s.st_value, PF_X);
}

static __u64 find_by_gnu_hash(const struct exports *e, const char *name)
{
	struct { __u32 buckets, first, bloom, shift; } head;
	__u64 buckets, chain, offset;
	__u32 hash = 5381, index, link;

	for (const char *c = name; *c; c++)
		hash = hash * 33 + (__u8)*c;
	if (!elf_get(&e->elf, e->gnu_hash, &head, sizeof(head)) || !head.buckets)
		return 0;
	buckets = e->gnu_hash + sizeof(head) + (__u64)head.bloom * sizeof(__u64);
	chain = buckets + (__u64)head.buckets * sizeof(__u32);
	if (!elf_element(buckets, hash % head.buckets, sizeof(index), &offset) ||
	    !elf_get(&e->elf, offset, &index, sizeof(index)) || index < head.first)
		return 0;
	for (int i = 0; i < MOST_STEPS; i++, index++) {
		if (!elf_element(chain, index - head.first, sizeof(link), &offset) || !elf_get(&e->elf, offset, &link, sizeof(link)))
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

static __u64 find_by_hash(const struct exports *e, const char *name)
{
	struct { __u32 buckets, chains; } head;
	__u64 buckets, chain, offset;
	__u32 hash = 0, index;

	for (const char *c = name; *c; c++) {
		hash = (hash << 4) + (__u8)*c;
		hash = (hash ^ (hash >> 24 & 0xf0)) & 0x0fffffff;
	}
	if (!elf_get(&e->elf, e->hash, &head, sizeof(head)) || !head.buckets)
		return 0;
	buckets = e->hash + sizeof(head);
	chain = buckets + (__u64)head.buckets * sizeof(__u32);
	if (!elf_element(buckets, hash % head.buckets, sizeof(index), &offset) || !elf_get(&e->elf, offset, &index, sizeof(index)))
		return 0;
	for (int i = 0; i < MOST_STEPS && index; i++) {
		__u64 found = function_at(e, index, name);

		if (found)
			return found;
		if (!elf_element(chain, index, sizeof(index), &offset) || !elf_get(&e->elf, offset, &index, sizeof(index)))
			return 0;
	}
	return 0;
}

static __u64 find(const struct exports *e, const char *name)
{
	__u64 found = e->gnu_hash ? find_by_gnu_hash(e, name) : 0;

	return found || !e->hash ? found : find_by_hash(e, name);
}

static void read_exports(const struct exports *e, struct symbols *symbols)
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
	static const char *const names[TLS_CALLS] = {
		[TLS_OPENSSL_WRITE] = "SSL_write",
		[TLS_OPENSSL_WRITE_EX] = "SSL_write_ex",
		[TLS_OPENSSL_WRITE_EX2] = "SSL_write_ex2",
		[TLS_OPENSSL_READ] = "SSL_read",
		[TLS_OPENSSL_READ_EX] = "SSL_read_ex",
		[TLS_OPENSSL_SENDFILE] = "SSL_sendfile",
		[TLS_GNUTLS_SEND] = "gnutls_record_send",
		[TLS_GNUTLS_RECEIVE] = "gnutls_record_recv",
		[TLS_OPENSSL_FREE] = "SSL_free",
		[TLS_OPENSSL_CLEAR] = "SSL_clear",
		[TLS_GNUTLS_FREE] = "gnutls_deinit",
	};
	__u64 sent;

	for (size_t i = 0; i < sizeof(libraries) / sizeof(libraries[0]); i++) {
		if (find(e, libraries[i].name)) {
			symbols->library = libraries[i].library;
			break;
		}
	}
	if (symbols->library != TLS_OPENSSL && symbols->library != TLS_GNUTLS)
		return;
	for (int i = 0; i < TLS_CALLS; i++) {
		if (names[i])
			symbols->offset[i] = find(e, names[i]);
	}
	/* Versions that have it do the work of the other in it. */
	sent = find(e, "gnutls_record_send2");
	if (symbols->offset[TLS_GNUTLS_SEND] && sent)
		symbols->offset[TLS_GNUTLS_SEND] = sent;
	prefer_cheap_places(&e->elf, symbols);
}

void symbols_read(const __u8 *file, size_t size, struct symbols *symbols)
{
	struct exports e = { 0 };

	memset(symbols, 0, sizeof(*symbols));
	if (!elf_open(&e.elf, file, size))
		return;
	if (find_exports(&e))
		read_exports(&e, symbols);
	go_read(&e.elf, symbols);
}
