/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <errno.h>

#include "../os.h"
#include "linux.h"
#include "why.h"

int
vbuf_os_advise_huge(void *addr, size_t size, enum vbuf_huge huge)
{
	if (huge == VBUF_HUGE_DEFAULT) /* there is no advice that takes the others back */
		return VBUF_ENOTSUP;
	return vbuf_os_advise(addr, size,
	                      huge == VBUF_HUGE_PREFER ? VBUF_OS_HUGE : VBUF_OS_NO_HUGE);
}

int
vbuf_os_collapse(void *addr, size_t size)
{
	if (madvise(addr, size, MADV_COLLAPSE) == 0)
		return VBUF_OK;
	switch (errno) {
	case EINVAL: /* older than 6.1, or huge pages are forbidden here */
		return VBUF_ENOTSUP;
	case ENOMEM:
		return VBUF_ECOMMIT;
	case EAGAIN:
		return VBUF_EBUSY;
	default:
		return vbuf_why(VBUF_WHY_CHANGE, size);
	}
}
