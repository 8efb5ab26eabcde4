/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* In the place of the library's: Valgrind is here, but no memory checker that wants to be told. */
#include "../../src/poison.h"

bool
vbuf_poison_active(void)
{
	return false;
}

void
vbuf_poison(const void *p, size_t size)
{
	(void)p;
	(void)size;
}

void
vbuf_unpoison(const void *p, size_t size)
{
	(void)p;
	(void)size;
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
