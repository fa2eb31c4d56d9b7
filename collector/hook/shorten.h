/*
 * Makes one line of a JSON text, with long strings cut: a tool's argument may be a whole file, and only its beginning
 * is ever looked at. Text that is no JSON comes out as no JSON; its reader decides.
 */
#ifndef RUNGLASS_SHORTEN_H
#define RUNGLASS_SHORTEN_H

#include <stddef.h>

struct shortener {
	char *out; /* room for `room` bytes */
	size_t room;
	size_t used;
	size_t longest;	  /* bytes of a string that are kept */
	size_t in_string; /* bytes of the present string so far */
	int quoted;	  /* within a string */
	int escape;	  /* bytes of an escape sequence that still come; -1: its kind comes next */
	int cutting;	  /* the rest of this string is left out */
	int depth;	  /* open braces and brackets */
	int whole;	  /* the outermost of them is closed: what follows is left out */
	int full;	  /* `out` had no more room: what is in it is no whole text */
};

void shorten(struct shortener *s, const char *text, size_t length);

#endif
