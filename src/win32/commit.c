/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "../os.h"
#include "api.h"
#include "runs.h"
#include "why.h"

int
vbuf_os_commit(void *addr, size_t size)
{
	return vbuf_os_protect(addr, size, VBUF_PROT_RW);
}

int
vbuf_os_decommit(void *addr, size_t size, uint32_t attrs)
{
	(void)attrs;
	return VirtualFree(addr, size, MEM_DECOMMIT) ? VBUF_OK : vbuf_why(VBUF_WHY_CHANGE);
}

/* The charge stays, so what was never committed must not become so. */
static int
forbid(unsigned char *p, size_t size)
{
	struct vbuf_pages run;
	DWORD old;

	for (; size; p += run.size, size -= run.size) {
		if (!vbuf_pages_at(p, size, &run))
			return vbuf_why(VBUF_WHY_CHANGE);
		if (run.committed && !VirtualProtect(p, run.size, PAGE_NOACCESS, &old))
			return vbuf_why(VBUF_WHY_CHANGE);
	}
	return VBUF_OK;
}

/*
 * To commit is also to protect: pages committed already keep their bytes and get
 * the new protection, in the same call, which either does it all or nothing.
 */
int
vbuf_os_protect(void *addr, size_t size, enum vbuf_prot prot)
{
	static const DWORD bits[] = {
		[VBUF_PROT_NONE] = PAGE_NOACCESS,
		[VBUF_PROT_RO] = PAGE_READONLY,
		[VBUF_PROT_RW] = PAGE_READWRITE,
		[VBUF_PROT_RX] = PAGE_EXECUTE_READ,
	};

	if (prot == VBUF_PROT_NONE)
		return forbid(addr, size);
	if (VirtualAlloc(addr, size, MEM_COMMIT, bits[prot]))
		return VBUF_OK;
	return vbuf_why(VBUF_WHY_COMMIT);
}
