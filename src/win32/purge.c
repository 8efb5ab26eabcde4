/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "../os.h"
#include "api.h"
#include "late.h"
#include "runs.h"
#include "why.h"

/*
 * Nothing that Windows offers gives zeros and memory back at once but a decommit
 * and a commit: between them the pages are away, and their charge is anybody's.
 */
static int
renew(void *addr, const struct vbuf_pages *run)
{
	if (!VirtualFree(addr, run->size, MEM_DECOMMIT))
		return vbuf_why(VBUF_WHY_CHANGE);
	if (!VirtualAlloc(addr, run->size, MEM_COMMIT, run->protection))
		return vbuf_why(VBUF_WHY_COMMIT);
	return VBUF_OK;
}

/* A decommit would silently end the lock. */
static bool
any_locked(unsigned char *p, size_t size)
{
	size_t locked;

	return vbuf_pages_count(p, size, VBUF_PAGES_LOCKED, &locked) && locked;
}

int
vbuf_os_purge(void *addr, size_t size)
{
	unsigned char *p = addr;
	struct vbuf_pages run;

	if (any_locked(p, size)) {
		SetLastError(ERROR_BUSY);
		return VBUF_EBUSY;
	}
	for (; size; p += run.size, size -= run.size) {
		if (!vbuf_pages_at(p, size, &run))
			return vbuf_why(VBUF_WHY_CHANGE);
		int err = run.committed ? renew(p, &run) : VBUF_OK;
		if (err != VBUF_OK)
			return err;
	}
	return VBUF_OK;
}

static bool
all_committed(unsigned char *p, size_t size)
{
	struct vbuf_pages run;

	for (; size; p += run.size, size -= run.size)
		if (!vbuf_pages_at(p, size, &run) || !run.committed)
			return false;
	return true;
}

/* The newer call gives the memory back sooner, but takes writable pages only. The
 * older one takes any, and its protection is not looked at. */
static int
discard_run(void *addr, const struct vbuf_pages *run)
{
	vbuf_discard_virtual_memory *discard = vbuf_late_discard_virtual_memory();

	if (discard && run->protection == PAGE_READWRITE &&
	    discard(addr, run->size) == ERROR_SUCCESS)
		return VBUF_OK;
	if (VirtualAlloc(addr, run->size, MEM_RESET, PAGE_READWRITE))
		return VBUF_OK;
	return vbuf_why(VBUF_WHY_CHANGE);
}

int
vbuf_os_discard(void *addr, size_t size)
{
	unsigned char *p = addr;
	struct vbuf_pages run;

	if (!all_committed(p, size)) {
		SetLastError(ERROR_NOACCESS);
		return VBUF_EACCES;
	}
	for (; size; p += run.size, size -= run.size) {
		if (!vbuf_pages_at(p, size, &run))
			return vbuf_why(VBUF_WHY_CHANGE);
		int err = discard_run(p, &run);
		if (err != VBUF_OK)
			return err;
	}
	return VBUF_OK;
}

bool
vbuf_os_purge_is_seamless(void)
{
	return false;
}
