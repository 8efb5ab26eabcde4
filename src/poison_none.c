/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Where no memory checker is to be had, or is to be told: in the place of the backend's. */
#include "poison.h"

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
