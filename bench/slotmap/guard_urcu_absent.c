/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <stddef.h>

#include "smap.h"

const struct smap_peer smap_urcu_memb = { .absent = "built without liburcu" };
const struct smap_peer smap_urcu_qsbr = { .absent = "built without liburcu" };
const struct smap_peer smap_urcu_bp = { .absent = "built without liburcu" };

const char *
smap_urcu_version(void)
{
	return NULL;
}
