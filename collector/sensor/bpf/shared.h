/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Maps and settings that all programs share, and how they emit a record. */
#ifndef RUNGLASS_SHARED_H
#define RUNGLASS_SHARED_H

#include "kernel.h"
#include <linux/bpf.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include "record.h"

/* Sizes of the rings and of the counters are set by the loader. */
struct core_ring {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
};
extern struct core_ring core_ring SEC(".maps");
extern struct core_ring file_ring SEC(".maps");

struct counters_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct cpu_counters);
};
extern struct counters_map counters SEC(".maps");

struct processes_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, PID_LIMIT / PIDS_PER_BLOCK);
	__type(key, __u32);
	__type(value, struct pid_block);
};
extern struct processes_map processes SEC(".maps");

/* Room to put a record together. Only programs in process context use it, and none of them runs inside another. */
#define SCRATCH_DATA (32768 - RECORD_HEAD - 8)
struct scratch {
	union {
		struct exec_record exec;
		struct file_record file;
		struct step_record step;
		struct cgroup_record cgroup;
		__u8 head[RECORD_HEAD];
	};
	__u8 data[SCRATCH_DATA];
	__u64 chain; /* the folders that the last walk has passed, as a number */
};
struct scratch_map {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct scratch);
};
extern struct scratch_map scratch_map SEC(".maps");

/* Makes the compiler forget what it knows of a value. */
#define OPAQUE(value) asm volatile("" : "+r"(value))

extern const volatile bool watch_all;
extern const volatile __u64 watched_cgroup;
extern volatile __u32 wanted_wake;
extern volatile __u32 images_lost; /* files that were not told to the attacher */
extern volatile __u32 tls_forgotten; /* connections inside TLS that others have taken the room of */
extern volatile __u32 tls_ended;   /* set by the loader: the probes in libraries tell nothing any more */

static __always_inline struct scratch *scratch(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&scratch_map, &zero);
}

static __always_inline struct cpu_counters *counters_here(void)
{
	__u32 cpu = bpf_get_smp_processor_id();

	return bpf_map_lookup_elem(&counters, &cpu);
}

static __always_inline struct kind_counters *counters_of(enum kind kind)
{
	struct cpu_counters *row = counters_here();

	return row ? &row->kind[kind] : 0;
}

/* A softirq may interrupt a program on the same CPU, so plain additions could be lost. */
static __always_inline void count_filtered(enum kind kind)
{
	struct kind_counters *c = counters_of(kind);

	if (c)
		__sync_fetch_and_add(&c->filtered, 1);
}

static __always_inline void count_result(enum kind kind, long failed)
{
	struct kind_counters *c = counters_of(kind);

	if (!c)
		return;
	__sync_fetch_and_add(&c->seen, 1);
	if (failed)
		__sync_fetch_and_add(&c->dropped, 1);
	else
		__sync_fetch_and_add(&c->sent, 1);
}

/*
 * The loader polls every few milliseconds while there is something to read;
 * it is woken only when much has gathered, or when it has gone to sleep.
 */
static __always_inline __u64 wake_flags(void *ring)
{
	__u32 wanted = wanted_wake;

	if (wanted == WAKE_ANY || (wanted == WAKE_BATCH && bpf_ringbuf_query(ring, BPF_RB_AVAIL_DATA) >= WAKE_BYTES)) {
		wanted_wake = WAKE_NONE;
		return BPF_RB_FORCE_WAKEUP;
	}
	return BPF_RB_NO_WAKEUP;
}

/* Returns whether the record found no room. */
static __always_inline long emit(void *ring, enum kind kind, void *record, __u64 size)
{
	long failed = bpf_ringbuf_output(ring, record, size, wake_flags(ring));

	count_result(kind, failed);
	return failed;
}

#endif
