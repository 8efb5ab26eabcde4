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

/* EINVAL of one slot: nothing is resident there, which is fine; or the kernel is older
 * than 6.1; or huge pages are forbidden for it. */
static int
why_invalid(void *slot, size_t huge)
{
	size_t resident;

	if (madvise(NULL, 0, MADV_COLLAPSE) != 0)
		return VBUF_ENOTSUP;
	if (vbuf_os_resident(slot, huge, &resident) == VBUF_OK && resident == 0)
		return VBUF_OK;
	errno = EINVAL;
	return VBUF_EPERM;
}

/* Slot by slot, since the kernel gives up at the first that is empty. */
int
vbuf_os_collapse(void *addr, size_t size)
{
	size_t huge = vbuf_os_huge_page_size();
	unsigned char *end = (unsigned char *)addr + size;
	unsigned char *slot = (unsigned char *)addr + (-(uintptr_t)addr & (huge - 1));
	int err = VBUF_OK;

	for (; err == VBUF_OK && slot < end && (size_t)(end - slot) >= huge; slot += huge) {
		if (madvise(slot, huge, MADV_COLLAPSE) == 0)
			continue;
		switch (errno) {
		case EINVAL:
			err = why_invalid(slot, huge);
			break;
		case ENOMEM:
			err = VBUF_ECOMMIT;
			break;
		case EAGAIN:
			err = VBUF_EBUSY;
			break;
		default:
			err = vbuf_why(VBUF_WHY_CHANGE, huge);
		}
	}
	return err;
}
