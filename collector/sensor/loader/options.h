/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The command line. */
#ifndef RUNGLASS_OPTIONS_H
#define RUNGLASS_OPTIONS_H

#include <stdbool.h>
#include <sys/types.h>

#define MAX_EXCLUDED 64

struct options {
	const char *cgroup; /* NULL: none */
	bool all;
	bool check;
	const char *reads; /* NULL: none; see secrets.h */
	int policy_fd;     /* -1: none; see guard.h */
	const char *pins;  /* name of the folder for its pins; NULL: none */
	pid_t excluded[MAX_EXCLUDED];
	int excluded_count;
	unsigned int ring_mb; /* of the file ring; the core ring has a quarter, at least one */
};

/* Ends the program with code 2 and one message when the arguments are wrong. */
struct options parse_options(int argc, char **argv);

#endif
