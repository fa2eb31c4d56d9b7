/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Connections and datagrams of every kind, in a network namespace of their own
 * with nothing but loopback in it. Servers listen in this same process; they
 * are no news, only what goes out is. Prints the ports of the servers.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

static void must(long result, const char *what)
{
	if (result >= 0)
		return;
	fprintf(stderr, "network: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void expect(bool right, const char *what)
{
	if (right)
		return;
	fprintf(stderr, "network: %s, but errno is %s\n", what, strerror(errno));
	exit(1);
}

static void own_network(void)
{
	struct ifreq loopback = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd;

	must(unshare(CLONE_NEWNET), "unshare");
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	must(ioctl(fd, SIOCSIFFLAGS, &loopback), "lo up");
	close(fd);
}

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static union address at(const char *text, int port)
{
	union address a = { 0 };

	if (strchr(text, ':')) {
		a.v6.sin6_family = AF_INET6;
		a.v6.sin6_port = htons(port);
		inet_pton(AF_INET6, text, &a.v6.sin6_addr);
	} else {
		a.v4.sin_family = AF_INET;
		a.v4.sin_port = htons(port);
		inet_pton(AF_INET, text, &a.v4.sin_addr);
	}
	return a;
}

static socklen_t size_of(const union address *a)
{
	return a->any.sa_family == AF_INET ? sizeof(a->v4) : sizeof(a->v6);
}

/* A socket bound to a free port of `text`, which is printed. */
static int serve(const char *text, int type, int protocol, int *port)
{
	union address a = at(text, 0);
	socklen_t size = sizeof(a);
	int fd = socket(a.any.sa_family, type, protocol);

	must(fd, "socket");
	must(bind(fd, &a.any, size_of(&a)), "bind");
	must(getsockname(fd, &a.any, &size), "getsockname");
	if (type == SOCK_STREAM)
		must(listen(fd, 16), "listen");
	*port = ntohs(a.v4.sin_port);
	printf("%d\n", *port);
	fflush(stdout);
	return fd;
}

static void send_all(int fd, int bytes)
{
	static char data[65536];

	while (bytes > 0) {
		int n = send(fd, data, bytes < (int)sizeof(data) ? bytes : (int)sizeof(data), 0);

		must(n, "send");
		bytes -= n;
	}
}

static void read_all(int fd, int bytes)
{
	static char data[65536];

	while (bytes > 0) {
		int n = recv(fd, data, bytes < (int)sizeof(data) ? bytes : (int)sizeof(data), 0);

		must(n - 1, "recv");
		bytes -= n;
	}
}

/* The client sends `up` bytes and gets `down`; who closes first is told by `client_first`. */
static void exchange(const char *server, const char *to, int protocol, int up, int down, bool client_first)
{
	int port, listener = serve(server, SOCK_STREAM, protocol, &port), fd, peer;
	union address a = at(to, port);
	char end;

	fd = socket(a.any.sa_family, SOCK_STREAM, protocol);
	must(connect(fd, &a.any, size_of(&a)), "connect");
	peer = accept(listener, NULL, NULL);
	must(peer, "accept");
	send_all(fd, up);
	read_all(peer, up);
	send_all(peer, down);
	read_all(fd, down);
	if (client_first) {
		shutdown(fd, SHUT_WR);
		must(recv(peer, &end, 1, 0), "end");
		close(peer);
		must(recv(fd, &end, 1, 0), "end");
		close(fd);
	} else {
		close(peer);
		must(recv(fd, &end, 1, 0), "end");
		close(fd);
	}
	close(listener);
}

static void refused(void)
{
	union address a = at("127.0.0.1", 9);
	int port, listener, fd = socket(AF_INET, SOCK_STREAM, 0);

	expect(connect(fd, &a.any, size_of(&a)) < 0 && errno == ECONNREFUSED, "it must be refused");
	/* The same socket, once more, with more luck. */
	listener = serve("127.0.0.1", SOCK_STREAM, 0, &port);
	a = at("127.0.0.1", port);
	must(connect(fd, &a.any, size_of(&a)), "connect");
	close(fd);
	close(listener);
}

/* One socket, again and again, slowly enough to be told in full. */
static void refused_often(int times)
{
	union address a = at("127.0.0.1", 9);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	for (int i = 0; i < times; i++) {
		expect(connect(fd, &a.any, size_of(&a)) < 0 && errno == ECONNREFUSED, "it must be refused");
		if (i % 256 == 255)
			usleep(2000);
	}
	close(fd);
}

/* No packet is ever sent: only the call itself fails. */
static void unreachable(void)
{
	union address a = at("192.0.2.1", 80), b = at("2001:db8::1", 80), c = at("127.0.0.1", 80);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	expect(connect(fd, &a.any, size_of(&a)) < 0 && errno == ENETUNREACH, "IPv4 must be unreachable");
	close(fd);
	fd = socket(AF_INET6, SOCK_STREAM, 0);
	expect(connect(fd, &b.any, size_of(&b)) < 0 && errno == ENETUNREACH, "IPv6 must be unreachable");
	close(fd);
	/* Another socket has the only local port that this one may use, to the same peer. */
	int port, listener = serve("127.0.0.1", SOCK_STREAM, 0, &port), one = 1;

	c = at("127.0.0.1", port);
	for (int i = 0; i < 2; i++) {
		union address from = at("127.0.0.1", 45678);

		fd = socket(AF_INET, SOCK_STREAM, 0);
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
		must(bind(fd, &from.any, size_of(&from)), "bind");
		if (i == 0)
			must(connect(fd, &c.any, size_of(&c)), "connect");
		else
			expect(connect(fd, &c.any, size_of(&c)) < 0 && errno == EADDRNOTAVAIL, "the port must be taken");
	}
	close(listener);
}

/* A send that connects fails at once; then a connect of another kind fails, for another reason. */
static void failed_send(void)
{
	union address a = at("192.0.2.1", 80);
	struct sockaddr_un missing = { .sun_family = AF_UNIX, .sun_path = "/missing" };
	int fd = socket(AF_INET, SOCK_STREAM, 0), other = socket(AF_UNIX, SOCK_STREAM, 0);

	expect(sendto(fd, "x", 1, MSG_FASTOPEN, &a.any, size_of(&a)) < 0 && errno == ENETUNREACH, "it must be unreachable");
	expect(connect(other, (struct sockaddr *)&missing, sizeof(missing)) < 0 && errno == ENOENT, "it must be missing");
}

/* Multipath TCP connects by a subflow, which is not the socket of the call. */
static void failed_mptcp(void)
{
	union address a = at("192.0.2.1", 81);
	int fd = socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP);

	must(fd, "socket");
	expect(connect(fd, &a.any, size_of(&a)) < 0 && errno == ENETUNREACH, "it must be unreachable");
	close(fd);
}

/* A send that connects fails as no local port is left; a connect of another socket returns, and the socket tries again. */
static void no_port_left(void)
{
	static const char range[] = "40000 40001";
	struct sockaddr_un missing = { .sun_family = AF_UNIX, .sun_path = "/missing" };
	int fd = open("/proc/sys/net/ipv4/ip_local_port_range", O_WRONLY), other = socket(AF_UNIX, SOCK_STREAM, 0);
	union address a = at("127.0.0.1", 9);

	must(write(fd, range, sizeof(range) - 1), "port range");
	close(fd);
	for (int port = 40000; port <= 40001; port++) {
		union address taken = at("127.0.0.1", port);

		must(bind(socket(AF_INET, SOCK_STREAM, 0), &taken.any, size_of(&taken)), "bind");
	}
	fd = socket(AF_INET, SOCK_STREAM, 0);
	for (int i = 0; i < 2; i++) {
		expect(sendto(fd, "x", 1, MSG_FASTOPEN, &a.any, size_of(&a)) < 0 && errno == EADDRNOTAVAIL, "no port must be left");
		expect(connect(other, (struct sockaddr *)&missing, sizeof(missing)) < 0 && errno == ENOENT, "it must be missing");
	}
	close(fd);
}

static void nonblocking(void)
{
	int port, listener = serve("127.0.0.1", SOCK_STREAM, 0, &port), fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	union address a = at("127.0.0.1", port);
	struct pollfd ready = { .fd = fd, .events = POLLOUT };

	expect(connect(fd, &a.any, size_of(&a)) < 0 && errno == EINPROGRESS, "it must be in progress");
	must(poll(&ready, 1, 2000), "poll");
	must(connect(fd, &a.any, size_of(&a)), "connect, the second time");
	close(fd);
	close(listener);
}

/* A server whose queue is full does not answer, so the connect hangs until it is given up. */
static void given_up(void)
{
	int port, listener = serve("127.0.0.1", SOCK_STREAM, 0, &port), fd = -1;
	union address a = at("127.0.0.1", port);

	must(listen(listener, 0), "listen");
	for (int i = 0; i < 3; i++) {
		fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		connect(fd, &a.any, size_of(&a));
		usleep(50000);
	}
	/* The last ones still wait for an answer. */
	close(fd);
	sleep(1);
}

static void fast_open(void)
{
	int port, listener = serve("127.0.0.1", SOCK_STREAM, 0, &port), fd = socket(AF_INET, SOCK_STREAM, 0);
	union address a = at("127.0.0.1", port);

	must(sendto(fd, "hello", 5, MSG_FASTOPEN, &a.any, size_of(&a)), "sendto");
	must(shutdown(fd, SHUT_WR), "shutdown");
	usleep(50000);
	close(fd);
	close(listener);
}

static void send_one(const char *to, int port, const char *text)
{
	union address a = at(to, port);
	int fd = socket(a.any.sa_family, SOCK_DGRAM, 0);

	must(sendto(fd, text, strlen(text), 0, &a.any, size_of(&a)), "sendto");
	close(fd);
}

static void answer(int server, const char *text)
{
	union address from;
	socklen_t size = sizeof(from);
	char data[2048];

	must(recvfrom(server, data, sizeof(data), 0, &from.any, &size), "recvfrom");
	must(sendto(server, text, strlen(text), 0, &from.any, size), "answer");
}

/* Connected: three datagrams out, one back. */
static void udp_connected(const char *text)
{
	int port, server = serve(text, SOCK_DGRAM, 0, &port), fd;
	union address a = at(text, port);
	char data[64];

	fd = socket(a.any.sa_family, SOCK_DGRAM, 0);
	must(connect(fd, &a.any, size_of(&a)), "connect");
	for (int i = 0; i < 3; i++)
		must(send(fd, "12345", 5, 0), "send");
	answer(server, "back");
	must(recv(fd, data, sizeof(data), 0), "recv");
	close(fd);
	close(server);
}

/* One socket, `peers` peers, `rounds` datagrams of 10 bytes to each in turn. */
static void udp_peers(int peers, int rounds)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0), servers[64], ports[64];

	for (int i = 0; i < peers; i++)
		servers[i] = serve("127.0.0.1", SOCK_DGRAM, 0, &ports[i]);
	for (int round = 0; round < rounds; round++) {
		for (int i = 0; i < peers; i++) {
			union address a = at("127.0.0.1", ports[i]);

			must(sendto(fd, "0123456789", 10, 0, &a.any, size_of(&a)), "sendto");
		}
	}
	for (int i = 0; i < peers; i++)
		close(servers[i]);
	/* The end of the process closes it. */
}

static void mapped(void)
{
	int port, server = serve("127.0.0.1", SOCK_DGRAM, 0, &port);
	union address a = at("::ffff:127.0.0.1", port);
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);

	must(sendto(fd, "mapped", 6, 0, &a.any, size_of(&a)), "sendto");
	close(fd);
	close(server);
	exchange("127.0.0.1", "::ffff:127.0.0.1", 0, 10, 20, true);
}

/* A question to a server on port 53, and its answer, as they are on the wire. */
static void dns(const char *text, int bytes)
{
	union address a = at(text, 53);
	int server = socket(a.any.sa_family, SOCK_DGRAM, 0), fd = socket(a.any.sa_family, SOCK_DGRAM, 0);
	char reply[4096];

	memset(reply, 'r', sizeof(reply));
	reply[bytes] = 0;
	must(bind(server, &a.any, size_of(&a)), "bind");
	must(connect(fd, &a.any, size_of(&a)), "connect");
	must(send(fd, "question", 8, 0), "send");
	answer(server, reply);
	must(recv(fd, reply, sizeof(reply), 0), "recv");
}

/* A header for the destination, with padding only, stands in front of the one of UDP. */
static void extension(void)
{
	static const char padding[8] = { 0, 0, 1, 4 };
	union address a = at("::1", 9);
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);
	must(setsockopt(fd, IPPROTO_IPV6, IPV6_DSTOPTS, padding, sizeof(padding)), "an extension header");
	must(sendto(fd, "behind", 6, 0, &a.any, size_of(&a)), "sendto");
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	own_network();
	if (!strcmp(what, "tcp4"))
		exchange("127.0.0.1", "127.0.0.1", 0, 100000, 3000, true);
	else if (!strcmp(what, "tcp6"))
		exchange("::1", "::1", 0, 7, 200000, false);
	else if (!strcmp(what, "mptcp"))
		exchange("127.0.0.1", "127.0.0.1", IPPROTO_MPTCP, 5000, 6000, true);
	else if (!strcmp(what, "mapped"))
		mapped();
	else if (!strcmp(what, "any") && argc > 3)
		exchange(argv[2], argv[3], 0, 1, 2, true);
	else if (!strcmp(what, "extension"))
		extension();
	else if (!strcmp(what, "refused"))
		refused();
	else if (!strcmp(what, "refused-often") && argc > 2)
		refused_often(atoi(argv[2]));
	else if (!strcmp(what, "unreachable"))
		unreachable();
	else if (!strcmp(what, "failed-send"))
		failed_send();
	else if (!strcmp(what, "failed-mptcp"))
		failed_mptcp();
	else if (!strcmp(what, "no-port-left"))
		no_port_left();
	else if (!strcmp(what, "nonblocking"))
		nonblocking();
	else if (!strcmp(what, "given-up"))
		given_up();
	else if (!strcmp(what, "fast-open"))
		fast_open();
	else if (!strcmp(what, "udp4"))
		udp_connected("127.0.0.1");
	else if (!strcmp(what, "udp6"))
		udp_connected("::1");
	else if (!strcmp(what, "udp-peers") && argc > 3)
		udp_peers(atoi(argv[2]), atoi(argv[3]));
	else if (!strcmp(what, "udp-nobody"))
		send_one("127.0.0.1", 9, "into the void");
	else if (!strcmp(what, "dns") && argc > 3)
		dns(argv[2], atoi(argv[3]));
	else
		return 2;
	return 0;
}
