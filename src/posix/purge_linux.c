/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <errno.h>

#include "../os.h"
#include "linux.h"
#include "why.h"

/* EINVAL from a range that is certainly ours: its pages are locked, or the kernel
 * is older than the advice. */
static int
advise_or_busy(void *addr, size_t size, int advice)
{
	if (madvise(addr, size, advice) == 0)
		return VBUF_OK;
	return errno == EINVAL ? VBUF_EBUSY : vbuf_why(VBUF_WHY_CHANGE, size);
}

int
vbuf_os_purge(void *addr, size_t size)
{
	int err = advise_or_busy(addr, size, MADV_DONTNEED);

	return err == VBUF_EBUSY ? advise_or_busy(addr, size, MADV_DONTNEED_LOCKED) : err;
}

int
vbuf_os_discard(void *addr, size_t size)
{
	int err = advise_or_busy(addr, size, MADV_FREE);

	return err == VBUF_EBUSY ? advise_or_busy(addr, size, MADV_DONTNEED) : err;
}

bool
vbuf_os_purge_is_seamless(void)
{
	return true;
}
