// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#define _GNU_SOURCE
#include "attacher.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../bpf/record.h"
#include "existing.h"
#include "frames.h"
#include "heldLinks.h"
#include "hooks.h"
#include "images.h"
#include "libraries.h"
#include "privileges.h"
#include "ring.h"
#include "systemCalls.h"
#include "watchdog.h"

#define HOOK "tls"
/* Until it is there; libraries that are attached to later are attached to all the same. */
#define START_MS 5000
#define END_MS 5000
#define OPEN_FILES 1024
/* How often the worker is looked after, and how many are started: some may hang for ever, where they cannot even be killed. */
#define LOOK_MS 500
#define MOST_WORKERS 8
/* Files on file systems of others that are named. */
#define MOST_SERVED 16

/* One packet from the attacher to the sensor; LOOKED says that it has looked at what is there already. */
#define LOOKED 100
struct message {
	__u16 state;
	__u16 path_length;
	__u16 reason_length;
	char text[RG_PATH_CAP + 256];
};
#define MESSAGE_HEAD offsetof(struct message, text)

/* In the attacher, these are all that is open but for 0 to 2. */
enum { SOCKET = 3, PROGRAM, RING, SEEN, KEPT };

static bool looked; /* in the sensor */
static bool ending;

static void send_message(const char *path, __u16 state, const char *reason)
{
	struct message m = { .state = state, .path_length = strnlen(path, RG_PATH_CAP), .reason_length = strnlen(reason, 255) };

	memcpy(m.text, path, m.path_length);
	memcpy(m.text + m.path_length, reason, m.reason_length);
	/* A sensor that does not read in time is ending. */
	if (write(SOCKET, &m, MESSAGE_HEAD + m.path_length + m.reason_length) < 0 && errno != EAGAIN)
		_exit(0);
}

static void tell(const char *path, enum rg_state state, const char *reason)
{
	send_message(path, state, reason);
}

/* All that was inherited holds hooks and pipes which are not ours to hold. */
static void keep_only(int socket, int program, int ring, int seen)
{
	int from[] = { socket, program, ring, seen }, none;

	/* Out of the way of the numbers they are to have. */
	for (int i = 0; i < KEPT - SOCKET; i++)
		from[i] = fcntl(from[i], F_DUPFD_CLOEXEC, 64);
	none = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int i = 0; i < SOCKET; i++)
		dup2(none, i);
	for (int i = 0; i < KEPT - SOCKET; i++)
		dup3(from[i], SOCKET + i, O_CLOEXEC);
	if (syscall(SYS_close_range, KEPT, ~0U, 0)) {
		for (int i = KEPT; i < OPEN_FILES; i++)
			close(i);
	}
}

static void forget(const struct image_key *key)
{
	bpf_map_delete_elem(SEEN, key);
}

/* Whoever serves it could let us wait for ever. Anyone can have many such files: a few are named. */
static void tell_served(const struct image_record *image)
{
	static int told;
	char path[RG_PATH_CAP + 1];

	if (told < MOST_SERVED && image_path(image, path, sizeof(path))) {
		told++;
		tell(path, RG_OFF, "it is not looked into, as its file system is served by another program (FUSE)");
	}
}

static void take_images(struct ring *ring)
{
	const void *record;
	__u32 length;

	while (ring_peek(ring, ring_end(ring), &record, &length) == RING_RECORD) {
		struct image_record image = *(const struct image_record *)record;

		ring_take(ring, length);
		ring_release(ring);
		if (image.served) {
			tell_served(&image);
			continue;
		}
		library_finder(&image);
		/* Its process has ended already: the next that runs it shall be told again. */
		if (!image_open(&image, library_found))
			forget(&image.key);
		library_finder(NULL);
	}
	ring_release(ring);
}

/*
 * The worker: it opens the files, and attaches to them. All that can make it wait is done there, so that it can be killed; then
 * there is another, and what was attached to stays so.
 */
static void work(int socket, bool first)
{
	struct pollfd wait[] = { { .fd = RING, .events = POLLIN }, { .fd = socket } };
	struct ring ring;

	if (!ring_map(&ring, RING, IMAGES_RING))
		_exit(3);
	links_open(socket);
	libraries_open(PROGRAM, tell, forget);
	if (first) {
		images_usual(library_found);
		send_message("", LOOKED, "");
	}
	for (;;) {
		take_images(&ring);
		if ((poll(wait, 2, -1) < 0 && errno != EINTR) || wait[1].revents)
			_exit(0);
	}
}

static pid_t start_worker(int *socket, bool first)
{
	pid_t self = getpid(), worker;
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return -1;
	watchdog_end();
	worker = fork();
	if (worker == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		if (getppid() != self)
			_exit(0);
		close(ends[0]);
		work(ends[1], first);
	}
	close(ends[1]);
	*socket = ends[0];
	return worker;
}

/* Looks after the worker until it is gone, or is to be. False when the sensor has ended. */
static bool look_after(int socket)
{
	struct pollfd wait[] = { { .fd = SOCKET, .events = POLLIN }, { .fd = socket, .events = POLLIN } };

	for (;;) {
		const char *late = watchdog_late();

		if (late) {
			tell(late, RG_OFF, "whether it is a TLS library could not be found out: whoever serves it lets us wait");
			return true;
		}
		if (poll(wait, 2, LOOK_MS) < 0 && errno != EINTR)
			return false;
		/* Nothing is ever written there: it was closed. */
		if (wait[0].revents)
			return false;
		if (wait[1].revents && !links_take(socket))
			return true;
	}
}

static void run(pid_t sensor)
{
	struct rlimit files = { OPEN_FILES, OPEN_FILES };
	struct pollfd wait = { .fd = SOCKET, .events = POLLIN };
	bool goes_on = true;

	setrlimit(RLIMIT_NOFILE, &files);
	/* It races with the programs that it is to look into. */
	setpriority(PRIO_PROCESS, 0, -10);
	if (!watchdog_open() || !keep_attaching_capabilities())
		_exit(3);
	/* The kernel forgets this when a process changes who it is, so it comes after that. */
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (getppid() != sensor || !limit_attacher())
		_exit(3);
	for (int i = 0; goes_on && i < MOST_WORKERS; i++) {
		int socket;
		pid_t worker = start_worker(&socket, i == 0);

		if (worker < 0)
			break;
		goes_on = look_after(socket);
		kill(worker, SIGKILL);
		close(socket);
		/* One that cannot even be killed stays behind. */
		waitpid(worker, NULL, WNOHANG);
	}
	if (goes_on) {
		tell("", RG_OFF, "too many files let us wait: TLS libraries that are used from now on are not attached to");
		while (poll(&wait, 1, -1) < 0 && errno == EINTR) {
		}
	}
	links_close();
	_exit(0);
}

static ssize_t receive(int fd, struct message *m)
{
	ssize_t n = read(fd, m, sizeof(*m));

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? -1 : 0;
	if (n > 0 && (n < (ssize_t)MESSAGE_HEAD || m->path_length > RG_PATH_CAP || m->reason_length > 256 ||
		      (size_t)n != MESSAGE_HEAD + m->path_length + m->reason_length))
		return 0;
	return n;
}

/* One message. False when the attacher is gone. */
static bool tell_one(int fd, bool *more)
{
	char path[RG_PATH_CAP + 1], reason[257];
	struct message m;
	ssize_t n = receive(fd, &m);

	*more = n > 0;
	if (n == 0) {
		if (!ending)
			frame_coverage_of(HOOK, "", RG_OFF,
					  "the process that attaches to TLS libraries has ended");
		return false;
	}
	if (n < 0)
		return true;
	if (m.state == LOOKED) {
		looked = true;
		return true;
	}
	memcpy(path, m.text, m.path_length);
	path[m.path_length] = 0;
	memcpy(reason, m.text + m.path_length, m.reason_length);
	reason[m.reason_length] = 0;
	frame_coverage_of(HOOK, path, m.state, reason);
	return true;
}

int attacher_start(struct sensor *sensor)
{
	pid_t self = getpid(), child;
	struct pollfd wait;
	int ends[2];

	if (!hooks_on(HOOK))
		return -1;
	if (!host_process_ids()) {
		frame_coverage_of(HOOK, "", RG_OFF, "in a PID namespace of its own, the sensor cannot find the files of processes");
		return -1;
	}
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends)) {
		frame_coverage_of(HOOK, "", RG_OFF, strerror(errno));
		return -1;
	}
	child = fork();
	if (child == 0) {
		keep_only(ends[1], bpf_program__fd(sensor->progs.on_tls), bpf_map__fd(sensor->maps.images),
			  bpf_map__fd(sensor->maps.images_seen));
		run(self);
	}
	close(ends[1]);
	if (child < 0) {
		frame_coverage_of(HOOK, "", RG_OFF, strerror(errno));
		close(ends[0]);
		return -1;
	}
	/* The first program that runs shall find the usual libraries attached to. */
	looked = false;
	wait = (struct pollfd){ .fd = ends[0], .events = POLLIN };
	while (!looked && poll(&wait, 1, START_MS) > 0) {
		if (!attacher_tell(ends[0])) {
			close(ends[0]);
			return -1;
		}
	}
	return ends[0];
}

bool attacher_tell(int fd)
{
	bool more = true;

	while (more) {
		if (!tell_one(fd, &more))
			return false;
	}
	return true;
}

void attacher_end(int fd)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };

	if (fd < 0)
		return;
	ending = true;
	/* It sees the end of its input, detaches, and closes its side. */
	shutdown(fd, SHUT_WR);
	while (poll(&wait, 1, END_MS) > 0 && attacher_tell(fd)) {
	}
	close(fd);
}

