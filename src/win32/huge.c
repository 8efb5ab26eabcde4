/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Large pages here want a privilege, are committed whole at the reserve and cannot
 * be paged: not what these calls promise. */
#include "../os.h"
#include "why.h"

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
