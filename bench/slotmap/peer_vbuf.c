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

static uint64_t
walk_runs(uint64_t times)
{
	struct vbuf_slotmap_iter it;
	uint64_t sum = 0;
	size_t n;
	smap_thread t;

	if (!smap_enter(&t))
		return 0;
	for (uint64_t k = 0; k < times; k++) {
		smap_pin(&t);
		values_iter_init(&it, t.map, t.r);
		for (const struct smap_value *p; (p = values_iter_run(&it, &n, NULL)) != NULL;)
			for (size_t i = 0; i < n; i++)
				sum += p[i].a;
		smap_unpin(&t);
	}
	smap_leave(&t);
	return sum;
}

static uint64_t
walk_runs_handles(uint64_t times)
{
	struct values_handle handles[64];
	struct vbuf_slotmap_iter it;
	uint64_t sum = 0, all = 0;
	size_t n;
	smap_thread t;

	if (!smap_enter(&t))
		return 0;
	for (uint64_t k = 0; k < times; k++) {
		smap_pin(&t);
		values_iter_init(&it, t.map, t.r);
		for (const struct smap_value *p; (p = values_iter_run(&it, &n, handles)) != NULL;)
			for (size_t i = 0; i < n; i++) {
				sum += p[i].a;
				all += handles[i].bits;
			}
		smap_unpin(&t);
	}
	smap_leave(&t);
	return all ? sum : 0;
}

const struct smap_peer smap_vbuf = {
	NULL,      map_open, map_close, SMAP_LOOPS, reclaim,
	map_state, hold,     let_go,    walk_runs,  walk_runs_handles
};
