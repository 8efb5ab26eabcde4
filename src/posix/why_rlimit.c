/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Who said no, where the system does not tell how much the process has: a limit, if
 * there is one. Without one, addresses or memory have run out. */
#include <stdbool.h>

#include <vbuf/base.h>

#include "rlimit.h"
#include "why.h"

#ifndef RLIMIT_SWAP /* FreeBSD, whose RLIMIT_DATA is for brk() alone */
#define RLIMIT_SWAP RLIMIT_DATA
#endif

static bool
is_limited(int resource)
{
	return vbuf_rlimit(resource) != VBUF_UNLIMITED;
}

int
vbuf_why_no_memory(enum vbuf_why what, size_t size)
{
	(void)size;
	switch (what) {
	case VBUF_WHY_RESERVE:
		return is_limited(RLIMIT_AS) ? VBUF_ERLIMIT : VBUF_ENOADDR;
	case VBUF_WHY_COMMIT:
		return is_limited(RLIMIT_SWAP) ? VBUF_ERLIMIT : VBUF_ECOMMIT;
	case VBUF_WHY_LOCK: /* the manuals of macOS and the BSDs: EAGAIN is the limit */
		return VBUF_ELOCKED;
	default:
		return VBUF_ESYS;
	}
}
