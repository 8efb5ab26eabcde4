/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <unistd.h>

#include "../atomic.h"
#include "../os.h"

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
