/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The text: all bytes read so far, in a vector. So data is one piece that never moves. */
#ifndef LINEDEX_TEXT_H
#define LINEDEX_TEXT_H

#include <vbuf/vec.h>

VBUF_VEC(text, char);

/* For max bytes; 0: as many as the vector finds room for. */
VBUF_NODISCARD int text_open(struct text *t, size_t max, enum vbuf_huge huge);

/*
 * Read once more from fd, straight into the text's own memory.
 *
 * ret_read: the bytes read, 0 at the end of the input, -1 with errno set when the
 * system cannot read. The error returned is about memory: VBUF_ERANGE when the
 * text has reached its max, else that of a vector that cannot grow.
 */
VBUF_NODISCARD int text_read(struct text *t, int fd, ptrdiff_t *ret_read);

#endif
