/* The part of the sensor that reads machine code, as an ordinary program under the compiler's checks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "instruction.h"
#include "machineCode.h"

#define MOST_LINE 262144

static size_t parse(const char *text, __u8 *bytes)
{
	size_t length = 0;
	unsigned int byte;

	for (; sscanf(text, "%2x", &byte) == 1; text += 2)
		bytes[length++] = byte;
	return length;
}

/* Of its exact size, so that the checks see what is read behind its end. */
static __u8 *exact(const __u8 *bytes, size_t length)
{
	__u8 *copy = malloc(length ? length : 1);

	memcpy(copy, bytes, length);
	return copy;
}

static void tell_length(const __u8 *bytes, size_t length)
{
	__u8 *copy = exact(bytes, length);
	enum instruction kind;
	__s32 distance;

	printf("%zu\n", instruction_read(copy, length, &kind, &distance));
	free(copy);
}

static void tell_call(const __u8 *bytes, size_t length, __s64 target)
{
	__u8 *copy = exact(bytes, length);
	__u32 place;

	if (function_calls(copy, length, target, &place))
		printf("%u\n", place);
	else
		printf("-\n");
	free(copy);
}

/* "instructions": each line of the input is one, in hexadecimal. "functions": so, behind the distance of what is called. */
int main(int argc, char **argv)
{
	static char line[MOST_LINE];
	static __u8 bytes[MOST_LINE / 2];

	while (argc == 2 && fgets(line, sizeof(line), stdin)) {
		char *code = line;
		__s64 target;

		if (!strcmp(argv[1], "functions")) {
			target = strtoll(line, &code, 10);
			tell_call(bytes, parse(code + 1, bytes), target);
		} else {
			tell_length(bytes, parse(code, bytes));
		}
	}
	return 0;
}
