// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "secrets.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "say.h"

static struct {
	struct secret_key key;
	__u8 value;
} kept[SECRETS_MAX];
static size_t count;

static void set_bit(__u32 *bits, enum secret_table table, const char *text, size_t length)
{
	__u32 four = 0, bit;

	memcpy(&four, text, length < SECRET_ENDS ? length : SECRET_ENDS);
	bit = SECRET_BIT(four);
	bits[table + bit / 32] |= 1u << (bit % 32);
}

static void keep(enum secret_part part, const char *text, size_t length, __u8 value)
{
	struct secret_key key = { .part = part };
	size_t i = 0;

	/* The kernel's copy of a longer name is cut too. */
	memcpy(key.text, text, length < SECRET_TEXT - 1 ? length : SECRET_TEXT - 1);
	while (i < count && memcmp(&kept[i].key, &key, sizeof(key)))
		i++;
	if (i == SECRETS_MAX)
		fail(2, "--reads lists too many names");
	if (i == count)
		kept[count++].key = key;
	kept[i].value |= value;
}

static void read_name(const char *text, size_t length, __u8 value, __u32 *bits)
{
	keep(SECRET_NAME, text, length, value);
	set_bit(bits, FIRST_OF_NAME, text, length);
}

/* Returns whether it is one of the forms that there are. */
static bool read_pattern(const char *text, size_t length, __u32 *bits)
{
	const char *slash = memchr(text, '/', length), *star = memchr(text, '*', length), *name = slash ? slash + 1 : text;
	size_t name_length = text + length - name;
	bool whole_folder = slash && name_length == 0;

	if (length == 0 || slash == text || memchr(name, '/', name_length))
		return false;
	if (slash) {
		if (star)
			return false;
		keep(SECRET_FOLDER, text, slash - text, whole_folder ? SECRET_ALONE : SECRET_TOGETHER);
		set_bit(bits, FIRST_OF_FOLDER, text, slash - text);
		if (!whole_folder)
			read_name(name, name_length, SECRET_TOGETHER, bits);
		return true;
	}
	if (!star) {
		read_name(name, name_length, SECRET_ALONE, bits);
		return true;
	}
	/* One star, and enough beside it. */
	if (name_length <= SECRET_ENDS || memchr(star + 1, '*', text + length - star - 1))
		return false;
	if (star == text + length - 1) {
		keep(SECRET_BEGINS, text, SECRET_ENDS, SECRET_ALONE);
		set_bit(bits, FIRST_OF_NAME, text, SECRET_ENDS);
	} else if (star == text) {
		keep(SECRET_ENDS_IN, text + length - SECRET_ENDS, SECRET_ENDS, SECRET_ALONE);
		set_bit(bits, LAST_OF_NAME, text + length - SECRET_ENDS, SECRET_ENDS);
	} else {
		return false;
	}
	return true;
}

void secrets_read(const char *list, __u32 *bits)
{
	while (*list) {
		size_t length = strcspn(list, "\n");

		if (!read_pattern(list, length, bits))
			fail(2, "--reads: \"%.*s\" is none of NAME, BEGINS*, *ENDS, FOLDER/ and FOLDER/NAME", (int)length, list);
		list += length;
		list += *list == '\n';
	}
}

void secrets_fill(int fd)
{
	for (size_t i = 0; i < count; i++) {
		if (bpf_map_update_elem(fd, &kept[i].key, &kept[i].value, BPF_ANY))
			fail(3, "cannot list the files whose readers are told: %s", strerror(errno));
	}
}
