/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The mappings of this process as Linux tells them, for those who imitate another system's
 * way: vbuf_proc_open() them at /proc/self/maps. */
#ifndef VBUF_TESTS_IMITATE_MAPS_H
#define VBUF_TESTS_IMITATE_MAPS_H

#include <errno.h>

#include "../../src/posix/proc.h"

struct imitated_map {
	uintptr_t start, end;
	int protection; /* 1 read, 2 write, 4 execute, as everywhere */
};

static inline bool
imitated_next_map(struct vbuf_proc *maps, struct imitated_map *ret)
{
	struct vbuf_proc_map map;

	if (!vbuf_proc_next_map(maps, &map))
		return false;
	ret->start = map.start;
	ret->end = map.end;
	ret->protection =
		(map.perms[0] == 'r') | (map.perms[1] == 'w') << 1 | (map.perms[2] == 'x') << 2;
	return true;
}

#endif
