/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The result of a connect that failed before a packet was sent: only the call itself knows it. */
#ifndef RUNGLASS_CONNECT_RESULT_H
#define RUNGLASS_CONNECT_RESULT_H

#include "flow.h"

/* Errors of the kernel that mean "not yet", and the one for a socket that was closed while it connected. */
#define IN_PROGRESS -115
#define ALREADY -114
#define RESTART -512
#define INTERRUPTED -4
#define GIVEN_UP 103 /* ECONNABORTED */

/*
 * A connect has returned to this thread. Gives the flow that the thread began last, if its failure is still to be told; else 0.
 * It need not be one of the socket of this call: it may have begun with a send (fast open) that failed at once.
 */
static __always_inline __u64 connect_failed(long result)
{
	struct connect_call *call = connect_call_of(0);
	__u64 waiting;

	if (!call)
		return 0;
	waiting = call->waiting;
	call->thread = 0;
	if (!waiting || result >= 0 || result == IN_PROGRESS || result == ALREADY || result == RESTART ||
	    result == INTERRUPTED)
		return 0;
	return call->flow;
}

static __always_inline void tell_failure(__u64 flow, long result)
{
	struct rg_result r = {};
	struct owner owner;
	__u8 one = 1;

	current_owner(&owner);
	name_owner(&r.h, &owner, RG_RESULT, sizeof(r));
	r.flow = flow;
	r.error = -result;
	emit(&core_ring, KIND_NET, &r, sizeof(r));
	bpf_map_update_elem(&failed_flows, &r.flow, &one, BPF_ANY);
}

/* It never came to an end: tells so, if the call has not told why. */
static __always_inline void give_up_flow(struct tcp_flow *f)
{
	struct rg_result r = {};

	f->state = TCP_FLOW_NONE;
	if (bpf_map_delete_elem(&failed_flows, &f->flow) == 0)
		return;
	name_owner(&r.h, &f->owner, RG_RESULT, sizeof(r));
	r.flow = f->flow;
	r.error = GIVEN_UP;
	emit(&core_ring, KIND_NET, &r, sizeof(r));
}

#endif
