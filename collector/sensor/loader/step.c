// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#define _GNU_SOURCE
#include "step.h"

#include <string.h>

#include "clock.h"
#include "existing.h"
#include "frames.h"
#include "output.h"

/* With their "=". */
static const char *const names[] = {
	"GITHUB_ACTION=",     "GITHUB_ACTION_PATH=", "GITHUB_ACTOR=",      "GITHUB_EVENT_NAME=",
	"GITHUB_JOB=",        "GITHUB_REF=",         "GITHUB_REPOSITORY=", "GITHUB_RUN_ATTEMPT=",
	"GITHUB_RUN_ID=",     "GITHUB_SERVER_URL=",  "GITHUB_SHA=",        "GITHUB_WORKFLOW=",
	"RUNNER_NAME=",       "RUNNER_TEMP=",        "COPILOT_AGENT_SESSION_ID=",
};

/* As large as the kernel allows for an environment and its arguments together. */
#define ENVIRONMENT_CAP (2 << 20)

static bool listed(const char *variable, size_t length)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t n = strlen(names[i]);

		if (length >= n && !memcmp(variable, names[i], n))
			return true;
	}
	return false;
}

/* Copies the listed variables of an environment; one that is too long is left out, and `*cut` set. */
static size_t take_listed(const char *from, size_t length, char *to, bool *cut)
{
	size_t used = 0;

	while (length > 0) {
		const char *nul = memchr(from, 0, length);
		size_t n = nul ? (size_t)(nul - from) : length;
		size_t whole = nul ? n + 1 : n;

		if (listed(from, n)) {
			/* What the kernel has cut to its cap has lost its end: half a value is none. */
			if (!nul || n + 1 >= RG_STEP_VALUE_CAP || used + n + 1 > RG_STEP_CAP) {
				*cut = true;
			} else {
				memcpy(to + used, from, n + 1);
				used += n + 1;
			}
		}
		from += whole;
		length -= whole;
	}
	return used;
}

void frame_step(const struct step_record *r)
{
	struct rg_step *f = output_reserve(sizeof(*f) + RG_STEP_CAP, OUTPUT_CORE, 1);
	bool cut = false;

	if (!f)
		return;
	*f = r->s;
	f->h.time = epoch_us(r->s.h.time);
	f->values_len = take_listed((const char *)r + RECORD_HEAD, r->s.values_len, (char *)(f + 1), &cut);
	if (cut)
		f->h.flags |= RG_TRUNCATED;
	frame_commit(&f->h, sizeof(*f) + f->values_len);
}

static bool child_of_worker(const struct task_record *task)
{
	static const char worker[] = "/Runner.Worker";
	size_t n = sizeof(worker) - 1, length;
	char exe[RG_PATH_CAP];

	length = read_link(task->ppid, "exe", exe, sizeof(exe));
	return length >= n && !memcmp(exe + length - n, worker, n);
}

void frame_existing_step(const struct task_record *task)
{
	static char environment[ENVIRONMENT_CAP];
	char values[RG_STEP_CAP];
	bool cut = false;
	struct rg_step *f;
	size_t length;

	if (!child_of_worker(task))
		return;
	length = read_text(task->pid, "environ", environment, sizeof(environment));
	length = take_listed(environment, length, values, &cut);
	if (!memmem(values, length, names[0], strlen(names[0])))
		return;
	f = output_reserve(sizeof(*f) + RG_STEP_CAP, OUTPUT_CORE, 1);
	if (!f)
		return;
	memset(f, 0, sizeof(*f));
	f->h.type = RG_STEP;
	f->h.flags = RG_EXISTING | (cut ? RG_TRUNCATED : 0);
	f->h.time = epoch_us(boot_now());
	f->h.start = task->start;
	f->h.pid = f->h.tid = task->pid;
	f->parent_start = task->parent_start;
	f->ppid = task->ppid;
	f->values_len = length;
	memcpy(f + 1, values, length);
	frame_commit(&f->h, sizeof(*f) + length);
}
