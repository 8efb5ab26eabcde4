/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "../atomic.h"
#include "../os.h"
#include "api.h"

size_t
vbuf_os_page_size(void)
{
	static size_t cached;
	size_t size = vbuf_load_relaxed_(&cached);

	if (size == 0) {
		SYSTEM_INFO info;

		GetSystemInfo(&info);
		size = info.dwPageSize;
		vbuf_store_relaxed_(&cached, size);
	}
	return size;
}

size_t
vbuf_os_granularity(void)
{
	static size_t cached;
	size_t size = vbuf_load_relaxed_(&cached);

	if (size == 0) {
		SYSTEM_INFO info;

		GetSystemInfo(&info);
		size = info.dwAllocationGranularity;
		vbuf_store_relaxed_(&cached, size);
	}
	return size;
}

size_t
vbuf_os_huge_page_size(void)
{
	return 0;
}

/* Every commit is charged; dumps are made by others, who ask nobody. Fork behaviour
 * is met by there being no fork, and small pages are what everybody gets. */
uint32_t
vbuf_os_unmet(uint32_t attrs)
{
	return attrs & (VBUF_OS_HUGE | VBUF_OS_NO_DUMP | VBUF_OS_UNCHARGED);
}
