/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "../os.h"
#include "why.h"

int
vbuf_os_numa(void *addr, size_t size, enum vbuf_numa policy, uint64_t nodes)
{
	(void)addr;
	(void)size;
	(void)policy;
	(void)nodes;
	return vbuf_lacking();
}
