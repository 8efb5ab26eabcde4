/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "kinds.h"

#include <vbuf/cvec.h>
#include <vbuf/slotmap.h>
#include <vbuf/vec.h>

#include "test.h"

VBUF_VEC(longs, uint64_t);
VBUF_CVEC(shared, uint64_t);
VBUF_SLOTMAP(slots, uint64_t);

enum { MOST = 1000000, MANY = 100000 };

static uint64_t
value(size_t i)
{
	return i * UINT64_C(0x9e3779b97f4a7c15) + 1;
}

/* The vector */

static struct longs v;

static int
vec_create(size_t max, enum vbuf_huge huge)
{
	const struct vbuf_vec_options o = { .size = sizeof o, .max = max, .huge = huge };

	return longs_init(&v, &o);
}

static int
vec_add(size_t n)
{
	int err = VBUF_OK;

	for (size_t i = 0; i < n && err == VBUF_OK; i++)
		err = longs_push(&v, value(v.len));
	return err;
}

static int
vec_prefault(size_t n)
{
	return longs_prefault(&v, v.len + n);
}

static void
vec_check(void)
{
	for (size_t i = 0; i < v.len; i++)
		assert_true(v.data[i] == value(i));
}

static size_t
vec_len(void)
{
	return v.len;
}

static int
vec_empty(void)
{
	int err = longs_clear(&v);

	return err == VBUF_OK ? longs_shrink_to_fit(&v) : err;
}

static size_t
vec_resident(void)
{
	struct vbuf_vec_stats s;

	assert_ok(longs_stats(&v, &s));
	return s.resident;
}

static int
vec_destroy(void)
{
	return longs_fini(&v);
}

/* The concurrent vector */

static struct shared c;

static int
cvec_create(size_t max, enum vbuf_huge huge)
{
	const struct vbuf_cvec_options o = { .size = sizeof o,
		                             .max = max ? max : MOST,
		                             .huge = huge };

	return shared_create(&c, &o);
}

static int
cvec_add(size_t n)
{
	int err = VBUF_OK;

	for (size_t i = 0; i < n && err == VBUF_OK; i++)
		err = shared_push(c, value(shared_len(c)), NULL);
	return err;
}

static int
cvec_prefault(size_t n)
{
	return shared_prefault(c, shared_len(c) + n);
}

static void
cvec_check(void)
{
	size_t n = shared_prefix(c);

	assert_int_equal(n, shared_len(c));
	for (size_t i = 0; i < n; i++)
		assert_true(*shared_get(c, i) == value(i));
	assert_null(shared_get(c, n));
}

static size_t
cvec_len(void)
{
	return shared_len(c);
}

static int
cvec_empty(void)
{
	return shared_clear(c);
}

static size_t
cvec_resident(void)
{
	struct vbuf_cvec_stats s;

	assert_ok(shared_stats(c, &s));
	return s.resident;
}

static int
cvec_destroy(void)
{
	return shared_destroy(&c);
}

/* The slotmap, with a second record, so that to reclaim takes a barrier */

static struct slots m;
static struct vbuf_record *own, *idle;
static struct slots_handle handles[2 * MOST];
static size_t held;

static int
map_create(size_t max, enum vbuf_huge huge)
{
	const struct vbuf_slotmap_options o = { .size = sizeof o,
		                                .max = max ? max : MOST,
		                                .huge = huge };
	int err = slots_create(&m, &o);

	held = 0;
	if (err != VBUF_OK) {
		assert_null(m.m);
		return err;
	}
	assert_ok(vbuf_domain_attach(slots_domain(m), &own));
	assert_ok(vbuf_domain_attach(slots_domain(m), &idle));
	return VBUF_OK;
}

static int
map_add(size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int err = slots_insert(m, own, value(held), &handles[held]);
		if (err != VBUF_OK) {
			assert_true(handles[held].bits == 0);
			return err;
		}
		held++;
	}
	return VBUF_OK;
}

static int
map_prefault(size_t n)
{
	(void)n;
	return VBUF_OK;
}

static void
map_check(void)
{
	vbuf_pin(own);
	for (size_t i = 0; i < held; i++) {
		const uint64_t *p = slots_get(m, own, handles[i]);
		assert_true(p && *p == value(i));
	}
	vbuf_unpin(own);
}

static size_t
map_len(void)
{
	return slots_len(m);
}

static int
map_empty(void)
{
	for (; held; held--) {
		int err = slots_remove(m, own, handles[held - 1]);
		if (err != VBUF_OK)
			return err;
		assert_false(slots_contains(m, handles[held - 1]));
	}
	(void)slots_reclaim(m, own, 0);
	return slots_trim(m);
}

static size_t
map_resident(void)
{
	struct vbuf_slotmap_stats s;

	assert_ok(slots_get_stats(m, &s, sizeof s));
	return s.resident;
}

static int
map_destroy(void)
{
	assert_ok(vbuf_domain_detach(&own));
	assert_ok(vbuf_domain_detach(&idle));
	return slots_destroy(&m);
}

const struct kind kinds[KINDS] = {
	{ "vec", vec_create, vec_add, vec_prefault, vec_check, vec_len, vec_empty, vec_resident,
	  vec_destroy },
	{ "cvec", cvec_create, cvec_add, cvec_prefault, cvec_check, cvec_len, cvec_empty,
	  cvec_resident, cvec_destroy },
	{ "slotmap", map_create, map_add, map_prefault, map_check, map_len, map_empty, map_resident,
	  map_destroy },
};

void
live(const struct kind *k)
{
	assert_ok(k->create(0, VBUF_HUGE_DEFAULT));
	for (int round = 0; round < 3; round++) {
		assert_ok(k->prefault(MANY / 2));
		assert_ok(k->add(MANY));
		assert_int_equal(k->len(), MANY);
		k->check();
		(void)k->resident();
		(void)k->empty();
		assert_int_equal(k->len(), 0);
	}
	assert_ok(k->add(10));
	k->check();
	assert_ok(k->destroy());
}
