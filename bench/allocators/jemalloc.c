/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <stddef.h>

#include "../allocators.h"
#include "../platform.h"

#define LIBRARY "libjemalloc.so.2"

static const char *const plain[] = { "LD_PRELOAD=" LIBRARY, NULL };
static const char *const huge[] = { "LD_PRELOAD=" LIBRARY, "MALLOC_CONF=thp:always", NULL };

static const char *
version(void)
{
	void *symbol = bench_symbol("mallctl");
	int (*ask)(const char *name, void *old, size_t *old_len, void *new_one, size_t new_len);
	const char *text = NULL;
	size_t size = sizeof text;

	*(void **)(void *)&ask = symbol;
	return symbol && ask("version", &text, &size, NULL, 0) == 0 ? text : NULL;
}

const struct bench_allocator bench_jemalloc = { LIBRARY, "mallctl", plain, huge, version };
