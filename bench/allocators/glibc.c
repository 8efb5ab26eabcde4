/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The one that is there anyway. */
#include <stddef.h>

#include "../allocators.h"
#include "../platform.h"

static const char *const plain[] = { NULL };
static const char *const huge[] = { "GLIBC_TUNABLES=glibc.malloc.hugetlb=1", NULL };

static const char *
version(void)
{
	void *symbol = bench_symbol("gnu_get_libc_version");
	const char *(*ask)(void);

	*(void **)(void *)&ask = symbol; /* as POSIX has it */
	return symbol ? ask() : NULL;
}

const struct bench_allocator bench_glibc = { "the GNU C library", "gnu_get_libc_version", plain,
	                                     huge, version };
