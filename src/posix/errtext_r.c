/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The text of an error by the strerror_r() of POSIX. */
#undef _GNU_SOURCE /* which would make it another function */
#define _POSIX_C_SOURCE 200809L
#include <string.h>

#include "../os.h"
#include "../text.h"

size_t
vbuf_os_strerror(uint32_t code, char *buf, size_t size)
{
	char text[256];

	if (strerror_r((int)code, text, sizeof text) != 0)
		return vbuf_copy_text(buf, size, "unknown error");
	return vbuf_copy_text(buf, size, text);
}
