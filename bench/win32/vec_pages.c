/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "../vec/vec.h"

const char *
vec_pages_take(struct vec_pages *ret, size_t size, bool huge)
{
	(void)ret;
	(void)size;
	(void)huge;
	return "Windows fills no pages when asked";
}

void
vec_pages_give(struct vec_pages *p)
{
	(void)p;
}
