/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The BSDs and macOS: what a child finds is told by minherit(). */
#include <errno.h>

#include "../os.h"
#include "flags.h"
#include "inherit.h"
#include "why.h"

#ifdef MADV_NOCORE /* FreeBSD */
enum { NO_DUMP = MADV_NOCORE, HAS_NO_DUMP = 1 };
#else
enum { NO_DUMP = 0, HAS_NO_DUMP = 0 };
#endif

uint32_t
vbuf_os_unmet(uint32_t attrs)
{
	uint32_t known =
		(MAP_NORESERVE ? VBUF_OS_UNCHARGED : 0) |
		(MAP_CONCEAL || HAS_NO_DUMP ? VBUF_OS_NO_DUMP : 0) |
		(vbuf_os_huge_page_size() ? VBUF_OS_HUGE : 0); /* they come by themselves */

	return attrs & (VBUF_OS_HUGE | VBUF_OS_NO_HUGE | VBUF_OS_NO_DUMP | VBUF_OS_UNCHARGED) &
	       ~known;
}

static int
inherit(void *addr, size_t size, int how)
{
	if (how == VBUF_INHERIT_UNKNOWN)
		return vbuf_lacking();
	if (minherit(addr, size, how) == 0)
		return VBUF_OK;
	return errno == EINVAL ? VBUF_ENOTSUP : vbuf_why(VBUF_WHY_CHANGE, size);
}

int
vbuf_os_advise(void *addr, size_t size, uint32_t attrs)
{
	if (HAS_NO_DUMP && (attrs & VBUF_OS_NO_DUMP) && madvise(addr, size, NO_DUMP) != 0)
		return vbuf_why(VBUF_WHY_CHANGE, size);
	if (attrs & VBUF_OS_FORK_DROP)
		return inherit(addr, size, VBUF_INHERIT_NONE);
	if (attrs & VBUF_OS_FORK_WIPE)
		return inherit(addr, size, VBUF_INHERIT_ZERO);
	return VBUF_OK;
}

int
vbuf_os_name(void *addr, size_t size, const char *name)
{
	(void)addr;
	(void)size;
	(void)name;
	return vbuf_lacking();
}
