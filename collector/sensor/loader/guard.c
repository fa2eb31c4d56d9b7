// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "guard.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "../bpf/guardPolicy.h"
#include "cgroup.h"
#include "say.h"

/* How long the programs go by the policy when nobody looks after them. */
#define LEASE_NS 15000000000ULL

static const char *const programs[] = {
	"guard_egress", "guard_create", "guard_sendmsg4", "guard_sendmsg6", "guard_connect4", "guard_connect6",
};
#define PROGRAMS (sizeof(programs) / sizeof(programs[0]))

static struct guard_policy_head head;
static struct guard_policy_network *networks;
static struct guard_policy_name *names;
static struct guard_port *ports;
static bool wanted;
static struct sensor__bss *shared;

static void *read_table(int fd, size_t size, const char *what)
{
	char *table = malloc(size ? size : 1);
	size_t have = 0;

	if (!table)
		fail(3, CANNOT_ENFORCE "no memory for its %s", what);
	while (have < size) {
		ssize_t n = read(fd, table + have, size - have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			fail(2, "the policy on its descriptor is not whole (%s)", what);
		have += n;
	}
	return table;
}

static void check_span(const struct guard_span *span)
{
	if (!span->count || span->count > GUARD_SPAN_PORTS || span->first >= head.ports ||
	    head.ports - span->first < span->count)
		fail(2, "the policy on its descriptor names ports that it does not have");
}

void guard_read(const struct options *options)
{
	struct guard_policy_head *read_head;

	if (options->policy_fd < 0)
		return;
	read_head = read_table(options->policy_fd, sizeof(head), "head");
	head = *read_head;
	free(read_head);
	if (head.magic != GUARD_MAGIC || head.networks > GUARD_MOST_NETWORKS || head.names > GUARD_MOST_NAMES ||
	    head.ports > GUARD_MOST_PORTS)
		fail(2, "what is on the policy's descriptor is no policy of this version");
	networks = read_table(options->policy_fd, head.networks * sizeof(*networks), "networks");
	names = read_table(options->policy_fd, head.names * sizeof(*names), "names");
	ports = read_table(options->policy_fd, head.ports * sizeof(*ports), "ports");
	close(options->policy_fd);
	for (__u32 i = 0; i < head.names; i++)
		check_span(&names[i].span);
	wanted = true;
}

bool guard_wanted(void)
{
	return wanted;
}

static __u32 at_least_one(__u32 count)
{
	return count ? count : 1;
}

static __u32 kind_of(const struct guard_network_key *key)
{
	if (key->protocol == GUARD_ANY_PROTOCOL)
		return key->port == GUARD_ANY_PORT ? GUARD_NEITHER : GUARD_PORT_ONLY;
	return key->port == GUARD_ANY_PORT ? GUARD_PROTOCOL_ONLY : GUARD_PORT_AND_PROTOCOL;
}

void guard_prepare(struct sensor *sensor, bool load)
{
	__u32 kinds = 0, mark;

	for (size_t i = 0; i < PROGRAMS; i++)
		bpf_program__set_autoload(bpf_object__find_program_by_name(sensor->obj, programs[i]), wanted && load);
	if (!wanted)
		return;
	for (__u32 i = 0; i < head.networks; i++)
		kinds |= kind_of(&networks[i].key);
	if (getrandom(&mark, sizeof(mark), 0) != sizeof(mark))
		fail(3, CANNOT_ENFORCE "no random number: %s", strerror(errno));
	sensor->rodata->guard_on = true;
	sensor->rodata->guard_refused_mark = mark;
	sensor->rodata->guard_network_kinds = kinds;
	bpf_map__set_max_entries(sensor->maps.guard_networks, at_least_one(head.networks));
	bpf_map__set_max_entries(sensor->maps.guard_names, at_least_one(head.names));
	bpf_map__set_max_entries(sensor->maps.guard_ports, at_least_one(head.ports));
	bpf_map__set_max_entries(sensor->maps.guard_learned, GUARD_MOST_LEARNED);
}

static void put(int map, const void *key, const void *value, const char *what)
{
	if (bpf_map_update_elem(map, key, value, BPF_ANY))
		fail(3, CANNOT_ENFORCE "the kernel does not take its %s: %s", what, strerror(errno));
}

static void fill(const struct sensor *sensor)
{
	int networks_fd = bpf_map__fd(sensor->maps.guard_networks), names_fd = bpf_map__fd(sensor->maps.guard_names),
	    ports_fd = bpf_map__fd(sensor->maps.guard_ports);

	for (__u32 i = 0; i < head.networks; i++)
		put(networks_fd, &networks[i].key, &networks[i].rule, "networks");
	for (__u32 i = 0; i < head.ports; i++)
		put(ports_fd, &i, &ports[i], "ports");
	for (__u32 i = 0; i < head.names; i++)
		put(names_fd, &names[i].key, &names[i].span, "names");
	free(networks);
	free(names);
	free(ports);
}

static int open_contained(const struct options *options)
{
	int fd = options->cgroup ? open(options->cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : open_cgroup_root();

	if (fd < 0)
		fail(3, CANNOT_ENFORCE "%s: %s", options->cgroup ? options->cgroup : "no cgroup v2 tree is mounted",
		     strerror(errno));
	return fd;
}

void guard_renew(void)
{
	struct timespec now;

	if (!wanted)
		return;
	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	shared->guard_lease = now.tv_sec * 1000000000ULL + now.tv_nsec + LEASE_NS;
}

void guard_lock(void)
{
	if (wanted)
		shared->guard_mode = GUARD_LOCKED;
}

void guard_arm(struct sensor *sensor, const struct options *options)
{
	int cgroup;

	if (!wanted)
		return;
	cgroup = open_contained(options);
	shared = sensor->bss;
	fill(sensor);
	guard_renew();
	shared->guard_mode = GUARD_BY_POLICY;
	for (size_t i = 0; i < PROGRAMS; i++) {
		struct bpf_program *program = bpf_object__find_program_by_name(sensor->obj, programs[i]);

		if (!bpf_program__attach_cgroup(program, cgroup))
			fail(3, CANNOT_ENFORCE "the kernel does not attach %s: %s", programs[i], strerror(errno));
	}
	close(cgroup);
}
