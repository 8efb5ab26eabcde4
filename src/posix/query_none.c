/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* POSIX has no call that tells what may be done to a page. */
#include "../os.h"
#include "why.h"

int
vbuf_os_query(void *addr, size_t size, struct vbuf_run *ret)
{
	(void)addr;
	(void)size;
	(void)ret;
	return vbuf_lacking();
}
