/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "../os.h"
#include "runs.h"
#include "why.h"

static enum vbuf_state
state_of(const struct vbuf_pages *run)
{
	if (!run->committed)
		return VBUF_STATE_RESERVED;
	switch (run->protection) {
	case PAGE_READWRITE:
		return VBUF_STATE_RW;
	case PAGE_EXECUTE_READ:
		return VBUF_STATE_RX;
	case PAGE_READONLY:
		return VBUF_STATE_RO;
	default:
		return VBUF_STATE_NONE;
	}
}

int
vbuf_os_query(void *addr, size_t size, struct vbuf_run *ret)
{
	unsigned char *p = addr;
	struct vbuf_pages run;

	if (!vbuf_pages_at(p, size, &run))
		return vbuf_why(VBUF_WHY_CHANGE);
	struct vbuf_run found = { run.size, state_of(&run) };
	while (found.size < size) {
		if (!vbuf_pages_at(p + found.size, size - found.size, &run))
			return vbuf_why(VBUF_WHY_CHANGE);
		if (state_of(&run) != found.state)
			break;
		found.size += run.size;
	}
	*ret = found;
	return VBUF_OK;
}

int
vbuf_os_resident(void *addr, size_t size, size_t *ret)
{
	return vbuf_pages_count(addr, size, VBUF_PAGES_RESIDENT, ret) ? VBUF_OK
	                                                              : vbuf_why(VBUF_WHY_CHANGE);
}
