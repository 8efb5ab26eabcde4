/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "../os.h"
#include "flags.h"
#include "why.h"

int
vbuf_os_commit(void *addr, size_t size)
{
	return vbuf_os_protect(addr, size, VBUF_PROT_RW);
}

/*
 * A new mapping in place of the old one: the only way that gives back the commit
 * charge, the page tables and the split mappings along with the memory, and the only
 * one that gives the memory back at all on systems where madvise() just ponders it.
 * Linux tests its limits before it takes the old mapping away, so that a refusal changes
 * nothing. (Before 6.12, one case is left: no memory for the kernel's own record of
 * the mapping, a few hundred bytes.)
 */
int
vbuf_os_decommit(void *addr, size_t size, uint32_t attrs)
{
	void *p = mmap(addr, size, vbuf_map_prot(attrs), vbuf_map_flags(attrs) | MAP_FIXED, -1, 0);

	return p == MAP_FAILED ? vbuf_why(VBUF_WHY_REMAP, size) : VBUF_OK;
}

int
vbuf_os_protect(void *addr, size_t size, enum vbuf_prot prot)
{
	static const int bits[] = {
		[VBUF_PROT_NONE] = PROT_NONE,
		[VBUF_PROT_RO] = PROT_READ,
		[VBUF_PROT_RW] = PROT_READ | PROT_WRITE,
		[VBUF_PROT_RX] = PROT_READ | PROT_EXEC,
	};

	if (mprotect(addr, size, bits[prot]) == 0)
		return VBUF_OK;
	return vbuf_why(prot == VBUF_PROT_RW ? VBUF_WHY_COMMIT : VBUF_WHY_CHANGE, size);
}
