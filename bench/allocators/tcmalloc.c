/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Version 2.10 takes huge pages from files on a hugetlbfs only: no means of its own. */
#include <stddef.h>

#include "../allocators.h"
#include "../platform.h"

#define LIBRARY "libtcmalloc_minimal.so.4"

static const char *const plain[] = { "LD_PRELOAD=" LIBRARY, NULL };

static const char *
version(void)
{
	void *symbol = bench_symbol("tc_version");
	const char *(*ask)(int *major, int *minor, const char **patch);
	const char *patch;
	int major, minor;

	*(void **)(void *)&ask = symbol;
	return symbol ? ask(&major, &minor, &patch) : NULL;
}

const struct bench_allocator bench_tcmalloc = { LIBRARY, "tc_version", plain, NULL, version };
