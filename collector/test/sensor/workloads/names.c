/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What an enforced policy of names decides, with as little as it takes. `serve`
 * is the world: a resolver that has one address for every name, and a server
 * there that answers whoever speaks to it. `try` is who is contained: prints
 * how each of its attempts ended, as an errno; 0 where it got its answer.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define RESOLVER "198.51.100.53"
#define SERVER "198.51.100.10"
#define PORT 8443
#define PATIENCE_MS 1500

static struct sockaddr_in at(const char *address, int port)
{
	struct sockaddr_in sa = { .sin_family = AF_INET, .sin_port = htons(port) };

	inet_pton(AF_INET, address, &sa.sin_addr);
	return sa;
}

static int bound(int type, const char *address, int port)
{
	struct sockaddr_in sa = at(address, port);
	int one = 1, fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&sa, sizeof(sa)) || (type == SOCK_STREAM && listen(fd, 16))) {
		perror("names: bind");
		exit(1);
	}
	return fd;
}

static void serve(void)
{
	static const unsigned char record[] = { 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 198, 51, 100, 10 };
	struct pollfd fds[8] = { { bound(SOCK_DGRAM, RESOLVER, 53), POLLIN }, { bound(SOCK_STREAM, SERVER, PORT), POLLIN } };
	int count = 2;

	puts("ready");
	fflush(stdout);
	while (poll(fds, count, -1) > 0) {
		struct sockaddr_in peer;
		socklen_t length = sizeof(peer);
		unsigned char message[512];
		ssize_t n;

		if (fds[0].revents) {
			n = recvfrom(fds[0].fd, message, 256, 0, (struct sockaddr *)&peer, &length);
			if (n < 17)
				continue;
			message[2] = 0x81, message[3] = 0x80, message[7] = 1;
			memcpy(message + n, record, sizeof(record));
			sendto(fds[0].fd, message, n + sizeof(record), 0, (struct sockaddr *)&peer, length);
		}
		if (fds[1].revents && count < 8)
			fds[count++] = (struct pollfd){ accept(fds[1].fd, NULL, NULL), POLLIN };
		for (int i = 2; i < count; i++) {
			if (!fds[i].revents)
				continue;
			n = read(fds[i].fd, message, sizeof(message));
			if (n > 0 && write(fds[i].fd, "x", 1) == 1)
				continue;
			close(fds[i].fd);
			fds[i] = fds[--count];
		}
	}
}

/* Waits for an answer; an errno. */
static int answered(int fd)
{
	struct pollfd ready = { fd, POLLIN };
	char answer[512];

	if (poll(&ready, 1, PATIENCE_MS) <= 0)
		return ETIMEDOUT;
	return recv(fd, answer, sizeof(answer), 0) > 0 ? 0 : errno ? errno : ECONNRESET;
}

static size_t put_name(unsigned char *to, const char *name)
{
	size_t length = 0;

	for (const char *label = name; *label;) {
		size_t n = strcspn(label, ".");

		to[length++] = n;
		memcpy(to + length, label, n);
		length += n;
		label += n + (label[n] == '.');
	}
	to[length++] = 0;
	return length;
}

static int ask(const char *name)
{
	unsigned char message[256] = { 0, 7, 1, 0, 0, 1 };
	size_t length = 12 + put_name(message + 12, name);
	struct sockaddr_in resolver = at(RESOLVER, 53);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), result;

	message[length + 1] = 1, message[length + 3] = 1;
	errno = 0;
	if (sendto(fd, message, length + 4, 0, (struct sockaddr *)&resolver, sizeof(resolver)) < 0)
		result = errno;
	else
		result = answered(fd);
	close(fd);
	return result;
}

/* Connects, and says hello to that server; NULL: says nothing. */
static int greet(const char *name)
{
	static const unsigned char head[] = { 0x16, 3, 1, 0, 0, 1, 0, 0, 0, 3, 3 };
	unsigned char hello[256] = { 0 };
	struct sockaddr_in server = at(SERVER, PORT);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), result = 0;
	size_t length = name ? strlen(name) : 0, end = 44 + 4 + 2 + 2 + 9 + length;
	unsigned char *p = hello + 44;

	errno = 0;
	if (connect(fd, (struct sockaddr *)&server, sizeof(server)))
		result = errno;
	if (!result && name) {
		memcpy(hello, head, sizeof(head));
		hello[4] = end - 5, hello[8] = end - 9;
		/* One suite, no compression, one extension: the name of the server. */
		p[1] = 2, p[2] = 0x13, p[3] = 1, p[4] = 1, p[7] = 9 + length;
		p[11] = 5 + length, p[13] = 3 + length, p[16] = length;
		memcpy(p + 17, name, length);
		result = send(fd, hello, end, 0) < 0 ? errno : answered(fd);
	}
	close(fd);
	return result;
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "serve")) {
		serve();
		return 0;
	}
	printf("%d\n", greet(NULL));
	printf("%d\n", ask("evil.example"));
	printf("%d\n", ask("listed.example"));
	printf("%d\n", greet("listed.example"));
	printf("%d\n", greet("evil.example"));
	return 0;
}
