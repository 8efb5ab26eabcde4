/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The text: all bytes read so far, in one piece that never moves. */
#ifndef LINEDEX_TEXT_H
#define LINEDEX_TEXT_H

#include "grow.h"

struct text {
	struct grow bytes;
};

VBUF_NODISCARD int text_init(struct text *t, size_t max, enum vbuf_huge huge);
void text_fini(struct text *t);

const char *text_begin(const struct text *t);
const char *text_end(const struct text *t);
size_t text_size(const struct text *t);

/*
 * Read once more from fd, straight into the text's own memory.
 *
 * ret_read: the bytes read, 0 at the end of the input, -1 with errno set when the
 * system cannot read. The error returned is about memory: VBUF_ERANGE when the
 * text has reached its max, else what vbuf_commit() said.
 */
VBUF_NODISCARD int text_read(struct text *t, int fd, ptrdiff_t *ret_read);

/* Forget the last size bytes. */
void text_drop(struct text *t, size_t size);

#endif
