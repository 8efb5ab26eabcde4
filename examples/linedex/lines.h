/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The line table: a raw pointer to the first byte of every line of a text. */
#ifndef LINEDEX_LINES_H
#define LINEDEX_LINES_H

#include "grow.h"

struct lines {
	struct grow table; /* of const char * */
	bool in_line;      /* the last byte seen did not end a line */
};

/* For as many lines as fit in size bytes. */
VBUF_NODISCARD int lines_init(struct lines *l, size_t size, enum vbuf_huge huge);
void lines_fini(struct lines *l);

size_t lines_count(const struct lines *l);

/* Enter the lines that begin in the next size bytes of the text. On failure the
 * table is what it was. */
VBUF_NODISCARD int lines_add(struct lines *l, const char *bytes, size_t size);

/* The first byte of line i, counted from 0. */
const char *lines_at(const struct lines *l, size_t i);

/* Bytes of line i, without the newline, or carriage return and newline, that ends
 * it. The last line ends where the text does. */
size_t lines_length(const struct lines *l, size_t i, const char *text_end);

/* The line that the byte at p is in. There is one. */
size_t lines_find(const struct lines *l, const char *p);

#endif
