/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* OpenBSD's, as far as the library uses it, by means of Linux. */
#ifndef VBUF_TESTS_IMITATE_OPENBSD_MMAN_H
#define VBUF_TESTS_IMITATE_OPENBSD_MMAN_H

#include_next <sys/mman.h>

#include "../../inherit.h"

#undef MAP_NORESERVE
#define MAP_NORESERVE 0
#define MAP_CONCEAL 0x20000000
#define MAP_INHERIT_NONE 2
#define MAP_INHERIT_ZERO 3

static inline int
minherit(void *p, size_t size, int how)
{
	return imitate_minherit(p, size, how, MAP_INHERIT_NONE, MAP_INHERIT_ZERO);
}

void imitated_conceal(void *p, size_t size);

static inline void *
imitated_mmap(void *addr, size_t size, int prot, int flags, int fd, long at)
{
	void *p = mmap(addr, size, prot, flags & ~MAP_CONCEAL, fd, at);

	if (p != MAP_FAILED && (flags & MAP_CONCEAL))
		imitated_conceal(p, size);
	return p;
}

#undef mmap
#define mmap imitated_mmap

#endif
