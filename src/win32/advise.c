/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "../os.h"
#include "why.h"

/* There is no fork here, so what a child shall find is nothing to arrange; and
 * where no huge pages come by themselves, none need be kept away. */
int
vbuf_os_advise(void *addr, size_t size, uint32_t attrs)
{
	(void)addr;
	(void)size;
	return attrs & (VBUF_OS_HUGE | VBUF_OS_NO_DUMP) ? vbuf_lacking() : VBUF_OK;
}

int
vbuf_os_name(void *addr, size_t size, const char *name)
{
	(void)addr;
	(void)size;
	(void)name;
	return vbuf_lacking();
}
