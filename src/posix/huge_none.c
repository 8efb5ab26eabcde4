/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Systems without huge pages that come and go by themselves. macOS has some that must be
 * mapped whole, stay in memory, and are for Intel processors only: no use to a buffer that
 * grows page by page. */
#include "../os.h"
#include "why.h"

size_t
vbuf_os_huge_page_size(void)
{
	return 0;
}

int
vbuf_os_advise_huge(void *addr, size_t size, enum vbuf_huge huge)
{
	(void)addr;
	(void)size;
	(void)huge;
	return vbuf_lacking();
}

int
vbuf_os_collapse(void *addr, size_t size)
{
	(void)addr;
	(void)size;
	return vbuf_lacking();
}
