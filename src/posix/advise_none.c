/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* POSIX has no advice that would change what a mapping is. */
#include "../os.h"
#include "flags.h"
#include "why.h"

uint32_t
vbuf_os_unmet(uint32_t attrs)
{
	uint32_t known =
		(MAP_NORESERVE ? VBUF_OS_UNCHARGED : 0) | (MAP_CONCEAL ? VBUF_OS_NO_DUMP : 0);

	return attrs & (VBUF_OS_HUGE | VBUF_OS_NO_HUGE | VBUF_OS_NO_DUMP | VBUF_OS_UNCHARGED) &
	       ~known;
}

int
vbuf_os_advise(void *addr, size_t size, uint32_t attrs)
{
	(void)addr;
	(void)size;
	return attrs & (VBUF_OS_FORK_DROP | VBUF_OS_FORK_WIPE) ? vbuf_lacking() : VBUF_OK;
}

int
vbuf_os_name(void *addr, size_t size, const char *name)
{
	(void)addr;
	(void)size;
	(void)name;
	return vbuf_lacking();
}
