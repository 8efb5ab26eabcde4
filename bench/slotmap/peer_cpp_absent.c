/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <stddef.h>

#include "smap.h"

const struct smap_peer smap_plain = { .absent = "built without C++" };
const struct smap_peer smap_mutex = { .absent = "built without C++" };
const struct smap_peer smap_rwlock = { .absent = "built without C++" };

const char *
smap_std_version(void)
{
	return NULL;
}
