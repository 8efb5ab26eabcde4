/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The slotmap and its pins: shared, in a thread alone, and in the form for one thread. */
#include <vbuf/slotmap.h>

#include "paths.h"

/* Many times what a thread takes in hand, and what it retires before it reclaims. */
enum { OPS = 8192 };

struct value {
	uint64_t a, b;
};
VBUF_SLOTMAP(values, struct value);

static struct vbuf_domain *domain;
static struct vbuf_record *record;
static struct values map;
static struct values_handle handles[2 * OPS];

static bool
joined(enum vbuf_fence fence)
{
	struct vbuf_domain_options d = { .size = sizeof d, .fence = fence };

	return vbuf_domain_create(&domain, &d) == VBUF_OK &&
	       vbuf_domain_attach(domain, &record) == VBUF_OK;
}

/* Pinned once, so that a pin finds the record as the one before left it. */
static bool
pins(enum vbuf_fence fence)
{
	if (!joined(fence))
		return false;
	vbuf_pin(record);
	vbuf_unpin(record);
	return true;
}

static bool
asymmetric(size_t ops)
{
	(void)ops;
	return pins(VBUF_FENCE_ASYMMETRIC);
}

static bool
symmetric(size_t ops)
{
	(void)ops;
	return pins(VBUF_FENCE_SYMMETRIC);
}

static void
left(void)
{
	(void)vbuf_domain_detach(&record);
	(void)vbuf_domain_destroy(&domain);
}

static bool
room(size_t ops)
{
	struct vbuf_slotmap_options o = {
		.size = sizeof o, .max = ops, .initial = ops, .huge = VBUF_HUGE_NEVER
	};

	if (!pins(VBUF_FENCE_ASYMMETRIC))
		return false;
	o.domain = domain;
	return values_create(&map, &o) == VBUF_OK;
}

static bool
room_exclusive(size_t ops)
{
	if (!room(ops) || vbuf_domain_detach(&record) != VBUF_OK)
		return false;
	record = values_exclusive(map);
	return record != NULL;
}

static bool
insert(size_t ops)
{
	struct vbuf_record *const r = record;
	const struct values to = map;
	bool good = true;

	for (size_t i = 0; i < ops && good; i++) {
		struct value v = { i, i };
		good = values_insert(to, r, v, &handles[i]) == VBUF_OK;
	}
	return good;
}

static bool
filled(size_t ops)
{
	return room(ops) && insert(ops);
}

static bool
filled_exclusive(size_t ops)
{
	return room_exclusive(ops) && insert(ops);
}

static void
end(void)
{
	(void)vbuf_domain_detach(&record);
	(void)values_destroy(&map);
	(void)vbuf_domain_destroy(&domain);
}

static void
end_exclusive(void)
{
	record = NULL;
	end();
}

static bool
remove_all(size_t ops)
{
	struct vbuf_record *const r = record;
	const struct values from = map;
	bool good = true;

	for (size_t i = 0; i < ops && good; i++)
		good = values_remove(from, r, handles[i]) == VBUF_OK;
	return good;
}

/* What one removes another inserts: slots go round, and come from memory that is warm. */
static bool
churn(size_t ops)
{
	struct vbuf_record *const r = record;
	const struct values to = map;
	bool good = true;

	for (size_t i = 0; i < ops && good; i++) {
		struct value v = { i, i };
		struct values_handle h;
		vbuf_pin(r);
		good = values_insert(to, r, v, &h) == VBUF_OK;
		vbuf_unpin(r);
		vbuf_pin(r);
		good = good && values_remove(to, r, h) == VBUF_OK;
		vbuf_unpin(r);
	}
	return good;
}

static bool
churn_exclusive(size_t ops)
{
	struct vbuf_record *const r = record;
	const struct values to = map;
	bool good = true;

	for (size_t i = 0; i < ops && good; i++) {
		struct value v = { i, i };
		struct values_handle h;
		good = values_insert(to, r, v, &h) == VBUF_OK && values_remove(to, r, h) == VBUF_OK;
	}
	return good;
}

static bool
pin_unpin(size_t ops)
{
	struct vbuf_record *const r = record;

	for (size_t i = 0; i < ops; i++) {
		vbuf_pin(r);
		vbuf_unpin(r);
	}
	return true;
}

static bool
get_all(size_t ops)
{
	struct vbuf_record *const r = record;
	const struct values from = map;
	bool good = true;

	for (size_t i = 0; i < ops && good; i++) {
		const struct value *p = values_get(from, r, handles[i]);
		good = p != NULL;
		if (good)
			keep(p->a);
	}
	return good;
}

static bool
get_pinned(size_t ops)
{
	vbuf_pin(record);
	bool good = get_all(ops);
	vbuf_unpin(record);
	return good;
}

static bool
get_each(size_t ops)
{
	struct vbuf_record *const r = record;
	const struct values from = map;
	bool good = true;

	for (size_t i = 0; i < ops && good; i++) {
		vbuf_pin(r);
		const struct value *p = values_get(from, r, handles[i]);
		good = p != NULL;
		if (good)
			keep(p->a);
		vbuf_unpin(r);
	}
	return good;
}

static bool
walk(size_t ops)
{
	struct vbuf_slotmap_iter it;
	size_t n = 0;

	vbuf_pin(record);
	values_iter_init(&it, map, record);
	for (const struct value *p; (p = values_iter_next(&it)) != NULL; n++) {
		keep(p->a);
		keep(values_iter_handle(&it).bits);
	}
	vbuf_unpin(record);
	return n == ops;
}

static bool
walk_values(size_t ops)
{
	struct vbuf_slotmap_iter it;
	size_t n = 0;

	vbuf_pin(record);
	values_iter_init(&it, map, record);
	for (const struct value *p; (p = values_iter_next_value(&it)) != NULL; n++)
		keep(p->a);
	vbuf_unpin(record);
	return n == ops;
}

/* Full blocks are known for that. */
static bool
walked(size_t ops)
{
	return filled(ops) && walk(ops);
}

/* No block has slots that were all used equally often. */
static bool
used(size_t ops)
{
	if (!filled(ops))
		return false;
	struct vbuf_record *alone = values_exclusive(map);
	for (size_t i = 0; i < ops; i += 5) {
		struct value v = { i, i };
		if (values_remove(map, alone, handles[i]) != VBUF_OK ||
		    values_insert(map, alone, v, &handles[i]) != VBUF_OK)
			return false;
	}
	return walk(ops);
}

/* One slot in so many has an element: none, one or two of a block. */
static bool
sparse(size_t ops)
{
	enum { ONE_IN = 97 };
	struct vbuf_slotmap_iter it;
	struct values_handle h;
	size_t n = ops * ONE_IN;

	if (!room(n))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct value v = { i, i };
		if (values_insert(map, values_exclusive(map), v, &h) != VBUF_OK)
			return false;
	}
	values_iter_init(&it, map, values_exclusive(map));
	for (const struct value *p; (p = values_iter_next(&it)) != NULL;)
		if (p->a % ONE_IN != 0)
			(void)values_remove(map, values_exclusive(map), values_iter_handle(&it));
	(void)values_reclaim(map, values_exclusive(map), 0);
	return walk(ops);
}

const struct path slotmap_paths[] = {
	{ "reclaim/pin+unpin", OPS, asymmetric, pin_unpin, left },
	{ "reclaim/pin+unpin symmetric", OPS, symmetric, pin_unpin, left },
	{ "slotmap/get pinned", OPS, filled, get_pinned, end },
	{ "slotmap/get pin each", OPS, filled, get_each, end },
	{ "slotmap/get exclusive", OPS, filled_exclusive, get_all, end_exclusive },
	{ "slotmap/insert", OPS, room, insert, end },
	{ "slotmap/insert exclusive", OPS, room_exclusive, insert, end_exclusive },
	{ "slotmap/remove", OPS, filled, remove_all, end },
	{ "slotmap/remove exclusive", OPS, filled_exclusive, remove_all, end_exclusive },
	{ "slotmap/insert+remove", OPS, room, churn, end },
	{ "slotmap/insert+remove exclusive", OPS, room_exclusive, churn_exclusive, end_exclusive },
	{ "slotmap/iter_next", OPS, walked, walk, end },
	{ "slotmap/iter_next used", OPS, used, walk, end },
	{ "slotmap/iter_next sparse", OPS, sparse, walk, end },
	{ "slotmap/iter_next_value", OPS, walked, walk_values, end },
	{ "slotmap/iter_next_value sparse", OPS, sparse, walk_values, end },
	{ 0 },
};
