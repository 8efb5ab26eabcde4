/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Stacks lie at the top of the addresses, or among the mappings not far below. */
#include "width.h"

uint32_t
vbuf_address_bits(void)
{
	unsigned char here = 0;

	return vbuf_bits_of((uintptr_t)&here);
}
