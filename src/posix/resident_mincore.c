/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <sys/mman.h>

#include "../os.h"
#include "why.h"

int
vbuf_os_resident(void *addr, size_t size, size_t *ret)
{
	unsigned char in[4096];
	unsigned char *p = addr;
	size_t page = vbuf_os_page_size();
	size_t count = 0;

	while (size) {
		size_t pages = size / page < sizeof in ? size / page : sizeof in;
		if (mincore(p, pages * page, (void *)in) != 0)
			return vbuf_why(VBUF_WHY_CHANGE, size);
		for (size_t i = 0; i < pages; i++)
			count += in[i] & 1;
		p += pages * page;
		size -= pages * page;
	}
	*ret = count * page;
	return VBUF_OK;
}
