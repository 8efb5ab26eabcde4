/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef VBUF_SRC_ATOMIC_H
#define VBUF_SRC_ATOMIC_H

#include <vbuf/atomic.h>

/*
 * Write to the byte what it holds, atomically. Where the exchange fails somebody
 * else wrote, which is as good. Not a fetch_or of 0: clang turns that into a fence
 * that never touches the byte. Nor the business of AddressSanitizer: a container has
 * its spare room poisoned.
 */
__attribute__((no_sanitize_address)) static inline void
vbuf_rewrite_byte(volatile unsigned char *p)
{
	unsigned char byte = vbuf_load_relaxed_(p);

	(void)vbuf_cas_relaxed_(p, &byte, byte);
}

#endif
