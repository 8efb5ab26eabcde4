/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Our slotmap, of one thread: no atomics, no pins. */
#include "map_vbuf.h"

static bool
smap_enter(smap_thread *t)
{
	t->map = the_map;
	t->r = values_exclusive(the_map);
	return true;
}

static void
smap_leave(smap_thread *t)
{
	(void)t;
}

#define smap_pin smap_leave
#define smap_unpin smap_leave
#define smap_begin smap_leave
#define smap_end smap_leave

#include "loops.h"

static void
reclaim(void)
{
	(void)values_reclaim(the_map, values_exclusive(the_map), 0);
}

const struct smap_peer smap_exclusive = { NULL,      map_open, map_close, SMAP_LOOPS, reclaim,
	                                  map_state, NULL,     NULL,      NULL,       NULL };
