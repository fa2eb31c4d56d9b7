// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "heldLinks.h"

#include <errno.h>
#include <stddef.h>
#include <sys/types.h>
#include <unistd.h>

#include "passFile.h"

/* Two for each library that a worker follows, and those of workers that were killed. */
#define MOST_LINKS 768

static struct { int number, link; } held[MOST_LINKS];
static int held_count;
static int to_attacher;

void links_open(int socket)
{
	to_attacher = socket;
}

int link_hand_over(int link)
{
	/* Of its own range in each worker, as all workers have other process ids: a number is not used twice. */
	static int next;
	int number = (int)((getpid() & 0xffff) << 14 | (++next & 0x3fff));
	bool sent = send_file(to_attacher, link, number);

	close(link);
	if (!sent)
		errno = EPIPE;
	return sent ? number : -1;
}

void link_give_up(int number)
{
	size_t text = number;

	if (write(to_attacher, &text, sizeof(text)) != sizeof(text))
		_exit(0);
}

static void give_up(int number)
{
	for (int i = 0; i < held_count; i++) {
		if (held[i].number != number)
			continue;
		close(held[i].link);
		held[i] = held[--held_count];
		return;
	}
}

bool links_take(int socket)
{
	size_t number = 0;
	int link = receive_file(socket, &number);

	if (link < 0 && number)
		give_up(number);
	if (link >= 0 && held_count < MOST_LINKS) {
		held[held_count].number = number;
		held[held_count++].link = link;
	} else if (link >= 0) {
		close(link);
	}
	return link >= 0 || number;
}

void links_close(void)
{
	while (held_count)
		close(held[--held_count].link);
}
