/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <stddef.h>

#include "vec.h"

const struct vec_peer vec_std = { .absent = "the build has no C++ compiler" };
const struct vec_peer vec_deque = { .absent = "the build has no C++ compiler" };

const char *
vec_std_version(void)
{
	return NULL;
}
