/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * What the tests of the slotmap share: a map with the record to use it by, in each of the
 * forms in which a thread can use one. Most of what is true of one is true of all.
 */
#ifndef VBUF_TESTS_SLOTMAP_FORMS_H
#define VBUF_TESTS_SLOTMAP_FORMS_H

#include <vbuf/slotmap.h>

#include "test.h"

struct value {
	uint64_t number, check;
};
VBUF_SLOTMAP(map, struct value);

/* SHARED is as SYMMETRIC where the system has no barrier. */
enum form { SHARED, SYMMETRIC, EXCLUSIVE, FORMS };

struct form_map {
	struct map x;
	struct vbuf_slotmap *m; /* the same */
	struct vbuf_domain *d;
	struct vbuf_record *r;
	enum form form;
};

/* Few threads, so that maps for 32-bit addresses are not too large. */
static inline struct vbuf_domain *
domain_with(enum vbuf_fence fence, size_t garbage_max)
{
	struct vbuf_domain_options o = {
		.size = sizeof o, .threads = 8, .fence = fence, .garbage_max = garbage_max
	};
	struct vbuf_domain *d;

	assert_ok(vbuf_domain_create(&d, &o));
	return d;
}

static inline struct vbuf_record *
attach_to(struct vbuf_domain *d)
{
	struct vbuf_record *r;

	assert_ok(vbuf_domain_attach(d, &r));
	return r;
}

/* A map of elements of any size, by the options, which need no size. */
static inline struct form_map
begin_sized(enum form form, struct vbuf_slotmap_options o, size_t elem_size, size_t elem_align)
{
	struct form_map f = { .form = form };

	o.size = sizeof o;
	if (!o.domain)
		o.domain =
			domain_with(form == SYMMETRIC ? VBUF_FENCE_SYMMETRIC : VBUF_FENCE_AUTO, 0);
	f.d = o.domain;
	assert_ok(vbuf_slotmap_create(&f.m, elem_size, elem_align, &o));
	f.x = map_of(f.m);
	f.r = form == EXCLUSIVE ? vbuf_slotmap_exclusive(f.m) : attach_to(f.d);
	return f;
}

static inline struct form_map
begin_with(enum form form, struct vbuf_slotmap_options o)
{
	return begin_sized(form, o, sizeof(struct value), _Alignof(struct value));
}

static inline struct form_map
begin(enum form form, size_t max)
{
	return begin_with(form, (struct vbuf_slotmap_options){ .max = max });
}

/* The map alone, where others use its domain. */
static inline void
end_map(struct form_map *f)
{
	assert_ok(vbuf_slotmap_destroy(&f->m));
	assert_null(f->m);
	if (f->form != EXCLUSIVE)
		assert_ok(vbuf_domain_detach(&f->r));
}

static inline void
end(struct form_map *f)
{
	end_map(f);
	assert_ok(vbuf_domain_destroy(&f->d));
}

static inline struct value
value_of(uint64_t number)
{
	struct value v = { number, ~number * 3 };

	return v;
}

static inline struct map_handle
insert(struct form_map *f, uint64_t number)
{
	struct map_handle h;

	assert_ok(map_insert(f->x, f->r, value_of(number), &h));
	assert_true(h.bits != 0);
	return h;
}

/* Does the handle name the element of this number? */
static inline void
assert_names(struct form_map *f, struct map_handle h, uint64_t number)
{
	vbuf_pin(f->r);
	struct value *v = map_get(f->x, f->r, h);
	assert_non_null(v);
	assert_int_equal(v->number, number);
	assert_int_equal(v->check, ~number * 3);
	assert_ptr_equal(vbuf_slotmap_get(f->m, f->r, h.bits), v);
	assert_true(map_contains(f->x, h));
	vbuf_unpin(f->r);
}

/* Does it miss, whatever is asked? */
static inline void
assert_misses(struct form_map *f, struct map_handle h)
{
	struct value v;
	void *p = &v;

	vbuf_pin(f->r);
	assert_null(map_get(f->x, f->r, h));
	assert_null(vbuf_slotmap_get(f->m, f->r, h.bits));
	vbuf_unpin(f->r);
	assert_false(map_contains(f->x, h));
	assert_result(map_remove(f->x, f->r, h), VBUF_ESTALE);
	assert_result(map_invalidate(f->x, f->r, h), VBUF_ESTALE);
	assert_result(map_take(f->x, h, &v), VBUF_ESTALE);
	assert_int_equal(vbuf_slotmap_remove_n(f->m, f->r, &h.bits, 1), 0);
	assert_result(vbuf_slotmap_get_disjoint(f->m, &h.bits, 1, &p), VBUF_ESTALE);
	assert_null(p);
}

static inline struct vbuf_slotmap_stats
stats_of(struct form_map *f)
{
	struct vbuf_slotmap_stats s;

	assert_ok(vbuf_slotmap_get_stats(f->m, &s, sizeof s));
	return s;
}

/* Until nothing more comes. */
static inline size_t
reclaim_all(struct form_map *f)
{
	size_t all = 0, some;

	while ((some = vbuf_slotmap_reclaim(f->m, f->r, 0)) > 0)
		all += some;
	return all;
}

#endif
