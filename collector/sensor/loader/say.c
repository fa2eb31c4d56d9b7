// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "say.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static void write_line(const char *format, va_list arguments)
{
	char line[1024];

	/* One write per line, so that lines of several writers do not mix. */
	vsnprintf(line, sizeof(line), format, arguments);
	fprintf(stderr, "runglass-sensor: %s\n", line);
}

void say(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	write_line(format, arguments);
	va_end(arguments);
}

void fail(int code, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	write_line(format, arguments);
	va_end(arguments);
	exit(code);
}
