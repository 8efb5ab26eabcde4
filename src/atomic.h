/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The atomic operations of the library, by the order they give. */
#ifndef VBUF_SRC_ATOMIC_H
#define VBUF_SRC_ATOMIC_H

#include <stdbool.h>

#define vbuf_load_relaxed(p) __atomic_load_n((p), __ATOMIC_RELAXED)
#define vbuf_store_relaxed(p, v) __atomic_store_n((p), (v), __ATOMIC_RELAXED)
#define vbuf_fetch_add_relaxed(p, v) __atomic_fetch_add((p), (v), __ATOMIC_RELAXED)
#define vbuf_cas_relaxed(p, expected, desired)                                                     \
	__atomic_compare_exchange_n((p), (expected), (desired), false, __ATOMIC_RELAXED,           \
	                            __ATOMIC_RELAXED)

/*
 * Write to the byte what it holds, atomically. Where the exchange fails somebody
 * else wrote, which is as good. Not a fetch_or of 0: clang turns that into a fence
 * that never touches the byte.
 */
static inline void
vbuf_rewrite_byte(volatile unsigned char *p)
{
	unsigned char byte = vbuf_load_relaxed(p);

	(void)vbuf_cas_relaxed(p, &byte, byte);
}

#endif
