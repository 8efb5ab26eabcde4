/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <string.h>
#include <unistd.h>

#include "../atomic.h"
#include "../os.h"
#include "linux.h"
#include "proc.h"

size_t
vbuf_os_page_size(void)
{
	static size_t cached;
	size_t size = vbuf_load_relaxed_(&cached);

	if (size == 0) {
		size = (size_t)sysconf(_SC_PAGESIZE);
		vbuf_store_relaxed_(&cached, size);
	}
	return size;
}

size_t
vbuf_os_granularity(void)
{
	return vbuf_os_page_size();
}

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

/* The kernel checks the advice before it finds the range empty. */
static bool
knows_advice(int advice)
{
	return madvise(NULL, 0, advice) == 0;
}

uint32_t
vbuf_os_unmet(uint32_t attrs)
{
	uint32_t unmet = 0;

	if ((attrs & VBUF_OS_HUGE) &&
	    (vbuf_os_huge_page_size() == 0 || !knows_advice(MADV_HUGEPAGE)))
		unmet |= VBUF_OS_HUGE;
	if ((attrs & VBUF_OS_NO_HUGE) && !knows_advice(MADV_NOHUGEPAGE))
		unmet |= VBUF_OS_NO_HUGE;
	if ((attrs & VBUF_OS_NO_DUMP) && !knows_advice(MADV_DONTDUMP))
		unmet |= VBUF_OS_NO_DUMP;
	if (attrs & VBUF_OS_UNCHARGED) {
		uint64_t mode;
		if (vbuf_proc_number("/proc/sys/vm/overcommit_memory", &mode) && mode == 2)
			unmet |= VBUF_OS_UNCHARGED;
	}
	return unmet;
}
