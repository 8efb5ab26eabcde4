/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <errno.h>
#include <sys/mman.h>

#include "../os.h"
#include "why.h"

/* Is there a page without access, as far as the system tells? */
static bool
has_no_access(unsigned char *p, size_t size)
{
	struct vbuf_run run;

	for (; size && vbuf_os_query(p, size, &run) == VBUF_OK; p += run.size, size -= run.size)
		if (run.state == VBUF_STATE_RESERVED)
			return true;
	return false;
}

int
vbuf_os_lock(void *addr, size_t size)
{
	if (mlock(addr, size) == 0)
		return VBUF_OK;

	int code = errno;
	int err;
	switch (code) {
	case EAGAIN: /* the pages could not all be brought in, or the limit */
		err = vbuf_why_no_memory(VBUF_WHY_LOCK, size);
		break;
	case ENOMEM: /* the limit, the mappings, or a page without access */
		err = vbuf_why(VBUF_WHY_CHANGE, size);
		if (err == VBUF_ESYS)
			err = has_no_access(addr, size) ? VBUF_EACCES : VBUF_ELOCKED;
		break;
	default:
		err = vbuf_why(VBUF_WHY_CHANGE, size);
	}
	errno = code;
	return err;
}

int
vbuf_os_unlock(void *addr, size_t size)
{
	return munlock(addr, size) == 0 ? VBUF_OK : vbuf_why(VBUF_WHY_CHANGE, size);
}
