/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * FreeBSD passes hints by that lie where the heap might grow to, which is all that is
 * near a program. It has a flag instead, but says ENOMEM of what is taken as well as of
 * a limit that is met, and its newer manuals say EINVAL; only where as much can be had
 * elsewhere was it the place.
 */
#include <errno.h>

#include "exactly.h"
#include "flags.h"

void *
vbuf_map_exactly(void *addr, size_t size, uint32_t attrs)
{
	int prot = vbuf_map_prot(attrs), flags = vbuf_map_flags(attrs);
	void *p = mmap(addr, size, prot, flags | MAP_FIXED | MAP_EXCL, -1, 0);

	if (p != MAP_FAILED || (errno != ENOMEM && errno != EINVAL))
		return p;
	p = mmap(NULL, size, prot, flags, -1, 0);
	if (p == MAP_FAILED)
		return p;
	munmap(p, size);
	errno = EEXIST;
	return MAP_FAILED;
}
