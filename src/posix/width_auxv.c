/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Linux puts the first stack at the top of the user's addresses, and the bytes that this
 * entry points to on it; a thread's or coroutine's stack may be anywhere. */
#include <sys/auxv.h>

#include "width.h"

uint32_t
vbuf_address_bits(void)
{
	unsigned long top = getauxval(AT_RANDOM);

	return top ? vbuf_bits_of(top) : sizeof(void *) * 8;
}
