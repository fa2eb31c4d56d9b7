/* The part of the sensor that reads Go's code for arm64, as an ordinary program under the compiler's checks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "goCode.h"
#include "machineCode.h"

#define MOST_LINE 65536

static size_t parse(const char *text, __u8 *bytes)
{
	size_t length = 0;
	__u32 word;

	for (int used; sscanf(text, "%x%n", &word, &used) == 1; text += used, length += sizeof(word))
		memcpy(bytes + length, &word, sizeof(word));
	return length;
}

/*
 * Each line of the input: what is asked ("check", "slot", or "call" and how far what is called is away), and the instructions
 * of a function as hexadecimal numbers. Answers with a number, or "-".
 */
int main(void)
{
	static char line[MOST_LINE];
	static __u8 bytes[MOST_LINE];

	while (fgets(line, sizeof(line), stdin)) {
		char *code = line + strcspn(line, " ");
		long target = strncmp(line, "call", 4) ? 0 : strtol(code, &code, 10);
		size_t length = parse(code, bytes + 16);
		/* Of its exact size, so that the checks see what is read behind its end; functions do not begin a file. */
		__u8 *exact = malloc(16 + length);
		struct elf e = { .file = exact, .size = 16 + length };
		__u32 place;

		memcpy(exact, bytes, 16 + length);
		if (!strncmp(line, "check", 5))
			printf("%llu%s\n", go_stack_check(&e, 16), go_is_old(&e, 16) ? " old" : "");
		else if (!strncmp(line, "slot", 4))
			printf("%u\n", go_argument_slot(exact + 16, length));
		else if (function_calls(exact + 16, length, target, &place))
			printf("%u\n", place);
		else
			printf("-\n");
		free(exact);
	}
	return 0;
}
