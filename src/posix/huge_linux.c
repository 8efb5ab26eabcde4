/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "../atomic.h"
#include "../os.h"
#include "linux.h"
#include "proc.h"
#include "why.h"

/* False when the files cannot be read, which may be for want of a descriptor. */
static bool
read_huge_page_size(size_t *ret)
{
	char modes[64];
	uint64_t size = 0;

	if (!vbuf_proc_first_line("/sys/kernel/mm/transparent_hugepage/enabled", modes,
	                          sizeof modes))
		return false;
	if (!strstr(modes, "[never]") &&
	    !vbuf_proc_number("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size", &size))
		return false;
	*ret = (size_t)size;
	return true;
}

size_t
vbuf_os_huge_page_size(void)
{
	static size_t cached; /* plus one, so that 0 means not known yet */
	size_t size = vbuf_load_relaxed_(&cached);

	if (size == 0) {
		if (!read_huge_page_size(&size))
			return 0;
		vbuf_store_relaxed_(&cached, ++size);
	}
	return size - 1;
}

int
vbuf_os_advise_huge(void *addr, size_t size, enum vbuf_huge huge)
{
	if (huge == VBUF_HUGE_DEFAULT) /* there is no advice that takes the others back */
		return VBUF_ENOTSUP;
	return vbuf_os_advise(addr, size,
	                      huge == VBUF_HUGE_PREFER ? VBUF_OS_HUGE : VBUF_OS_NO_HUGE);
}

/* EINVAL of one slot: nothing is resident there, or not all of it is committed alike, and both
 * are fine; or the kernel is older than 6.1; or huge pages are forbidden for it. */
static int
why_invalid(void *slot, size_t huge)
{
	struct vbuf_run run;
	size_t resident;

	if (madvise(NULL, 0, MADV_COLLAPSE) != 0)
		return VBUF_ENOTSUP;
	if (vbuf_os_resident(slot, huge, &resident) == VBUF_OK && resident == 0)
		return VBUF_OK;
	if (vbuf_os_query(slot, huge, &run) == VBUF_OK && run.size < huge)
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
