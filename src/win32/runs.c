/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#define PSAPI_VERSION 2 /* the calls that kernel32.dll has since Windows 7 */
#include "runs.h"

#include <psapi.h>

#include "../os.h"

bool
vbuf_pages_at(void *p, size_t size, struct vbuf_pages *ret)
{
	MEMORY_BASIC_INFORMATION info;

	if (VirtualQuery(p, &info, sizeof info) == 0)
		return false;
	*ret = (struct vbuf_pages){
		.size = info.RegionSize < size ? info.RegionSize : size,
		.committed = info.State == MEM_COMMIT,
		.protection = info.Protect,
	};
	return true;
}

static bool
is_of_kind(const PSAPI_WORKING_SET_EX_INFORMATION *page, enum vbuf_pages_kind kind)
{
	return page->VirtualAttributes.Valid &&
	       (kind == VBUF_PAGES_RESIDENT || page->VirtualAttributes.Locked);
}

static bool
count_committed(unsigned char *p, size_t size, enum vbuf_pages_kind kind, size_t *count)
{
	enum { BATCH = 256 };
	PSAPI_WORKING_SET_EX_INFORMATION pages[BATCH];
	size_t page = vbuf_os_page_size();

	while (size) {
		size_t n = size / page < BATCH ? size / page : BATCH;

		for (size_t i = 0; i < n; i++)
			pages[i] = (PSAPI_WORKING_SET_EX_INFORMATION){ .VirtualAddress =
				                                               p + i * page };
		if (!QueryWorkingSetEx(GetCurrentProcess(), pages, (DWORD)(n * sizeof *pages)))
			return false;
		for (size_t i = 0; i < n; i++)
			*count += is_of_kind(&pages[i], kind) ? page : 0;
		p += n * page;
		size -= n * page;
	}
	return true;
}

/* Terabytes may be reserved: only what is committed is looked at page by page. */
bool
vbuf_pages_count(void *addr, size_t size, enum vbuf_pages_kind kind, size_t *ret)
{
	unsigned char *p = addr;
	struct vbuf_pages run;
	size_t count = 0;

	for (; size; p += run.size, size -= run.size) {
		if (!vbuf_pages_at(p, size, &run))
			return false;
		if (run.committed && !count_committed(p, run.size, kind, &count))
			return false;
	}
	*ret = count;
	return true;
}
