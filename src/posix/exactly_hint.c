/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* By a hint, which systems follow where they can. One that passes a free place by says
 * of it that something is there, which is the way to err. */
#include <errno.h>

#include "exactly.h"
#include "flags.h"

#ifndef MAP_TRYFIXED /* NetBSD: also between the program and the end of its heap */
#define MAP_TRYFIXED 0
#endif

void *
vbuf_map_exactly(void *addr, size_t size, uint32_t attrs)
{
	void *p =
		mmap(addr, size, vbuf_map_prot(attrs), vbuf_map_flags(attrs) | MAP_TRYFIXED, -1, 0);

	if (p == MAP_FAILED || p == addr)
		return p;
	munmap(p, size);
	errno = EEXIST;
	return MAP_FAILED;
}
