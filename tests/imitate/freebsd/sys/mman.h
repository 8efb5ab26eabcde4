/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* FreeBSD's, as far as the library uses it, by means of Linux. */
#ifndef VBUF_TESTS_IMITATE_FREEBSD_MMAN_H
#define VBUF_TESTS_IMITATE_FREEBSD_MMAN_H

#include_next <sys/mman.h>

#include <errno.h>

#include "../../inherit.h"

#undef MAP_NORESERVE
#define MAP_EXCL 0x100000 /* MAP_FIXED_NOREPLACE */
#define MADV_NOCORE MADV_DONTDUMP
#define PROT_MAX(prot) ((prot) << 16)
#define INHERIT_NONE 2
#define INHERIT_ZERO 3

static inline int
minherit(void *p, size_t size, int how)
{
	return imitate_minherit(p, size, how, INHERIT_NONE, INHERIT_ZERO);
}

/* What is taken is no memory to FreeBSD; and a mapping says what it may become. */
static inline void *
imitated_mmap(void *addr, size_t size, int prot, int flags, int fd, long at)
{
	if (addr == NULL && prot == PROT_NONE) {
		errno = EACCES; /* nobody could ever commit there, under vm.imply_prot_max */
		return MAP_FAILED;
	}
	void *p = mmap(addr, size, prot & 0xffff, flags, fd, at);
	if (p == MAP_FAILED && errno == EEXIST)
		errno = ENOMEM;
	return p;
}

#undef mmap
#define mmap imitated_mmap

static inline int
getpagesizes(size_t *sizes, int count)
{
	static const size_t all[] = { 4096, 65536, (size_t)2 << 20, (size_t)1 << 30 };
	int n = 0;

	while (n < count && n < 4) {
		sizes[n] = all[n];
		n++;
	}
	return n;
}

#endif
