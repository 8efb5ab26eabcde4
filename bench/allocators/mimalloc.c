/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Its option also tries the huge-page pool, in which there is nothing mostly. */
#include <stddef.h>
#include <stdio.h>

#include "../allocators.h"
#include "../platform.h"

#define LIBRARY "libmimalloc.so.2"

static const char *const plain[] = { "LD_PRELOAD=" LIBRARY, NULL };
static const char *const huge[] = { "LD_PRELOAD=" LIBRARY, "MIMALLOC_LARGE_OS_PAGES=1", NULL };

static const char *
version(void)
{
	static char text[32];
	void *symbol = bench_symbol("mi_version");
	int (*ask)(void);

	*(void **)(void *)&ask = symbol;
	if (!symbol)
		return NULL;
	int n = ask(); /* 209 is 2.0.9 */
	snprintf(text, sizeof text, "%d.%d.%d", n / 100, n / 10 % 10, n % 10);
	return text;
}

const struct bench_allocator bench_mimalloc = { LIBRARY, "mi_version", plain, huge, version };
