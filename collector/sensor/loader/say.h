/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Text for people, on stderr: one line per problem. */
#ifndef RUNGLASS_SAY_H
#define RUNGLASS_SAY_H

void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Says it, and ends the program with `code`: 2 for bad usage, 3 for what cannot be done. */
void fail(int code, const char *format, ...) __attribute__((format(printf, 2, 3), noreturn));

#endif
