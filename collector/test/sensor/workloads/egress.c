/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* `egress WAY ADDRESS PORT`: sends something to an IPv4 address in an uncommon way, and prints the errno of how that ended. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/io_uring.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define DATA "egress-marker"
#define OP_SOCKET 45

static struct sockaddr_in to;

static long result_of(long result)
{
	return result < 0 ? errno : 0;
}

static void must(long result, const char *what)
{
	if (result >= 0)
		return;
	fprintf(stderr, "egress: %s: %s\n", what, strerror(errno));
	exit(1);
}

struct ring {
	int fd;
	unsigned *tail, *mask, *array, *cq_head, *cq_tail, *cq_mask;
	struct io_uring_sqe *sqes;
	struct io_uring_cqe *cqes;
};

static struct ring *ring_open(void)
{
	static struct ring r;
	struct io_uring_params p = { 0 };
	uint8_t *shared;

	r.fd = syscall(SYS_io_uring_setup, 8, &p);
	must(r.fd, "io_uring_setup");
	shared = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_SHARED, r.fd, IORING_OFF_SQ_RING);
	r.sqes = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, r.fd, IORING_OFF_SQES);
	r.tail = (unsigned *)(shared + p.sq_off.tail);
	r.mask = (unsigned *)(shared + p.sq_off.ring_mask);
	r.array = (unsigned *)(shared + p.sq_off.array);
	r.cq_head = (unsigned *)(shared + p.cq_off.head);
	r.cq_tail = (unsigned *)(shared + p.cq_off.tail);
	r.cq_mask = (unsigned *)(shared + p.cq_off.ring_mask);
	r.cqes = (struct io_uring_cqe *)(shared + p.cq_off.cqes);
	return &r;
}

/* Does one request, and returns its errno, or 0. */
static long submit(struct ring *r, const struct io_uring_sqe *sqe)
{
	unsigned index = *r->tail & *r->mask;
	int result;

	r->sqes[index] = *sqe;
	r->array[index] = index;
	__atomic_store_n(r->tail, *r->tail + 1, __ATOMIC_RELEASE);
	must(syscall(SYS_io_uring_enter, r->fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0), "io_uring_enter");
	while (__atomic_load_n(r->cq_tail, __ATOMIC_ACQUIRE) == *r->cq_head)
		;
	result = r->cqes[*r->cq_head & *r->cq_mask].res;
	__atomic_store_n(r->cq_head, *r->cq_head + 1, __ATOMIC_RELEASE);
	return result < 0 ? -result : 0;
}

static long uring_connect(unsigned flags)
{
	struct io_uring_sqe sqe = { .opcode = IORING_OP_CONNECT, .flags = flags };

	sqe.fd = socket(AF_INET, SOCK_STREAM, 0);
	sqe.addr = (uintptr_t)&to;
	sqe.off = sizeof(to);
	return submit(ring_open(), &sqe);
}

static long uring_send(unsigned flags, bool connected)
{
	struct iovec data = { DATA, sizeof(DATA) - 1 };
	struct msghdr message = { .msg_name = &to, .msg_namelen = sizeof(to), .msg_iov = &data, .msg_iovlen = 1 };
	struct io_uring_sqe sqe = { .opcode = IORING_OP_SENDMSG, .flags = flags };

	sqe.fd = socket(AF_INET, SOCK_DGRAM, 0);
	sqe.addr = (uintptr_t)&message;
	sqe.len = 1;
	if (connected) {
		must(connect(sqe.fd, (struct sockaddr *)&to, sizeof(to)), "connect");
		sqe.opcode = IORING_OP_SEND;
		sqe.addr = (uintptr_t)DATA;
		sqe.len = sizeof(DATA) - 1;
	}
	return submit(ring_open(), &sqe);
}

/* A packet socket that no system call has made. */
static long uring_packet(void)
{
	struct io_uring_sqe sqe = { .opcode = OP_SOCKET, .fd = AF_PACKET, .off = SOCK_RAW };

	return submit(ring_open(), &sqe);
}

/* The oldest way to one: the kernel takes this family and type for AF_PACKET. */
static long uring_old_packet(void)
{
	struct io_uring_sqe sqe = { .opcode = OP_SOCKET, .fd = AF_INET, .off = SOCK_PACKET, .len = 0x300 };

	return submit(ring_open(), &sqe);
}

static long plain(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	return result_of(connect(fd, (struct sockaddr *)&to, sizeof(to)));
}

static long int80(void)
{
	struct sockaddr_in *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	long result;

	*low = to;
	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(362L), "b"((long)fd), "c"((long)low), "d"((long)sizeof(to))
			 : "r8", "r9", "r10", "r11", "memory");
	return result < 0 ? -result : 0;
}

static void *in_thread(void *result)
{
	*(long *)result = plain();
	return NULL;
}

static long thread(void)
{
	long result = -1;
	pthread_t other;

	pthread_create(&other, NULL, in_thread, &result);
	pthread_join(other, NULL);
	return result;
}

/* A daemon's way: the process that connects is nobody's child. */
static long twice_forked(void)
{
	int ends[2];
	long result = -1;

	must(pipe(ends), "pipe");
	if (fork() == 0) {
		if (fork() == 0) {
			setsid();
			while (getppid() != 1)
				usleep(1000);
			result = plain();
			if (write(ends[1], &result, sizeof(result)) < 0)
				_exit(1);
		}
		_exit(0);
	}
	wait(NULL);
	must(read(ends[0], &result, sizeof(result)), "read");
	return result;
}

static long as_nobody(void)
{
	must(setresgid(65534, 65534, 65534), "setresgid");
	must(setresuid(65534, 65534, 65534), "setresuid");
	return plain();
}

/* The second connect of a socket whose first was allowed. */
static long again(void)
{
	struct sockaddr_in here = { .sin_family = AF_INET, .sin_port = htons(9), .sin_addr.s_addr = htonl(0x7f000001) };
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	must(connect(fd, (struct sockaddr *)&here, sizeof(here)), "connect");
	must(connect(fd, &none, sizeof(none)), "disconnect");
	must(connect(fd, (struct sockaddr *)&to, sizeof(to)), "connect");
	return result_of(send(fd, DATA, sizeof(DATA) - 1, 0));
}

static long in_batch(void)
{
	struct iovec data = { DATA, sizeof(DATA) - 1 };
	struct mmsghdr messages[2] = { 0 };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	for (int i = 0; i < 2; i++)
		messages[i].msg_hdr = (struct msghdr){ .msg_name = &to, .msg_namelen = sizeof(to), .msg_iov = &data, .msg_iovlen = 1 };
	return result_of(sendmmsg(fd, messages, 2, 0));
}

/* By way of what is allowed to somewhere else, as loose source routing says. */
static long source_routed(void)
{
	__u8 options[8] = { 1, 131, 7, 4 };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	memcpy(options + 4, &to.sin_addr, 4);
	must(setsockopt(fd, IPPROTO_IP, IP_OPTIONS, options, sizeof(options)), "IP_OPTIONS");
	return result_of(sendto(fd, DATA, sizeof(DATA) - 1, 0, (struct sockaddr *)&to, sizeof(to)));
}

/* A socket for ping needs no rights where the group may. */
static long ping(void)
{
	struct {
		struct icmphdr head;
		char data[sizeof(DATA)];
	} echo = { .head = { .type = ICMP_ECHO }, .data = DATA };
	int fd = socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP);

	must(fd, "ping socket");
	return result_of(sendto(fd, &echo, sizeof(echo), 0, (struct sockaddr *)&to, sizeof(to)));
}

/* Is anyone answered who connects to us from there? The peer is a process outside that the test has told to connect. */
static long listening(void)
{
	struct sockaddr_in at = to;
	struct pollfd wait = { .fd = socket(AF_INET, SOCK_STREAM, 0), .events = POLLIN };

	must(bind(wait.fd, (struct sockaddr *)&at, sizeof(at)), "bind");
	must(listen(wait.fd, 1), "listen");
	puts("listening");
	fflush(stdout);
	return poll(&wait, 1, 1500) > 0 ? 0 : EPERM;
}

static void *closing(void *fd)
{
	for (;;)
		close((intptr_t)fd);
	return NULL;
}

/* Sockets that another thread closes as soon as they are there. Tells how many of `tries` who made one live on. */
static long raced(int family, int type, int tries)
{
	long living = 0;

	for (int i = 0; i < tries; i++) {
		int status = 0;
		pid_t child = fork();

		if (child == 0) {
			int next = dup(0);
			pthread_t other;

			close(next);
			pthread_create(&other, NULL, closing, (void *)(intptr_t)next);
			usleep(100);
			syscall(SYS_socket, family, type, 0);
			_exit(0);
		}
		waitpid(child, &status, 0);
		living += !WIFSIGNALED(status);
	}
	return living;
}

static long packet_raced(void)
{
	return raced(17, SOCK_RAW, 300);
}

static long old_packet_raced(void)
{
	return raced(AF_INET, SOCK_PACKET, 100);
}

static const struct {
	const char *name;
	long (*way)(void);
} ways[] = {
	{ "plain", plain },
	{ "int80", int80 },
	{ "thread", thread },
	{ "twice-forked", twice_forked },
	{ "as-nobody", as_nobody },
	{ "again", again },
	{ "in-batch", in_batch },
	{ "source-routed", source_routed },
	{ "ping", ping },
	{ "listening", listening },
	{ "uring-packet", uring_packet },
	{ "uring-old-packet", uring_old_packet },
	{ "packet-raced", packet_raced },
	{ "old-packet-raced", old_packet_raced },
};

static long attempt(const char *way)
{
	if (!strcmp(way, "uring-connect"))
		return uring_connect(0);
	if (!strcmp(way, "uring-connect-worker"))
		return uring_connect(IOSQE_ASYNC);
	if (!strcmp(way, "uring-sendmsg"))
		return uring_send(0, false);
	if (!strcmp(way, "uring-sendmsg-worker"))
		return uring_send(IOSQE_ASYNC, false);
	if (!strcmp(way, "uring-send"))
		return uring_send(0, true);
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (!strcmp(way, ways[i].name))
			return ways[i].way();
	}
	return -1;
}

int main(int argc, char **argv)
{
	if (argc < 4)
		return 2;
	alarm(60);
	to = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(atoi(argv[3])) };
	inet_pton(AF_INET, argv[2], &to.sin_addr);
	printf("%ld\n", attempt(argv[1]));
	return 0;
}
