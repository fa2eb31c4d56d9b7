// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The sensor: loads the eBPF programs, attaches them, gives up its privileges,
 * and then only carries records from the kernel's rings to its stdout.
 */
#define _GNU_SOURCE
#include <bpf/bpf.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "attacher.h"
#include "clock.h"
#include "counters.h"
#include "cutter.h"
#include "existing.h"
#include "folds.h"
#include "frames.h"
#include "guard.h"
#include "hooks.h"
#include "loop.h"
#include "output.h"
#include "privileges.h"
#include "say.h"
#include "systemCalls.h"
#include "warden.h"

static void print_coverage(const char *hook, enum rg_state state, const char *reason)
{
	static const char *const names[] = { "on", "off", "unsupported" };

	printf("%s\t%s\t%s\n", hook, names[state], reason);
}

static struct pid_block *map_processes(struct sensor *sensor)
{
	size_t size = PID_LIMIT / PIDS_PER_BLOCK * sizeof(struct pid_block);
	void *table = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(sensor->maps.processes), 0);

	if (table == MAP_FAILED)
		fail(3, "cannot map the table of processes: %s", strerror(errno));
	return table;
}

static void exclude(const struct options *options, struct pid_block *table)
{
	/* The numbers that we know ourselves and others by would be those of strangers. */
	if (!host_process_ids()) {
		if (options->all)
			fail(3, "this is a PID namespace of its own, and processes are watched by the ids of the host: share those "
				"(docker run --pid=host), or watch one cgroup");
		return;
	}
	mark_process(table, getpid(), PROC_EXCLUDED | PROC_EXCLUDED_SELF);
	for (int i = 0; i < options->excluded_count; i++)
		mark_process(table, options->excluded[i], PROC_EXCLUDED | PROC_EXCLUDED_SELF);
}

static void map_rings(struct sensor *sensor, struct loop *loop)
{
	loop->core_fd = bpf_map__fd(sensor->maps.core_ring);
	loop->file_fd = bpf_map__fd(sensor->maps.file_ring);
	loop->wanted_wake = &sensor->bss->wanted_wake;
	loop->tls_ended = &sensor->bss->tls_ended;
	loop->shortfalls = (struct shortfalls){ &sensor->bss->images_lost, &sensor->bss->tls_forgotten };
	if (!ring_map(&loop->core, loop->core_fd, bpf_map__max_entries(sensor->maps.core_ring)) ||
	    !ring_map(&loop->file, loop->file_fd, bpf_map__max_entries(sensor->maps.file_ring)) ||
	    !counters_map(bpf_map__fd(sensor->maps.counters), libbpf_num_possible_cpus()) ||
	    !folds_map(bpf_map__fd(sensor->maps.folds)))
		fail(3, "cannot map the ring buffers: %s", strerror(errno));
}

static void tell_start(const struct options *options, struct pid_block *table)
{
	int snapshot = hooks_snapshot();

	frame_hello();
	hooks_report(frame_coverage);
	if (snapshot < 0 || !tell_existing(snapshot, table, options->all))
		say("cannot list the processes that run already (%s): they are known from their next exec on",
		    strerror(errno));
	if (snapshot >= 0)
		close(snapshot);
}

int main(int argc, char **argv)
{
	struct options options = parse_options(argc, argv);
	struct loop loop = { 0 };
	struct pid_block *table;
	struct sensor *sensor;

	/* Ctrl-C goes to the whole foreground group; the collector decides when the sensor ends. */
	signal(SIGINT, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	loop_catch_end(&loop);
	guard_read(&options);
	sensor = hooks_load(&options);
	if (options.check) {
		hooks_attach(sensor);
		hooks_report(print_coverage);
		guard_try(print_coverage);
		return 0;
	}
	output_open();
	clock_start();
	table = map_processes(sensor);
	exclude(&options, table);
	map_rings(sensor, &loop);
	/* Before the observers: what it refuses is told by it alone. */
	guard_arm(sensor, &options);
	hooks_attach(sensor);
	tell_start(&options, table);
	loop.warden = warden_start(&options);
	cutter_start();
	loop.attacher = attacher_start(sensor);
	loop_prepare(&loop);
	take_precedence();
	drop_privileges();
	if (!limit_system_calls())
		frame_coverage("sensor.seccomp", RG_OFF, "this kernel does not filter the sensor's own system calls");
	frame_ready();
	return loop_run(&loop);
}
