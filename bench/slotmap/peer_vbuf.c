/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Our slotmap, shared by threads. */
#include "map_vbuf.h"

static struct vbuf_record *holder;

static bool
smap_enter(smap_thread *t)
{
	t->map = the_map;
	return vbuf_domain_attach(the_domain, &t->r) == VBUF_OK;
}

static void
smap_leave(smap_thread *t)
{
	(void)vbuf_domain_detach(&t->r);
}

static inline void
smap_pin(smap_thread *t)
{
	vbuf_pin_(t->r);
}

static inline void
smap_unpin(smap_thread *t)
{
	vbuf_unpin_(t->r);
}

#define smap_begin smap_pin
#define smap_end smap_unpin

#include "loops.h"

static void
reclaim(void)
{
	smap_thread t;

	if (!smap_enter(&t))
		return;
	(void)values_reclaim(t.map, t.r, 0);
	smap_leave(&t);
}

static bool
hold(uint64_t h)
{
	smap_thread t;

	if (!smap_enter(&t))
		return false;
	holder = t.r;
	smap_pin(&t);
	return smap_get(&t, h) != NULL;
}

static void
let_go(void)
{
	vbuf_unpin_(holder);
	(void)vbuf_domain_detach(&holder);
}

const struct smap_peer smap_vbuf = { NULL,    map_open,  map_close, SMAP_LOOPS,
	                             reclaim, map_state, hold,      let_go };
