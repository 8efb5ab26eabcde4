/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* NetBSD's, as far as the library uses it, by means of Linux. */
#ifndef VBUF_TESTS_IMITATE_NETBSD_MMAN_H
#define VBUF_TESTS_IMITATE_NETBSD_MMAN_H

#include_next <sys/mman.h>

#include <errno.h>

#include "../../inherit.h"

#define PROT_MPROTECT(prot) ((prot) << 3)
#define MAP_TRYFIXED 0x20000000
#define MAP_INHERIT_NONE 2
#define MAP_INHERIT_ZERO 4

static inline int
minherit(void *p, size_t size, int how)
{
	return imitate_minherit(p, size, how, MAP_INHERIT_NONE, MAP_INHERIT_ZERO);
}

/* Under PaX, a mapping that did not say what it may become cannot become it. */
static inline void *
imitated_mmap(void *addr, size_t size, int prot, int flags, int fd, long at)
{
	if (prot == PROT_NONE) {
		errno = EACCES;
		return MAP_FAILED;
	}
	return mmap(addr, size, prot & 7, flags & ~MAP_TRYFIXED, fd, at);
}

#undef mmap
#define mmap imitated_mmap

#endif
