/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the running kernel's type information says. */
#ifndef RUNGLASS_KERNEL_TYPES_H
#define RUNGLASS_KERNEL_TYPES_H

/* Ends the program with code 3 and one message when the kernel has no type information. */
void kernel_types_open(void);

/* The number of arguments of tracepoint `name`; -1 when the kernel has no such tracepoint. */
int tracepoint_arguments(const char *name);

/* The number of a function that programs can call by its number; negative when the kernel has none of that name. */
int kernel_function(const char *name);

void kernel_types_close(void);

#endif
