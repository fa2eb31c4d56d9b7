// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "hooks.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../bpf/record.h"
#include "cgroup.h"
#include "folds.h"
#include "guard.h"
#include "hold.h"
#include "kernelTypes.h"
#include "missed.h"
#include "privileges.h"
#include "returnProbes.h"
#include "say.h"
#include "secrets.h"
#include "uprobeMulti.h"

enum attach {
	TRACEPOINT,
	CGROUP,
	ITERATOR,
	LIBRARY, /* by the attacher, when one is found */
};

/* See bpf/hold.h. */
enum preemption { EITHER, UNHELD, HELD };

struct hook {
	const char *name;
	const char *program;
	enum attach attach;
	bool required;
	/* Of a tracepoint: its name, and the numbers of arguments that this program is for (0: any). */
	const char *tracepoint;
	int arguments, or_arguments;
	enum preemption for_preemption;

	bool for_another; /* kernel, by `for_preemption`: there is a program for this one besides */
	enum rg_state state;
	char reason[256];
	struct bpf_link *link;
};

/* In the order in which they are attached: a process is known before its connections and files are. */
static struct hook hooks[] = {
	{ "process.exit", "on_exit", TRACEPOINT, true, "sched_process_exit", 2, .for_preemption = UNHELD },
	{ "process.exit", "on_exit_held", TRACEPOINT, true, "sched_process_exit", 2, .for_preemption = HELD },
	{ "process.exit", "on_exit_uncertain", TRACEPOINT, true, "sched_process_exit", 1 },
	{ "process.fork", "on_fork", TRACEPOINT, true, "sched_process_fork", 0, .for_preemption = UNHELD },
	{ "process.fork", "on_fork_held", TRACEPOINT, true, "sched_process_fork", 0, .for_preemption = HELD },
	{ "process.exec", "on_exec", TRACEPOINT, true, "sched_process_exec", 0, .for_preemption = UNHELD },
	{ "process.exec", "on_exec_held", TRACEPOINT, true, "sched_process_exec", 0, .for_preemption = HELD },
	{ "process.move", "on_cgroup_attach", TRACEPOINT, false, "cgroup_attach_task", 0, .for_preemption = UNHELD },
	{ "process.move", "on_cgroup_attach_held", TRACEPOINT, false, "cgroup_attach_task", 0, .for_preemption = HELD },
	{ "process.existing", "on_task", ITERATOR, false, NULL, 0 },
	{ "net.tcp", "on_tcp_state", TRACEPOINT, true, "inet_sock_set_state", 0 },
	{ "net.tcp.end", "on_tcp_destroy", TRACEPOINT, false, "tcp_destroy_sock", 0 },
	{ "net.packets.out", "on_packet_out", CGROUP, false, NULL, 0 },
	{ "net.packets.in", "on_packet_in", CGROUP, false, NULL, 0 },
	{ "net.streams.out", "on_stream_out", CGROUP, false, NULL, 0 },
	{ "net.streams.in", "on_stream_in", CGROUP, false, NULL, 0 },
	{ "net.release", "on_release", CGROUP, false, NULL, 0 },
	{ "net.send4", "on_sendmsg4", CGROUP, false, NULL, 0 },
	{ "net.send6", "on_sendmsg6", CGROUP, false, NULL, 0 },
	{ "net.connect4", "on_connect4", CGROUP, true, NULL, 0 },
	{ "net.connect6", "on_connect6", CGROUP, true, NULL, 0 },
	{ "file.calls", "on_call", TRACEPOINT, true, "sys_exit", 0, .for_preemption = UNHELD },
	{ "file.calls", "on_call_held", TRACEPOINT, true, "sys_exit", 0, .for_preemption = HELD },
	{ "tls", "on_tls", LIBRARY, false, NULL, 0 },
	{ "file.io_uring.end", "on_request_end", TRACEPOINT, false, "io_uring_complete", 3, 7, .for_preemption = UNHELD },
	{ "file.io_uring.end", "on_request_end_held", TRACEPOINT, false, "io_uring_complete", 3, 7, .for_preemption = HELD },
	{ "file.io_uring", "on_request", TRACEPOINT, false, "io_uring_submit_req", 1, .for_preemption = UNHELD },
	{ "file.io_uring", "on_request_held", TRACEPOINT, false, "io_uring_submit_req", 1, .for_preemption = HELD },
	{ "file.io_uring", "on_request_sqe", TRACEPOINT, false, "io_uring_submit_sqe", 2 },
};
#define HOOKS (sizeof(hooks) / sizeof(hooks[0]))

/* What no hook of ours sees, so that nobody takes silence for absence. */
static const struct {
	const char *hook, *reason;
} blind[] = {
	{ "net.raw", "raw, ping (ICMP) and packet sockets, and those of SCTP, DCCP and AF_VSOCK, pass none of the hooks: their traffic is not told" },
	{ "net.incoming", "connections that others open to this machine are not told, nor those from before the sensor, nor those that a "
			  "process which is not watched has opened and handed over" },
	{ "dns.encrypted", "DNS is read from port 53 only, not where it is encrypted" },
	{ "http.encrypted", "inside TLS, requests that OpenSSL, GnuTLS or Go encrypts are told, and the status of their responses: "
			    "nothing of HTTP/3, nothing of NSS, Java and rustls" },
	{ "net.mptcp", "what is sent over multipath TCP is not looked into: its flows have no names but from DNS, and no requests" },
	{ "file.descriptors", "changes through descriptors from before the sensor are not told; one that a process gets from another is "
			      "told as a write, but not where recvmmsg, io_uring or a 32-bit call brings it" },
	{ "file.other", "times of files, flags that an ioctl sets (chattr), mounts, and what the kernel itself writes (core dumps) are "
			"not told" },
};

static char explanation[160];

/* libbpf explains failures at length: first what failed and why, then the verifier's log and what follows from it. */
static int keep_line(enum libbpf_print_level level, const char *format, va_list arguments)
{
	if (level != LIBBPF_WARN || explanation[0])
		return 0;
	vsnprintf(explanation, sizeof(explanation), format, arguments);
	explanation[strcspn(explanation, "\n")] = 0;
	return 0;
}

static struct bpf_program *program_of(const struct sensor *sensor, const struct hook *hook)
{
	return bpf_object__find_program_by_name(sensor->obj, hook->program);
}

static void give_up(const struct hook *hook)
{
	if (hook->required)
		fail(3, "this kernel refuses the hook %s, which the sensor cannot do without: %s", hook->name, hook->reason);
}

/* The kernel may lack a tracepoint, or have it in another form that another program is for. */
static void probe(struct hook *hook)
{
	int arguments;

	hook->state = RG_ON;
	if (hook->attach != TRACEPOINT)
		return;
	if (hook->for_preemption != EITHER && (hook->for_preemption == HELD) != hold_is_needed()) {
		hook->state = RG_UNSUPPORTED;
		hook->for_another = true;
		return;
	}
	arguments = tracepoint_arguments(hook->tracepoint);
	if (arguments > 0 && (hook->arguments == 0 || arguments == hook->arguments || arguments == hook->or_arguments))
		return;
	hook->state = RG_UNSUPPORTED;
	snprintf(hook->reason, sizeof(hook->reason), "this kernel has no tracepoint %s%s", hook->tracepoint,
		 arguments > 0 ? " of this form" : "");
}

/* One hook can have several programs, for several kernels; it is missing only when none fits. */
static bool covered_by_another(const struct hook *hook)
{
	for (size_t i = 0; i < HOOKS; i++) {
		if (&hooks[i] != hook && !strcmp(hooks[i].name, hook->name) && hooks[i].state == RG_ON)
			return true;
	}
	return false;
}

/* Says why, where one is for this kernel. */
static bool is_missing(const struct hook *hook)
{
	return hook->state != RG_ON && !hook->for_another && !covered_by_another(hook);
}

/* `guarded`: with the programs that enforce the policy, where there is one. */
static struct sensor *open_sensor(const struct options *options, bool guarded)
{
	struct sensor *sensor = sensor__open();
	unsigned int file_bytes = options->ring_mb << 20;
	unsigned int core_bytes = options->ring_mb < 4 ? 1 << 20 : file_bytes / 4;

	if (!sensor)
		fail(3, "cannot open the eBPF programs: %s", strerror(errno));
	sensor->rodata->watch_all = options->all;
	sensor->rodata->watched_cgroup = options->cgroup ? cgroup_id_of(options->cgroup) : 0;
	sensor->rodata->reads_told = options->reads;
	if (options->reads)
		secrets_read(options->reads, sensor->rodata->secret_bits);
	bpf_map__set_max_entries(sensor->maps.core_ring, core_bytes);
	bpf_map__set_max_entries(sensor->maps.file_ring, file_bytes);
	bpf_map__set_max_entries(sensor->maps.counters, libbpf_num_possible_cpus());
	bpf_map__set_max_entries(sensor->maps.folds, fold_cpus() * FOLD_SETS);
	for (size_t i = 0; i < HOOKS; i++) {
		bpf_program__set_autoload(program_of(sensor, &hooks[i]), hooks[i].state == RG_ON);
		if (hooks[i].for_preemption == HELD && hooks[i].state == RG_ON && !hold_prepare(program_of(sensor, &hooks[i])))
			fail(3, "cannot prepare the eBPF programs: %s", strerror(errno));
		if (hooks[i].attach == LIBRARY)
			bpf_program__set_expected_attach_type(program_of(sensor, &hooks[i]), UPROBE_MULTI);
	}
	guard_prepare(sensor, guarded);
	return sensor;
}

/* Which program does the kernel refuse? Asked only after a load of all has failed, one program at a time. */
static void find_refused(const struct options *options)
{
	for (size_t i = 0; i < HOOKS; i++) {
		struct sensor *sensor;

		if (hooks[i].state != RG_ON)
			continue;
		sensor = open_sensor(options, false);
		for (size_t j = 0; j < HOOKS; j++)
			bpf_program__set_autoload(program_of(sensor, &hooks[j]), i == j);
		explanation[0] = 0;
		if (sensor__load(sensor)) {
			hooks[i].state = RG_UNSUPPORTED;
			snprintf(hooks[i].reason, sizeof(hooks[i].reason), "the kernel does not load it: %s", explanation);
			give_up(&hooks[i]);
		}
		sensor__destroy(sensor);
	}
}

struct sensor *hooks_load(const struct options *options)
{
	struct sensor *sensor;

	libbpf_set_print(keep_line);
	need_privileges();
	kernel_types_open();
	for (size_t i = 0; i < HOOKS; i++)
		probe(&hooks[i]);
	kernel_types_close();
	for (size_t i = 0; i < HOOKS; i++) {
		if (is_missing(&hooks[i]))
			give_up(&hooks[i]);
	}
	sensor = open_sensor(options, true);
	if (!sensor__load(sensor)) {
		secrets_fill(bpf_map__fd(sensor->maps.secrets));
		return sensor;
	}
	sensor__destroy(sensor);
	find_refused(options);
	sensor = open_sensor(options, true);
	explanation[0] = 0;
	if (sensor__load(sensor))
		fail(3, "%sthe kernel does not load the eBPF programs: %s", guard_wanted() ? CANNOT_ENFORCE : "", explanation);
	secrets_fill(bpf_map__fd(sensor->maps.secrets));
	return sensor;
}

/* The attacher does it, when there is a library. */
static bool can_attach_to_libraries(int program, struct hook *hook)
{
	const char *why = 0;

	if (!uprobe_multi_is_there(program))
		why = "this kernel has no uprobe.multi (it comes with Linux 6.6)";
	else if (!return_probes_are_safe())
		why = "this kernel's probes at returns (uretprobe) end programs under a seccomp filter: Linux 6.14 has that mended";
	if (why)
		snprintf(hook->reason, sizeof(hook->reason), "%s", why);
	return !why;
}

static bool attach(struct sensor *sensor, struct hook *hook, int cgroup_root)
{
	struct bpf_program *program = program_of(sensor, hook);
	struct bpf_link *link;

	if (hook->attach == LIBRARY)
		return can_attach_to_libraries(bpf_program__fd(program), hook);
	if (hook->attach == CGROUP) {
		if (cgroup_root < 0) {
			snprintf(hook->reason, sizeof(hook->reason),
				 "no cgroup v2 tree is mounted (mount -t cgroup2 none /sys/fs/cgroup/unified)");
			return false;
		}
		link = bpf_program__attach_cgroup(program, cgroup_root);
	} else {
		link = bpf_program__attach(program);
	}
	if (!link) {
		snprintf(hook->reason, sizeof(hook->reason), "the kernel does not attach it: %s", strerror(errno));
		return false;
	}
	hook->link = link;
	/* What on_tcp_state misses, on_tcp_destroy makes good. */
	if (hook->attach == TRACEPOINT && strncmp(hook->name, "net.", 4))
		missed_watch(bpf_program__fd(program));
	return true;
}

void hooks_attach(struct sensor *sensor)
{
	int cgroup_root = open_cgroup_root();

	for (size_t i = 0; i < HOOKS; i++) {
		struct hook *hook = &hooks[i];

		if (hook->state != RG_ON || attach(sensor, hook, cgroup_root))
			continue;
		hook->state = RG_UNSUPPORTED;
		give_up(hook);
	}
	if (cgroup_root >= 0)
		close(cgroup_root);
}

void hooks_detach(void)
{
	for (size_t i = 0; i < HOOKS; i++) {
		bpf_link__destroy(hooks[i].link);
		hooks[i].link = NULL;
	}
}

bool hooks_whole(void (*tell)(const char *hook, enum rg_state state, const char *reason))
{
	bool whole = true;

	for (size_t i = 0; i < HOOKS; i++) {
		struct bpf_link_info info = { 0 };
		__u32 length = sizeof(info);
		struct hook *hook = &hooks[i];

		/* The kernel lets nobody cut the links to tracepoints. */
		if (hook->attach != CGROUP || !hook->link)
			continue;
		if (hook->state == RG_ON && !bpf_obj_get_info_by_fd(bpf_link__fd(hook->link), &info, &length) &&
		    !info.cgroup.cgroup_id) {
			hook->state = RG_OFF;
			snprintf(hook->reason, sizeof(hook->reason),
				 "somebody has taken the program off this hook: what passes there is not told any more");
			tell(hook->name, hook->state, hook->reason);
			say("%s: %s", hook->name, hook->reason);
		}
		whole = whole && hook->state == RG_ON;
	}
	return whole;
}

int hooks_snapshot(void)
{
	for (size_t i = 0; i < HOOKS; i++) {
		if (hooks[i].attach == ITERATOR && hooks[i].link)
			return bpf_iter_create(bpf_link__fd(hooks[i].link));
	}
	return -1;
}

bool hooks_on(const char *name)
{
	for (size_t i = 0; i < HOOKS; i++) {
		if (!strcmp(hooks[i].name, name) && hooks[i].state == RG_ON)
			return true;
	}
	return false;
}

void hooks_report(void (*tell)(const char *hook, enum rg_state state, const char *reason))
{
	for (size_t i = 0; i < HOOKS; i++) {
		if (hooks[i].state == RG_ON || is_missing(&hooks[i]))
			tell(hooks[i].name, hooks[i].state, hooks[i].reason);
	}
	for (size_t i = 0; i < sizeof(blind) / sizeof(blind[0]); i++)
		tell(blind[i].hook, RG_OFF, blind[i].reason);
}
