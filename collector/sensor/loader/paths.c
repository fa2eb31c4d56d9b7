// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "paths.h"

#include <string.h>

size_t path_from_walk(const __u8 *walk, size_t length, char *path, size_t room)
{
	size_t to = 0, end;

	/* A path is as long as its walk. What is too long loses its front: the end says more. */
	if (length > room) {
		length = room;
		while (length > 0 && walk[length - 1] != 0)
			length--;
	}
	end = length;
	while (end > 0) {
		/* The name that ends before `end`, and the NUL that ends it. */
		size_t begin = end - 1, size;

		while (begin > 0 && walk[begin - 1] != 0)
			begin--;
		size = end - 1 - begin;
		path[to++] = '/';
		memcpy(path + to, walk + begin, size);
		to += size;
		end = begin;
	}
	if (to == 0 && room > 0)
		path[to++] = '/';
	return to;
}

/* Appends one name to the path of `to` bytes, or goes up for "..", but not above its first `floor` bytes. */
static size_t append(char *path, size_t to, size_t floor, const char *name, size_t size)
{
	if (size == 0 || (size == 1 && name[0] == '.'))
		return to;
	if (size == 2 && name[0] == '.' && name[1] == '.') {
		while (to > floor && path[to - 1] != '/')
			to--;
		return to > floor ? to - 1 : floor;
	}
	path[to++] = '/';
	memcpy(path + to, name, size);
	return to + size;
}

static size_t append_all(char *path, size_t to, size_t floor, const char *text, size_t length)
{
	size_t begin = 0;

	for (size_t i = 0; i <= length; i++) {
		if (i == length || text[i] == '/') {
			to = append(path, to, floor, text + begin, i - begin);
			begin = i + 1;
		}
	}
	return to;
}

bool path_has_up(const char *text, size_t length)
{
	for (size_t begin = 0, i = 0; i <= length; i++) {
		if (i < length && text[i] != '/')
			continue;
		if (i - begin == 2 && text[begin] == '.' && text[begin + 1] == '.')
			return true;
		begin = i + 1;
	}
	return false;
}

bool path_goes_up(const char *text, size_t length)
{
	bool named = false;

	for (size_t begin = 0, i = 0; i <= length; i++) {
		if (i < length && text[i] != '/')
			continue;
		if (i - begin == 2 && text[begin] == '.' && text[begin + 1] == '.') {
			if (named)
				return true;
		} else if (i - begin > 1 || (i - begin == 1 && text[begin] != '.')) {
			named = true;
		}
		begin = i + 1;
	}
	return false;
}

size_t path_join(const char *base, size_t base_length, const char *text, size_t text_length, char *path, size_t room,
		 bool *cut)
{
	/* Every name gets one slash before it, and had one behind it in all but the last place. */
	char whole[2 * PATH_PART_MAX + 2];
	size_t length, from = 0;

	if (base_length > PATH_PART_MAX)
		base_length = PATH_PART_MAX;
	if (text_length > PATH_PART_MAX)
		text_length = PATH_PART_MAX;
	length = append_all(whole, 0, 0, base, base_length);
	length = append_all(whole, length, text_length && text[0] == '/' ? length : 0, text, text_length);
	if (length == 0)
		whole[length++] = '/';
	while (length - from > room) {
		*cut = true;
		from++;
		while (from < length && whole[from] != '/')
			from++;
	}
	memcpy(path, whole + from, length - from);
	return length - from;
}
