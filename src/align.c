/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <vbuf/vbuf.h>

#include "options.h"

size_t
vbuf_align_up(size_t n, size_t align)
{
	if (!vbuf_is_power_of_two(align) || n > SIZE_MAX - (align - 1))
		return SIZE_MAX;
	return (n + (align - 1)) & ~(align - 1);
}

size_t
vbuf_align_down(size_t n, size_t align)
{
	return vbuf_is_power_of_two(align) ? n & ~(align - 1) : SIZE_MAX;
}
