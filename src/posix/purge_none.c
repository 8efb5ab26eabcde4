/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * MADV_DONTNEED, where it is not Linux's, only makes pages the first to be paged out: the
 * contents stay, and so does the memory for the time being. So there is no call to empty
 * pages in place.
 */
#include <errno.h>
#include <sys/mman.h>

#include "../os.h"
#include "why.h"

int
vbuf_os_purge(void *addr, size_t size)
{
	(void)addr;
	(void)size;
	return vbuf_lacking();
}

/* With MADV_FREE the system may drop the contents, with POSIX's advice it may page them
 * out first: to say that they are not needed is all that is asked for here. */
static int
advise_free(void *addr, size_t size)
{
#ifdef MADV_FREE
	return madvise(addr, size, MADV_FREE);
#else
	errno = posix_madvise(addr, size, POSIX_MADV_DONTNEED);
	return errno ? -1 : 0;
#endif
}

int
vbuf_os_discard(void *addr, size_t size)
{
	if (advise_free(addr, size) == 0)
		return VBUF_OK;
	return errno == EINVAL ? VBUF_EBUSY : vbuf_why(VBUF_WHY_CHANGE, size);
}

bool
vbuf_os_purge_is_seamless(void)
{
	return false;
}
