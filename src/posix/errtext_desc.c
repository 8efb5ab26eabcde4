/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The text of an error where strerrordesc_np() is: constant strings, while
 * strerror() may load a translation, and allocate. */
#undef _GNU_SOURCE
#define _GNU_SOURCE /* where it belongs */
#include <string.h>

#include "../os.h"
#include "../text.h"

size_t
vbuf_os_strerror(uint32_t code, char *buf, size_t size)
{
	const char *text = strerrordesc_np((int)code);

	return vbuf_copy_text(buf, size, text ? text : "unknown error");
}
