/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <dlfcn.h>
#include <stddef.h>

#include "../vec/vec.h"

bool
vec_has_symbol(const char *name)
{
	return dlsym(RTLD_DEFAULT, name) != NULL;
}
