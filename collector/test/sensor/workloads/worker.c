/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Stands for the runner's worker when it runs under the name Runner.Worker: starts children with environments of every
 * kind, one kind per name. Prints the pids it made, one per line.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST 6000

static char *environment[MOST + 1];
static int count;

static void set(const char *variable)
{
	environment[count++] = strdup(variable);
	environment[count] = NULL;
}

/* A variable of `length` bytes that begins with `start`. */
static void set_long(const char *start, size_t length)
{
	char *variable = malloc(length + 1);

	memset(variable, 'x', length);
	memcpy(variable, start, strlen(start));
	variable[length] = 0;
	set(variable);
	free(variable);
}

static pid_t start(char *const argv[])
{
	pid_t pid = vfork();

	if (pid == 0) {
		execve(argv[0], argv, environment);
		_exit(127);
	}
	printf("%d\n", pid);
	fflush(stdout);
	return pid;
}

static void run(void)
{
	char *const argv[] = { "/bin/true", NULL };

	waitpid(start(argv), NULL, 0);
}

static void all(void)
{
	set("PATH=/usr/bin:/bin");
	set("GITHUB_TOKEN=not-to-be-told");
	set("GITHUB_ACTOR=octocat");
	set("GITHUB_ACTOR_ID=1");
	set("GITHUB_REPOSITORY=octo/repo");
	set("GITHUB_REPOSITORY_OWNER=octo");
	set("GITHUB_WORKFLOW=CI: build");
	set("GITHUB_WORKFLOW_REF=octo/repo/.github/workflows/ci.yml");
	set("GITHUB_ACTION=__run_2");
	set("GITHUB_ACTIONS=true");
	set("GITHUB_ACTION_REF=v4");
	set("GITHUB_ACTION_PATH=/a/b");
	set("GITHUB_RUN_ID=77");
	set("GITHUB_RUN_NUMBER=3");
	set("GITHUB_RUN_ATTEMPT=2");
	set("GITHUB_JOB=copilot");
	set("GITHUB_REF=refs/heads/main");
	set("GITHUB_REF_NAME=main");
	set("GITHUB_SHA=0123");
	set("GITHUB_EVENT_NAME=dynamic");
	set("GITHUB_EVENT_PATH=/e");
	set("GITHUB_SERVER_URL=https://github.com");
	set("RUNNER_NAME=r1");
	set("RUNNER_NAMES=r2");
	set("COPILOT_AGENT_SESSION_ID=5e55");
	set("COPILOT_AGENT_SECRET=not-to-be-told");
	set("SECRET=not-to-be-told");
	run();
}

static void odd(void)
{
	set("");
	set("no equals sign");
	set("=GITHUB_ACTION=no");
	set("GITHUB_ACTION");
	set("GITHUB_ACTIO=no");
	set("github_action=no");
	set("X=GITHUB_ACTION=no");
	set("R");
	set("GITHUB_");
	set("GITHUB_ACTION=first");
	set("GITHUB_ACTION=second");
	set("GITHUB_JOB=\xff\xfe\x01");
	run();
}

static void large(void)
{
	for (int i = 0; i < 8; i++)
		set_long("A=GITHUB_ACTION=no", 120000);
	set("GITHUB_ACTION=between");
	/* Read in turns of 1023 bytes: at the start of a turn, but in the middle of a variable. */
	char inside[3000];

	memset(inside, 'y', sizeof(inside) - 1);
	memcpy(inside, "B=", 2);
	memcpy(inside + 1023, "GITHUB_ACTION=inside", 20);
	inside[sizeof(inside) - 1] = 0;
	set(inside);
	set("GITHUB_JOB=last");
	run();
}

static void many(void)
{
	for (int i = 0; i < 5000; i++)
		set("A");
	set("GITHUB_ACTION=behind");
	run();
}

static void full(void)
{
	for (int i = 0; i < 20; i++)
		set_long("GITHUB_REPOSITORY_X=", 1000);
	set("GITHUB_ACTION=behind");
	run();
}

static void too_long(void)
{
	set_long("GITHUB_ACTION=", 2000);
	set("GITHUB_JOB=j");
	run();
}

static void *in_thread(void *arg)
{
	run();
	return arg;
}

static void by_thread(void)
{
	pthread_t thread;

	set("GITHUB_ACTION=thread");
	pthread_create(&thread, NULL, in_thread, NULL);
	pthread_join(thread, NULL);
}

/* The grandchild has the same variables, and is no step. */
static void below(void)
{
	char *const argv[] = { "/bin/sh", "-c", "/bin/true; /bin/true", NULL };

	set("GITHUB_ACTION=top");
	waitpid(start(argv), NULL, 0);
}

/* Ends with its stdin, and so does its child. */
static void waiting(void)
{
	char *const argv[] = { "/bin/sh", "-c", "read line; true", NULL };

	set("SECRET=not-to-be-told");
	set("GITHUB_ACTION=waiting");
	set("GITHUB_JOB=j");
	waitpid(start(argv), NULL, 0);
}

static void none(void)
{
	set("GITHUB_JOB=j");
	run();
}

static const struct {
	const char *name;
	void (*run)(void);
} kinds[] = {
	{ "all", all },           { "odd", odd },         { "large", large }, { "many", many },       { "full", full },
	{ "too_long", too_long }, { "thread", by_thread }, { "below", below }, { "waiting", waiting }, { "none", none },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc == 2 && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!strcmp(argv[1], kinds[i].name)) {
			kinds[i].run();
			return 0;
		}
	}
	return 2;
}
