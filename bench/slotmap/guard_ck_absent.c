/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <stddef.h>

#include "smap.h"

const struct smap_peer smap_ck = { .absent = "built without Concurrency Kit" };

const char *
smap_ck_version(void)
{
	return NULL;
}
