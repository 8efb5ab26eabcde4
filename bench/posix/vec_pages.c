/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "../vec/vec.h"

static const size_t HUGE_PAGE = (size_t)2 << 20;

const char *
vec_pages_take(struct vec_pages *ret, size_t size, bool huge)
{
#ifdef MADV_POPULATE_WRITE
	const size_t whole = size + (huge ? 2 * HUGE_PAGE : 0);
	unsigned char *p = mmap(NULL, whole, PROT_READ | PROT_WRITE,
	                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return strerror(errno);
	if (huge) { /* from a huge page on, and to the end of one */
		size_t skip = (size_t)(-(uintptr_t)p & (HUGE_PAGE - 1));
		size = (size + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1);
		munmap(p, skip);
		munmap(p + skip + size, whole - skip - size);
		p += skip;
	}
	*ret = (struct vec_pages){ p, size };
	if ((!huge || madvise(p, size, MADV_HUGEPAGE) == 0) &&
	    madvise(p, (size + 4095) & ~(size_t)4095, MADV_POPULATE_WRITE) == 0)
		return NULL;
	const char *why = strerror(errno);
	munmap(p, size);
	return why;
#else
	(void)ret;
	(void)size;
	(void)huge;
	(void)HUGE_PAGE;
	return "the system fills no pages when asked";
#endif
}

void
vec_pages_give(struct vec_pages *p)
{
	munmap(p->base, p->size);
}
