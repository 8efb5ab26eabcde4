/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef VBUF_SRC_TEXT_H
#define VBUF_SRC_TEXT_H

#include <stddef.h>
#include <string.h>

/* As much of text as fits, always terminated. The length copied; size is not 0. */
static inline size_t
vbuf_copy_text(char *buf, size_t size, const char *text)
{
	size_t len = 0;

	while (len < size - 1 && text[len])
		len++;
	memcpy(buf, text, len);
	buf[len] = '\0';
	return len;
}

#endif
