/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The line table: a raw pointer to the first byte of every line of a text. */
#ifndef LINEDEX_LINES_H
#define LINEDEX_LINES_H

#include <vbuf/vec.h>

VBUF_VEC(pointers, const char *);

struct lines {
	struct pointers first; /* of the bytes of each line, the first */
	bool in_line;          /* the last byte seen did not end a line */
};

/* For max lines; 0: as many as the vector finds room for. */
VBUF_NODISCARD int lines_open(struct lines *l, size_t max, enum vbuf_huge huge);
void lines_close(struct lines *l);

/* Enter the lines that begin in the next size bytes of the text. On failure the
 * table is what it was. */
VBUF_NODISCARD int lines_add(struct lines *l, const char *bytes, size_t size);

/* Bytes of line i, without the newline, or carriage return and newline, that ends
 * it. The last line ends where the text does. */
size_t lines_length(const struct lines *l, size_t i, const char *text_end);

/* The line that the byte at p is in. There is one. */
size_t lines_find(const struct lines *l, const char *p);

#endif
