/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <errno.h>

#include "../os.h"
#include "linux.h"
#include "proc.h"
#include "why.h"

static enum vbuf_state
state_of(const struct vbuf_proc_map *map)
{
	if (map->perms[1] == 'w')
		return VBUF_STATE_RW;
	if (map->perms[2] == 'x')
		return VBUF_STATE_RX;
	return map->perms[0] == 'r' ? VBUF_STATE_RO : VBUF_STATE_RESERVED;
}

/* One state may be spread over several mappings, when they differ in something else. */
int
vbuf_os_query(void *addr, size_t size, struct vbuf_run *ret)
{
	struct vbuf_proc maps;
	struct vbuf_proc_map map;
	uintptr_t at = (uintptr_t)addr;
	uintptr_t end = at + size;
	enum vbuf_state state = VBUF_STATE_RESERVED;

	if (!vbuf_proc_open(&maps, "/proc/self/maps"))
		return VBUF_ENOTSUP;
	while (at < end && vbuf_proc_next_map(&maps, &map)) {
		if (map.end <= at)
			continue;
		if (map.start > at)
			break;
		if (at == (uintptr_t)addr)
			state = state_of(&map);
		else if (state_of(&map) != state)
			break;
		at = map.end;
	}
	vbuf_proc_close(&maps);
	if (at == (uintptr_t)addr) {
		errno = EFAULT;
		return VBUF_ESYS;
	}
	ret->size = (at < end ? at : end) - (uintptr_t)addr;
	ret->state = state;
	return VBUF_OK;
}

int
vbuf_os_resident(void *addr, size_t size, size_t *ret)
{
	unsigned char in[4096];
	unsigned char *p = addr;
	size_t page = vbuf_os_page_size();
	size_t count = 0;

	while (size) {
		size_t pages = size / page < sizeof in ? size / page : sizeof in;
		if (mincore(p, pages * page, in) != 0)
			return vbuf_why(VBUF_WHY_CHANGE, size);
		for (size_t i = 0; i < pages; i++)
			count += in[i] & 1;
		p += pages * page;
		size -= pages * page;
	}
	*ret = count * page;
	return VBUF_OK;
}
