// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "say.h"

#define DEFAULT_RING_MB 16
#define MAX_RING_MB 512

static const char usage[] =
	"usage: runglass-sensor (--cgroup PATH | --all | --check) [--exclude PID]... [--ring-mb N]\n"
	"                       [--reads LIST] [--policy-fd N --pins NAME]\n"
	"\n"
	"Writes what processes, connections and file changes the kernel tells of to its standard\n"
	"output, as binary frames for the Runglass collector (see frame.h). Ends at end of input\n"
	"on its standard input or on SIGTERM.\n"
	"\n"
	"  --cgroup PATH  watch what is in this cgroup v2 folder, and all that it starts\n"
	"  --all          watch the whole machine\n"
	"  --exclude PID  do not watch this process and what it starts (what it starts inside of\n"
	"                 --cgroup is watched all the same)\n"
	"  --ring-mb N    room for file events between kernel and sensor, in MiB, a power of two\n"
	"                 (default 16); processes and connections have a quarter of it beside\n"
	"  --reads LIST   tell who opens files of these names to read, and other processes' files in\n"
	"                 /proc: NAME, BEGINS*, *ENDS, FOLDER/ or FOLDER/NAME, one a line\n"
	"  --policy-fd N  enforce the egress policy that this descriptor gives, in --cgroup or on the\n"
	"                 whole machine; from then on what it does not allow is refused\n"
	"  --pins NAME    keep the programs that do so in /sys/fs/bpf/NAME: they stay attached until\n"
	"                 that is removed, whatever becomes of the sensor\n"
	"  --check        print which hooks this machine lets the sensor use, and end\n";

static unsigned long number(const char *option, const char *text, unsigned long max)
{
	char *end;
	unsigned long value;

	if (!text)
		fail(2, "%s needs a number after it; see --help", option);
	value = strtoul(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end || value < 1 || value > max)
		fail(2, "%s takes a number from 1 to %lu, not \"%.40s\"", option, max, text);
	return value;
}

static void add_excluded(struct options *o, const char *text)
{
	if (o->excluded_count == MAX_EXCLUDED)
		fail(2, "--exclude can be given at most %d times", MAX_EXCLUDED);
	o->excluded[o->excluded_count++] = number("--exclude", text, 4194304);
}

static void check(const struct options *o)
{
	if (!o->cgroup && !o->all && !o->check)
		fail(2, "say what to watch: --cgroup PATH or --all; see --help");
	if (o->policy_fd >= 0 && (!o->pins || !*o->pins || strlen(o->pins) > 200 || strpbrk(o->pins, "/.")))
		fail(2, "--policy-fd takes --pins with it, a name without slashes and dots; see --help");
	if (o->ring_mb & (o->ring_mb - 1))
		fail(2, "--ring-mb takes a power of two, not %u", o->ring_mb);
}

struct options parse_options(int argc, char **argv)
{
	struct options o = { .ring_mb = DEFAULT_RING_MB, .policy_fd = -1 };

	for (int i = 1; i < argc; i++) {
		const char *option = argv[i];

		if (!strcmp(option, "--help")) {
			fputs(usage, stdout);
			exit(0);
		} else if (!strcmp(option, "--all")) {
			o.all = true;
		} else if (!strcmp(option, "--check")) {
			o.check = true;
		} else if (!strcmp(option, "--cgroup")) {
			o.cgroup = argv[++i];
			if (!o.cgroup)
				fail(2, "--cgroup needs a folder after it; see --help");
		} else if (!strcmp(option, "--exclude")) {
			add_excluded(&o, argv[++i]);
		} else if (!strcmp(option, "--ring-mb")) {
			o.ring_mb = number(option, argv[++i], MAX_RING_MB);
		} else if (!strcmp(option, "--reads")) {
			o.reads = argv[++i];
			if (!o.reads)
				fail(2, "--reads needs a list after it; see --help");
		} else if (!strcmp(option, "--policy-fd")) {
			o.policy_fd = number(option, argv[++i], 1023);
		} else if (!strcmp(option, "--pins")) {
			o.pins = argv[++i];
		} else {
			fail(2, "unknown option \"%.60s\"; see --help", option);
		}
	}
	check(&o);
	return o;
}
