/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <errno.h>

#include "exactly.h"
#include "flags.h"
#include "linux.h"

void *
vbuf_map_exactly(void *addr, size_t size, uint32_t attrs)
{
	void *p = mmap(addr, size, vbuf_map_prot(attrs),
	               vbuf_map_flags(attrs) | MAP_FIXED_NOREPLACE, -1, 0);

	if (p == MAP_FAILED || p == addr)
		return p;
	munmap(p, size); /* Linux before 4.17 takes it for a hint */
	errno = EEXIST;
	return MAP_FAILED;
}
