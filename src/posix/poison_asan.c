/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* AddressSanitizer, for a library that is built with it, where the linker does not let a
 * program look whether it has a symbol, as on macOS. */
#include <sanitizer/asan_interface.h>

#include "../poison.h"

bool
vbuf_poison_active(void)
{
	return true;
}

void
vbuf_poison(const void *p, size_t size)
{
	__asan_poison_memory_region(p, size);
}

void
vbuf_unpoison(const void *p, size_t size)
{
	__asan_unpoison_memory_region(p, size);
}

void
vbuf_root_add(const void *p, size_t size)
{
	(void)p;
	(void)size;
}

void
vbuf_root_remove(const void *p, size_t size)
{
	(void)p;
	(void)size;
}
