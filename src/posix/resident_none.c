/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "../os.h"
#include "why.h"

int
vbuf_os_resident(void *addr, size_t size, size_t *ret)
{
	(void)addr;
	(void)size;
	(void)ret;
	return vbuf_lacking();
}
