// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Defines what shared.h, flow.h and fold.h declare. */
#include "container.h"
#include "flow.h"
#include "fold.h"
#include "guard.h"
#include "hello.h"
#include "httpRoom.h"
#include "image.h"
#include "secret.h"

struct core_ring core_ring SEC(".maps");
struct core_ring file_ring SEC(".maps");
struct counters_map counters SEC(".maps");
struct processes_map processes SEC(".maps");
struct scratch_map scratch_map SEC(".maps");
struct folds_map folds SEC(".maps");
struct tcp_flows_map tcp_flows SEC(".maps");
struct connect_calls_map connect_calls SEC(".maps");
struct failed_flows_map failed_flows SEC(".maps");
struct udp_sockets_map udp_sockets SEC(".maps");
struct tls_hellos_map tls_hellos SEC(".maps");
struct http_rooms_map http_rooms SEC(".maps");
struct hello_counts_map hello_counts SEC(".maps");
struct images_map images SEC(".maps");
struct images_seen_map images_seen SEC(".maps");
struct cgroups_told_map cgroups_told SEC(".maps");
struct secrets_map secrets SEC(".maps");
struct guard_networks_map guard_networks SEC(".maps");
struct guard_names_map guard_names SEC(".maps");
struct guard_ports_map guard_ports SEC(".maps");
struct guard_learned_map guard_learned SEC(".maps");
struct guard_sockets_map guard_sockets SEC(".maps");

const volatile bool watch_all = false;
const volatile __u64 watched_cgroup = 0;
const volatile bool reads_told = false;
const volatile __u32 secret_bits[3 * SECRET_WORDS] = {};
volatile __u32 wanted_wake = WAKE_NONE;
volatile __u32 moves = 0;
volatile __u32 images_lost = 0;
volatile __u32 tls_forgotten = 0;
volatile __u32 tls_ended = 0;
const volatile bool guard_on = false;
const volatile __u32 guard_network_kinds = 0;
const volatile __u32 guard_refused_mark = 0;
const volatile __u32 guard_home_network = 0;
const volatile bool guard_loopback_open4 = false, guard_loopback_open6 = false;
volatile __u32 guard_mode = 0; /* GUARD_LOCKED */
volatile __u64 guard_lease = 0;
volatile __u64 guard_refusals = 0;

/* The kernel lets only programs under a licence compatible with the GPL read its structures. */
char licence[] SEC("license") = "Dual BSD/GPL";
