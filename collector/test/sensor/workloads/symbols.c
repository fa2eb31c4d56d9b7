/* The part of the sensor that reads ELF files, as an ordinary program under the compiler's checks. */
#include <stdio.h>
#include <stdlib.h>

#include "../../../sensor/loader/symbols.c"

static __u64 next(__u64 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void tell(const __u8 *bytes, size_t size)
{
	struct symbols s;
	/* Of its exact size, so that the checks see what is read behind its end. */
	__u8 *copy = malloc(size ? size : 1);

	memcpy(copy, bytes, size);
	symbols_read(copy, size, &s);
	printf("%u", s.library);
	/* What is exported; Go has a test of its own. */
	for (int i = 0; i < TLS_GO_RECORD; i++) {
		printf(" %llu", s.offset[i]);
		if (s.offset[i] >= size && s.offset[i])
			abort();
	}
	printf("\n");
	free(copy);
}

/* FILE [ROUNDS SEED]: tells of the file, or of as many damaged copies of it. */
int main(int argc, char **argv)
{
	FILE *f = fopen(argv[1], "rb");
	__u64 state = argc > 3 ? strtoull(argv[3], NULL, 10) * 2 + 1 : 1;
	long rounds = argc > 2 ? atol(argv[2]) : 0;
	static __u8 bytes[8 << 20], damaged[sizeof(bytes)];
	size_t size = f ? fread(bytes, 1, sizeof(bytes), f) : 0;
	/* Where the tables are that are looked at. */
	size_t front = size < 65536 ? size : 65536;

	if (!rounds)
		tell(bytes, size);
	for (long i = 0; i < rounds && front; i++) {
		size_t length = next(&state) % 4 ? size : next(&state) % size;
		int hits = 1 + next(&state) % 16;

		memcpy(damaged, bytes, size);
		for (int hit = 0; hit < hits; hit++) {
			/* Headers, segments, and (at the end of a library) the dynamic section. */
			__u64 where = next(&state) % 3 ? next(&state) % (next(&state) % 2 ? 1024 : front)
						      : size - 1 - next(&state) % front;

			damaged[where] = next(&state) % 3 ? next(&state) : next(&state) % 2 ? 0xff : 0;
		}
		tell(damaged, length);
	}
	return 0;
}
