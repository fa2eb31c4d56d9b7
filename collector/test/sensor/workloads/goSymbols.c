/* The part of the sensor that finds Go's crypto/tls, as an ordinary program under the compiler's checks. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../sensor/loader/goSymbols.c"

static __u64 next(__u64 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void tell(const __u8 *bytes, size_t size)
{
	struct symbols s = { 0 };
	struct elf e;

	if (elf_open(&e, bytes, size))
		go_read(&e, &s);
	printf("%u %u %llu %llu %llu\n", s.library, s.problem, s.offset[TLS_GO_RECORD], s.offset[TLS_GO_READ], s.go_slot);
	if (s.offset[TLS_GO_RECORD] > size || s.offset[TLS_GO_READ] > size)
		abort();
}

/* One of the places that are looked at: headers, sections, the table's header, its names, its functions. */
static __u64 place(__u64 *state, const struct elf *e, const struct table *t)
{
	__u64 sections = e->size - 65536;

	switch (next(state) % 6) {
	case 0:
		return next(state) % 64;
	case 1:
		return next(state) % 1024;
	case 2:
		return (e->header.e_shoff && e->header.e_shoff < sections ? e->header.e_shoff : sections) + next(state) % 4096;
	case 3:
		return t->names - next(state) % 128;
	case 4:
		return t->names + next(state) % t->names_size;
	default:
		return t->base + next(state) % ((__u64)t->functions * 64);
	}
}

static void damage(const __u8 *bytes, size_t size, __u8 *damaged, __u64 *state)
{
	static __u64 where[16];
	int hits = 1 + next(state) % 16;
	struct elf e;
	struct table t;

	memcpy(damaged, bytes, size);
	if (!elf_open(&e, bytes, size) || !find_table(&t, &e))
		abort();
	for (int hit = 0; hit < hits; hit++) {
		where[hit] = place(state, &e, &t) % size;
		damaged[where[hit]] = next(state) % 3 ? next(state) : next(state) % 2 ? 0xff : 0;
	}
}

/* FILE [ROUNDS SEED]: tells of the file, or of as many damaged copies of it. */
int main(int argc, char **argv)
{
	FILE *f = fopen(argv[1], "rb");
	__u64 state = argc > 3 ? strtoull(argv[3], NULL, 10) * 2 + 1 : 1;
	long rounds = argc > 2 ? atol(argv[2]) : 0;
	static __u8 bytes[32 << 20];
	size_t size = f ? fread(bytes, 1, sizeof(bytes), f) : 0;

	if (!rounds)
		tell(bytes, size);
	for (long i = 0; i < rounds; i++) {
		/* Of its exact size, so that the checks see what is read behind its end. */
		size_t length = next(&state) % 4 ? size : 1 + next(&state) % size;
		__u8 *damaged = malloc(size), *exact;

		damage(bytes, size, damaged, &state);
		exact = length == size ? damaged : realloc(damaged, length);
		tell(exact, length);
		free(exact);
	}
	return 0;
}
