/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "../vec/vec.h"

bool
vec_has_symbol(const char *name)
{
	(void)name;
	return false;
}
