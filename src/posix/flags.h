/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The flags of every mapping: reserve and decommit must agree on them. */
#ifndef VBUF_SRC_POSIX_FLAGS_H
#define VBUF_SRC_POSIX_FLAGS_H

#include <sys/mman.h>

#include "../os.h"

static inline int
vbuf_map_flags(uint32_t attrs)
{
	return MAP_PRIVATE | MAP_ANONYMOUS | (attrs & VBUF_OS_UNCHARGED ? MAP_NORESERVE : 0);
}

#endif
