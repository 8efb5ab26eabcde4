/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Our slotmap, for the file of each of its two forms. */
#include <vbuf/slotmap.h>

#include "smap.h"

VBUF_SLOTMAP(values, struct smap_value);

static struct values the_map;
static struct vbuf_domain *the_domain;

typedef struct {
	struct values map;
	struct vbuf_record *r;
} smap_thread;

static bool
map_open(const struct smap_how *how, uint64_t max)
{
	struct vbuf_domain_options d = { .size = sizeof d };
	struct vbuf_slotmap_options o = { .size = sizeof o, .max = (size_t)max };

	if (how->symmetric)
		d.fence = VBUF_FENCE_SYMMETRIC;
	if (how->small)
		o.huge = VBUF_HUGE_NEVER;
	if (vbuf_domain_create(&the_domain, &d) != VBUF_OK)
		return false;
	o.domain = the_domain;
	if (values_create(&the_map, &o) == VBUF_OK)
		return true;
	(void)vbuf_domain_destroy(&the_domain);
	return false;
}

static void
map_close(void)
{
	(void)values_destroy(&the_map);
	(void)vbuf_domain_destroy(&the_domain);
}

static inline const struct smap_value *
smap_get(smap_thread *t, uint64_t h)
{
	struct values_handle handle = { h };

	return values_get(t->map, t->r, handle);
}

static inline bool
smap_insert(smap_thread *t, struct smap_value v, uint64_t *ret)
{
	struct values_handle handle;
	int err = values_insert(t->map, t->r, v, &handle);

	*ret = handle.bits;
	return err == VBUF_OK;
}

static inline bool
smap_remove(smap_thread *t, uint64_t h)
{
	struct values_handle handle = { h };

	return values_remove(t->map, t->r, handle) == VBUF_OK;
}

static uint64_t
smap_visit(smap_thread *t)
{
	struct vbuf_slotmap_iter it;
	uint64_t sum = 0;

	values_iter_init(&it, t->map, t->r);
	for (const struct smap_value *p; (p = values_iter_next_value(&it)) != NULL;)
		sum += p->a;
	return sum;
}

/* The handles are used, so they have to be right; which adds nothing to the sum. */
static uint64_t
smap_visit_handles(smap_thread *t)
{
	struct vbuf_slotmap_iter it;
	uint64_t sum = 0, all = 0;

	values_iter_init(&it, t->map, t->r);
	for (const struct smap_value *p; (p = values_iter_next(&it)) != NULL;) {
		sum += p->a;
		all += values_iter_handle(&it).bits;
	}
	return all ? sum : 0;
}

static bool
map_state(struct smap_state *ret)
{
	struct vbuf_slotmap_stats stats;

	if (values_get_stats(the_map, &stats, sizeof stats) != VBUF_OK)
		return false;
	ret->slots = stats.slots;
	ret->retired = stats.retired;
	ret->resident = stats.resident;
	return true;
}
