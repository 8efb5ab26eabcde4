/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "../os.h"
#include "api.h"
#include "why.h"

static bool
all_accessible(unsigned char *p, size_t size)
{
	struct vbuf_run run;

	for (; size; p += run.size, size -= run.size)
		if (vbuf_os_query(p, size, &run) != VBUF_OK || run.state == VBUF_STATE_RESERVED ||
		    run.state == VBUF_STATE_NONE)
			return false;
	return true;
}

int
vbuf_os_lock(void *addr, size_t size)
{
	if (VirtualLock(addr, size))
		return VBUF_OK;

	DWORD code = GetLastError();
	int err;
	if (!all_accessible(addr, size))
		err = VBUF_EACCES;
	else if (code == ERROR_NOT_ENOUGH_MEMORY || code == ERROR_COMMITMENT_LIMIT)
		err = VBUF_ECOMMIT;
	else if (code == ERROR_ACCESS_DENIED) /* Wine, of RLIMIT_MEMLOCK */
		err = VBUF_ELOCKED;
	else
		err = vbuf_why_code(VBUF_WHY_CHANGE, code);
	SetLastError(code);
	return err;
}

/* Is it the error of a page that had no lock to lose? */
static bool
was_unlocked(DWORD code)
{
	return code == ERROR_NOT_LOCKED || code == ERROR_INVALID_ADDRESS || code == ERROR_NOACCESS;
}

/*
 * The system refuses a range in which one page is not locked. Then page by page:
 * those that were not leave the working set, but they stay in memory, and the next
 * access brings them back without a read.
 */
int
vbuf_os_unlock(void *addr, size_t size)
{
	unsigned char *p = addr;
	size_t page = vbuf_os_page_size();

	if (VirtualUnlock(addr, size))
		return VBUF_OK;
	if (!was_unlocked(GetLastError()))
		return vbuf_why(VBUF_WHY_CHANGE);
	for (size_t done = 0; done < size; done += page)
		if (!VirtualUnlock(p + done, page) && !was_unlocked(GetLastError()))
			return vbuf_why(VBUF_WHY_CHANGE);
	return VBUF_OK;
}
