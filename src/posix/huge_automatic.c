/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* FreeBSD: what is aligned, whole and touched becomes a superpage by itself. There is
 * nothing to advise, and no way to forbid it. Of several sizes the largest counts that
 * memory can be had in without great waste: on arm64 there is one of 64 KiB, on x86_64 one
 * of 1 GiB. */
#include <sys/mman.h>
#include <sys/types.h>

#include "../atomic.h"
#include "../os.h"
#include "why.h"

enum { MOST_SIZES = 8, LARGEST = 4 << 20 };

size_t
vbuf_os_huge_page_size(void)
{
	static size_t cached; /* plus one, so that 0 means not known yet */
	size_t size = vbuf_load_relaxed_(&cached);

	if (size == 0) {
		size_t sizes[MOST_SIZES];
		int n = getpagesizes(sizes, MOST_SIZES);
		size = 1;
		for (int i = 1; i < n; i++)
			if (sizes[i] <= LARGEST)
				size = sizes[i] + 1;
		vbuf_store_relaxed_(&cached, size);
	}
	return size - 1;
}

int
vbuf_os_advise_huge(void *addr, size_t size, enum vbuf_huge huge)
{
	(void)addr;
	(void)size;
	return huge == VBUF_HUGE_PREFER ? VBUF_OK : vbuf_lacking();
}

int
vbuf_os_collapse(void *addr, size_t size)
{
	(void)addr;
	(void)size;
	return vbuf_lacking();
}
