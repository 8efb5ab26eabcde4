/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The line table: where each line of the text begins, as raw pointers. One thread adds
 * lines while any others look them up, for it is a concurrent vector.
 *
 * Element i + 1 is where line i ends, and the next one begins. So a table of n + 1
 * elements has n lines, each of them complete. Whoever has seen an element of it also
 * sees the text before: that was read first, and published with it.
 */
#ifndef LINEDEX_LINES_H
#define LINEDEX_LINES_H

#include <vbuf/cvec.h>

VBUF_CVEC(marks, const char *);

struct lines {
	struct marks mark;
	struct vbuf_cvec_appender writer; /* these two: of the thread that adds */
	const char *end;                  /* of the last line that is complete */
};

/* For at most max lines of a text that begins there. */
VBUF_NODISCARD int lines_open(struct lines *l, size_t max, const char *begin, enum vbuf_huge huge);
void lines_close(struct lines *l);

/* Enter the lines that end in the next size bytes of the text. On failure those up to
 * l->end are there. */
VBUF_NODISCARD int lines_add(struct lines *l, const char *bytes, size_t size);

/* There is no more text: what is left of it is a line, too. */
VBUF_NODISCARD int lines_finish(struct lines *l, const char *text_end);

/* The calls below are for any thread, at any time. */

/* How many lines there are so far. */
size_t lines_count(const struct lines *l);

/* The first byte of line i, of those that the caller has counted; that behind the last
 * line is the end of the text so far. */
static inline const char *
lines_begin(const struct lines *l, size_t i)
{
	return marks_data(l->mark)[i];
}

/* Bytes of line i, without the newline, or carriage return and newline, that ends it. */
size_t lines_length(const struct lines *l, size_t i);

/* Of the first count lines, the one that the byte at p is in. There is one. */
size_t lines_find(const struct lines *l, size_t count, const char *p);

#endif
