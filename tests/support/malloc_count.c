/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "malloc_count.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t size);
extern void *__libc_memalign(size_t align, size_t size);
extern void __libc_free(void *p);

static unsigned calls;

static void
count(void)
{
	__atomic_fetch_add(&calls, 1, __ATOMIC_RELAXED);
}

unsigned
malloc_count(void)
{
	return __atomic_load_n(&calls, __ATOMIC_RELAXED);
}

void *
malloc(size_t size)
{
	count();
	return __libc_malloc(size);
}

void *
calloc(size_t n, size_t size)
{
	count();
	return __libc_calloc(n, size);
}

void *
realloc(void *p, size_t size)
{
	count();
	return __libc_realloc(p, size);
}

void
free(void *p)
{
	count();
	__libc_free(p);
}

void *
memalign(size_t align, size_t size)
{
	count();
	return __libc_memalign(align, size);
}

void *
aligned_alloc(size_t align, size_t size)
{
	count();
	return __libc_memalign(align, size);
}

int
posix_memalign(void **ret, size_t align, size_t size)
{
	count();
	void *p = __libc_memalign(align, size);
	if (!p)
		return ENOMEM;
	*ret = p;
	return 0;
}
