#include "shorten.h"

static void put(struct shortener *s, char c)
{
	if (s->used < s->room)
		s->out[s->used++] = c;
	else
		s->full = 1;
}

/* Where a string may be cut: neither inside of an escape sequence nor inside of a UTF-8 character. */
static int between_characters(const struct shortener *s, char c)
{
	return s->escape == 0 && ((unsigned char)c & 0xc0) != 0x80;
}

static void in_string(struct shortener *s, char c)
{
	if (s->escape == 0 && c == '"') {
		s->quoted = s->cutting = 0;
		put(s, c);
		return;
	}
	if (s->in_string >= s->longest && between_characters(s, c))
		s->cutting = 1;
	s->in_string++;
	if (s->escape < 0)
		s->escape = c == 'u' ? 4 : 0;
	else if (s->escape > 0)
		s->escape--;
	else if (c == '\\')
		s->escape = -1;
	if (!s->cutting)
		put(s, c);
}

void shorten(struct shortener *s, const char *text, size_t length)
{
	for (size_t i = 0; i < length && !s->whole; i++) {
		/* Outside of strings a line end is a space like any other; inside, JSON has none. */
		char c = text[i] == '\n' || text[i] == '\r' ? ' ' : text[i];

		if (s->quoted) {
			in_string(s, c);
			continue;
		}
		if (c == '"') {
			s->quoted = 1;
			s->in_string = 0;
		} else if (c == '{' || c == '[') {
			s->depth++;
		} else if (c == '}' || c == ']') {
			s->whole = --s->depth <= 0;
		}
		put(s, c);
	}
}
