// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "passFile.h"

#include <string.h>
#include <sys/socket.h>

union control {
	struct cmsghdr head;
	char room[CMSG_SPACE(sizeof(int))];
};

bool send_file(int socket, int file, size_t size)
{
	union control control;
	struct iovec part = { &size, sizeof(size) };
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	memset(&control, 0, sizeof(control));
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &file, sizeof(file));
	return sendmsg(socket, &m, MSG_NOSIGNAL) == sizeof(size);
}

int receive_file(int socket, size_t *size)
{
	union control control;
	struct iovec part = { size, sizeof(*size) };
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control) };
	struct cmsghdr *c;
	int file = -1;

	if (recvmsg(socket, &m, MSG_CMSG_CLOEXEC) != sizeof(*size))
		return -1;
	c = CMSG_FIRSTHDR(&m);
	if (c && c->cmsg_type == SCM_RIGHTS && c->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(&file, CMSG_DATA(c), sizeof(file));
	return file;
}
