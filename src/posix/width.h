/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef VBUF_SRC_POSIX_WIDTH_H
#define VBUF_SRC_POSIX_WIDTH_H

#include <stdint.h>

/* Of a user's address. */
uint32_t vbuf_address_bits(void);

static inline uint32_t
vbuf_bits_of(uintptr_t top)
{
	uint32_t bits = 0;

	for (; top; top >>= 1)
		bits++;
	return bits;
}

#endif
