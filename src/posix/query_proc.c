/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <errno.h>

#include "../os.h"
#include "proc.h"
#include "runs.h"

int
vbuf_os_query(void *addr, size_t size, struct vbuf_run *ret)
{
	struct vbuf_finder finder = vbuf_find_run(addr, size);
	struct vbuf_proc maps;
	struct vbuf_proc_map map;

	if (!vbuf_proc_open(&maps, "/proc/self/maps"))
		return VBUF_ENOTSUP;
	while (vbuf_proc_next_map(&maps, &map) &&
	       vbuf_finder_next(&finder, map.start, map.end,
	                        vbuf_state_of(map.perms[0] == 'r', map.perms[1] == 'w',
	                                      map.perms[2] == 'x')))
		;
	vbuf_proc_close(&maps);
	if (vbuf_finder_is_lost(&finder) && maps.code) {
		errno = maps.code;
		return VBUF_ESYS;
	}
	return vbuf_finder_result(&finder, ret);
}
