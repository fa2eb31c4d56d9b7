// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "guard.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../bpf/guardPolicy.h"
#include "cgroup.h"
#include "guardNetworks.h"
#include "pins.h"
#include "privileges.h"
#include "say.h"

/* How long the programs go by the policy when nobody looks after them. */
#define LEASE_NS 15000000000ULL

/* guard_egress in front of those that go by names: it remembers of each flow what they go on from. */
static struct guard_program {
	const char *name;
	enum bpf_attach_type type;
	int program, link;
	__u32 id;     /* of the program */
	__u32 others; /* programs of others on the same cgroup and hook, when it was looked last */
} programs[] = {
	{ "guard_egress", BPF_CGROUP_INET_EGRESS },
	{ "guard_questions", BPF_CGROUP_INET_EGRESS },
	{ "guard_hellos", BPF_CGROUP_INET_EGRESS },
	{ "guard_answers", BPF_CGROUP_INET_INGRESS },
	{ "guard_create", BPF_CGROUP_INET_SOCK_CREATE },
	{ "guard_sendmsg4", BPF_CGROUP_UDP4_SENDMSG },
	{ "guard_sendmsg6", BPF_CGROUP_UDP6_SENDMSG },
	{ "guard_connect4", BPF_CGROUP_INET4_CONNECT },
	{ "guard_connect6", BPF_CGROUP_INET6_CONNECT },
};
#define PROGRAMS (sizeof(programs) / sizeof(programs[0]))
/* Programs that one hook of a cgroup can have. */
#define MOST_PROGRAMS 64

static struct guard_policy_head head;
static struct guard_policy_network *networks;
static struct guard_policy_name *names;
static struct guard_port *ports;
static bool wanted;
static struct sensor__bss *shared;
static int cgroup = -1, freezer = -1;
static __u64 cgroup_id;

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

void guard_prepare(struct sensor *sensor, bool load)
{
	__u32 kinds = 0, mark;
	struct stat network;

	for (size_t i = 0; i < PROGRAMS; i++)
		bpf_program__set_autoload(bpf_object__find_program_by_name(sensor->obj, programs[i].name), wanted && load);
	if (!wanted)
		return;
	for (__u32 i = 0; i < head.networks; i++)
		kinds |= kind_of(&networks[i].key);
	if (getrandom(&mark, sizeof(mark), 0) != sizeof(mark))
		fail(3, CANNOT_ENFORCE "no random number: %s", strerror(errno));
	if (stat("/proc/self/ns/net", &network))
		fail(3, CANNOT_ENFORCE "/proc/self/ns/net: %s", strerror(errno));
	sensor->rodata->guard_on = true;
	sensor->rodata->guard_home_network = network.st_ino;
	sensor->rodata->guard_refused_mark = mark;
	sensor->rodata->guard_network_kinds = kinds;
	sensor->rodata->guard_loopback_open4 = opens_loopback(networks, head.networks, 4);
	sensor->rodata->guard_loopback_open6 = opens_loopback(networks, head.networks, 6);
	bpf_map__set_max_entries(sensor->maps.guard_networks, at_least_one(head.networks));
	bpf_map__set_max_entries(sensor->maps.guard_names, at_least_one(head.names));
	bpf_map__set_max_entries(sensor->maps.guard_ports, at_least_one(head.ports));
	bpf_map__set_max_entries(sensor->maps.guard_learned, GUARD_MOST_LEARNED);
	bpf_map__set_max_entries(sensor->maps.guard_asked, GUARD_MOST_ASKED);
}

void guard_try(void (*tell)(const char *hook, enum rg_state state, const char *reason))
{
	struct sensor *sensor = sensor__open();
	struct bpf_program *program;
	char reason[128] = "";

	if (!sensor)
		return;
	wanted = true;
	bpf_object__for_each_program(program, sensor->obj)
		bpf_program__set_autoload(program, false);
	guard_prepare(sensor, true);
	if (sensor__load(sensor))
		snprintf(reason, sizeof(reason), "this kernel does not load what enforces an egress policy: %s", strerror(errno));
	else if (!pins_possible())
		snprintf(reason, sizeof(reason), "an egress policy cannot be enforced, as the BPF file system is not there: %s",
			 strerror(errno));
	tell("egress.block", reason[0] ? RG_UNSUPPORTED : RG_ON, reason);
	sensor__destroy(sensor);
	wanted = false;
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

static bool is_ours(__u32 id)
{
	for (size_t i = 0; i < PROGRAMS; i++) {
		if (programs[i].id == id)
			return true;
	}
	return false;
}

/* Asks which programs are attached there: false where this one is none of them. Counts those that are not ours. */
static bool is_attached(struct guard_program *p, __u32 *others)
{
	struct bpf_link_info link = { 0 };
	__u32 ids[MOST_PROGRAMS], count = MOST_PROGRAMS, size = sizeof(link);
	bool found = false;

	*others = p->others;
	if (bpf_obj_get_info_by_fd(p->link, &link, &size) || link.cgroup.cgroup_id != cgroup_id || link.prog_id != p->id)
		return false;
	if (bpf_prog_query(cgroup, p->type, 0, NULL, ids, &count))
		return false;
	*others = 0;
	for (__u32 i = 0; i < count && i < MOST_PROGRAMS; i++) {
		found |= ids[i] == p->id;
		*others += !is_ours(ids[i]);
	}
	return found;
}

static bool attach(struct guard_program *p)
{
	int link = bpf_link_create(p->program, cgroup, p->type, NULL);

	if (link < 0)
		return false;
	/* The number is kept: the warden knows no other. */
	if (p->link >= 0 && dup2(link, p->link) == p->link)
		close(link);
	else
		p->link = link;
	return true;
}

enum guard_health guard_check(char *change, size_t room)
{
	enum guard_health health = GUARD_WELL;

	for (size_t i = 0; i < PROGRAMS; i++) {
		struct guard_program *p = &programs[i];
		__u32 others;

		if (!is_attached(p, &others)) {
			if (!attach(p) || !pins_put(p->link, p->name)) {
				snprintf(change, room, "somebody has detached %s, and it cannot be attached again: %s", p->name,
					 strerror(errno));
				return GUARD_LOST;
			}
			snprintf(change, room, "somebody had detached %s: it is attached again", p->name);
			health = GUARD_MENDED;
		} else if (!pins_has(p->name)) {
			if (!pins_put(p->link, p->name)) {
				snprintf(change, room, "somebody has unpinned %s, and it cannot be pinned again: %s", p->name,
					 strerror(errno));
				return GUARD_LOST;
			}
			snprintf(change, room, "somebody had unpinned %s: it is pinned again", p->name);
			health = GUARD_MENDED;
		} else if (others != p->others) {
			snprintf(change, room, "beside %s, %u programs of others are attached now, not %u", p->name, others,
				 p->others);
			health = GUARD_MENDED;
		}
		p->others = others;
	}
	return health;
}

void guard_freeze(void)
{
	if (freezer >= 0 && write(freezer, "1", 1) < 0) {
		/* The lock has to do. */
	}
}

bool guard_keep_only(int socket)
{
	int kept[2 * PROGRAMS + 3];
	size_t count = 0;

	kept[count++] = socket;
	kept[count++] = cgroup;
	kept[count++] = freezer;
	for (size_t i = 0; i < PROGRAMS; i++) {
		kept[count++] = programs[i].program;
		kept[count++] = programs[i].link;
	}
	return close_all_but(kept, count);
}

static __u32 id_of(int program)
{
	struct bpf_prog_info info = { 0 };
	__u32 size = sizeof(info);

	return bpf_obj_get_info_by_fd(program, &info, &size) ? 0 : info.id;
}

static void open_freezer(const struct options *options)
{
	char path[4096 + 32];

	if (!options->cgroup)
		return;
	snprintf(path, sizeof(path), "%s/cgroup.freeze", options->cgroup);
	freezer = open(path, O_WRONLY | O_CLOEXEC);
}

void guard_arm(struct sensor *sensor, const struct options *options)
{
	struct stat folder;

	if (!wanted)
		return;
	cgroup = open_contained(options);
	if (fstat(cgroup, &folder))
		fail(3, CANNOT_ENFORCE "%s", strerror(errno));
	cgroup_id = folder.st_ino;
	open_freezer(options);
	shared = sensor->bss;
	fill(sensor);
	if (!pins_open(options->pins))
		fail(3, CANNOT_ENFORCE "its programs cannot be kept by the BPF file system (/sys/fs/bpf): %s", strerror(errno));
	guard_renew();
	shared->guard_mode = GUARD_BY_POLICY;
	for (size_t i = 0; i < PROGRAMS; i++) {
		struct guard_program *p = &programs[i];

		p->program = bpf_program__fd(bpf_object__find_program_by_name(sensor->obj, p->name));
		p->link = -1;
		p->id = id_of(p->program);
		if (!attach(p))
			fail(3, CANNOT_ENFORCE "the kernel does not attach %s: %s", p->name, strerror(errno));
		if (!pins_put(p->link, p->name))
			fail(3, CANNOT_ENFORCE "the kernel does not pin %s: %s", p->name, strerror(errno));
		if (!is_attached(p, &p->others))
			fail(3, CANNOT_ENFORCE "%s is not attached behind having been", p->name);
	}
}
