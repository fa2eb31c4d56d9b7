/*
 * runglass-hook: tells the collector of a tool call, from a hook of the agent's.
 *
 * An agent waits for its hooks, and takes a failing one as a refusal. So whatever happens here (no collector, a hung
 * one, no input, no JSON), this writes nothing to stdout, ends with 0, and waits for no collector longer than BOUND_MS.
 * Only for the agent itself it waits a bit longer: one that is so busy that it cannot write yet loses nothing by it.
 *
 * The collector greets with a word that nobody can know. We take it as our name, which only we can do, and then say our
 * pid: so it knows whose message this is. Its answer says that the call is taken, before the tool may start.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "shorten.h"

#define BOUND_MS 150
#define ANSWER_MS 100
#define INPUT_MS 1000
/* Should a call of the system hang all the same. */
#define LAST_RESORT_MS 40
#define RETRY_MS 5
#define MOST_BYTES (256 * 1024)
#define LONGEST_STRING (16 * 1024)
#define DEFAULT_SOCKET "/run/runglass/hook.sock"

static const char usage[] =
	"Usage: runglass-hook EVENT [--socket PATH]\n"
	"\n"
	"Tells a running collector (\"runglass record\" or \"collect\" with --hook-socket) of an agent's tool call, so that\n"
	"what the call causes carries its id. Meant for the agent's hooks (.github/hooks/*.json): EVENT is the hook's name\n"
	"(preToolUse, postToolUse, postToolUseFailure, sessionStart, sessionEnd, ...), the hook's JSON comes on stdin.\n"
	"\n"
	"  --socket PATH   the collector's socket; else that of RUNGLASS_HOOK_SOCKET, else " DEFAULT_SOCKET "\n"
	"\n"
	"It never stands in the agent's way: it writes nothing to stdout, waits 0.2 s at most for a collector that hangs, and\n"
	"its exit code is always 0.\n"
	"With RUNGLASS_HOOK_DEBUG=1 it says on stderr why nothing was told.\n";

static struct timespec began;
static int deadline_ms; /* from `began` on */

static int gone_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int)((now.tv_sec - began.tv_sec) * 1000 + (now.tv_nsec - began.tv_nsec) / 1000000);
}

static int left_ms(void)
{
	int gone = gone_ms();

	return gone >= deadline_ms ? 0 : deadline_ms - gone;
}

/* From now on we end `ms` from our start at the latest. */
static void end_by(int ms)
{
	int left = ms - gone_ms() + LAST_RESORT_MS;
	struct itimerval last = { .it_value = { .tv_sec = left / 1000, .tv_usec = left % 1000 * 1000 } };

	deadline_ms = ms;
	setitimer(ITIMER_REAL, &last, NULL);
}

static int debug;

static void give_up(const char *why)
{
	if (debug)
		fprintf(stderr, "runglass-hook: nothing was told: %s\n", why);
	_exit(0);
}

static void on_signal(int signal)
{
	static const char late[] = "runglass-hook: nothing was told: no time was left\n";
	static const char ended[] = "runglass-hook: nothing was told: it was ended\n";

	if (debug && signal == SIGALRM)
		(void)!write(STDERR_FILENO, late, sizeof(late) - 1);
	else if (debug)
		(void)!write(STDERR_FILENO, ended, sizeof(ended) - 1);
	_exit(0);
}

static void bound_our_time(void)
{
	clock_gettime(CLOCK_MONOTONIC, &began);
	signal(SIGALRM, on_signal);
	signal(SIGTERM, on_signal);
	signal(SIGPIPE, SIG_IGN);
	end_by(BOUND_MS);
}

/* Waits until `fd` is ready for `events`, or gives up. */
static void await(int fd, short events, const char *what)
{
	struct pollfd waited = { .fd = fd, .events = events };

	while (poll(&waited, 1, left_ms()) <= 0) {
		if (left_ms() == 0)
			give_up(what);
	}
}

static int open_socket(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		give_up("no socket can be made");
	if (strlen(path) >= sizeof(address.sun_path))
		give_up("the path of the socket is too long");
	strcpy(address.sun_path, path);
	while (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		/* EAGAIN: more hooks are waiting than the collector's queue holds. */
		if (errno != EAGAIN && errno != EINTR)
			give_up(strerror(errno));
		if (left_ms() == 0)
			give_up("the collector takes no connection");
		usleep(RETRY_MS * 1000);
	}
	return fd;
}

/* Reads one JSON text from stdin, or all that comes to its end, into `s`. */
static void read_input(struct shortener *s)
{
	static char buffer[65536];

	while (!s->whole) {
		await(STDIN_FILENO, POLLIN, "the input does not end");
		ssize_t got = read(STDIN_FILENO, buffer, sizeof(buffer));

		if (got == 0)
			break;
		if (got < 0 && errno != EINTR && errno != EAGAIN)
			break;
		if (got > 0)
			shorten(s, buffer, (size_t)got);
		if (s->full)
			give_up("the input is too long");
		if (left_ms() == 0)
			give_up("the input does not end");
	}
	if (s->used == 0)
		give_up("there is no input");
}

/* Reads the collector's first line into `word`, without its end. */
static void read_greeting(int fd, char *word, size_t size)
{
	size_t used = 0;

	while (used < size) {
		await(fd, POLLIN, "the collector does not answer");
		ssize_t got = read(fd, word + used, size - used);

		if (got == 0)
			give_up("the collector has no time for it");
		if (got < 0)
			continue;
		used += (size_t)got;
		char *end = memchr(word, '\n', used);
		if (end) {
			*end = '\0';
			return;
		}
	}
	give_up("this is not the collector's socket");
}

static void send_all(int fd, const char *text, size_t length)
{
	while (length > 0) {
		await(fd, POLLOUT, "the collector does not listen");
		ssize_t sent = send(fd, text, length, MSG_NOSIGNAL);

		if (sent < 0 && errno != EAGAIN && errno != EINTR)
			give_up(strerror(errno));
		if (sent > 0) {
			text += sent;
			length -= (size_t)sent;
		}
	}
}

static void await_answer(int fd)
{
	char answer[256];

	await(fd, POLLIN, "the collector did not say that it was taken");
	ssize_t got = read(fd, answer, sizeof(answer) - 1);

	if (got >= 3 && !memcmp(answer, "ok\n", 3))
		_exit(0);
	answer[got > 0 ? got : 0] = '\0';
	give_up(got > 0 ? answer : "the collector refused it");
}

/* A hook's name, or "" for what cannot be one. */
static const char *event_name(const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

	return strlen(text) <= 40 && strspn(text, letters) == strlen(text) ? text : "";
}

int main(int argc, char **argv)
{
	static char room[MOST_BYTES];
	struct shortener input = { .out = room, .room = sizeof(room) - 1, .longest = LONGEST_STRING };
	const char *path = getenv("RUNGLASS_HOOK_SOCKET");
	const char *event = "";
	const char *wants_debug = getenv("RUNGLASS_HOOK_DEBUG");
	char header[128], word[64];

	debug = wants_debug && !strcmp(wants_debug, "1");
	bound_our_time();
	/* With one of them closed, the socket would take its place. */
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) < 0)
			give_up("/dev/null cannot be opened");
	}
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
			fputs(usage, stdout);
			return 0;
		}
		if (!strcmp(argv[i], "--socket") && i + 1 < argc)
			path = argv[++i];
		else
			event = event_name(argv[i]);
	}

	int fd = open_socket(path && *path ? path : DEFAULT_SOCKET);
	read_greeting(fd, word, sizeof(word));
	end_by(INPUT_MS);
	read_input(&input);
	end_by(gone_ms() + ANSWER_MS > BOUND_MS ? gone_ms() + ANSWER_MS : BOUND_MS);
	prctl(PR_SET_NAME, word);
	room[input.used++] = '\n';
	int length = snprintf(header, sizeof(header), "{\"v\":1,\"event\":\"%s\",\"pid\":%d}\n", event, getpid());
	send_all(fd, header, (size_t)length);
	send_all(fd, room, input.used);
	await_answer(fd);
}
