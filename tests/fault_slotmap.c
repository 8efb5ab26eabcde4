/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Every failure of the system at every point of every operation of a slotmap: the Nth call
 * through os.h and sync.h fails, for N = 1, 2, ... until none is left to fail. After each
 * the map has its elements, and only those, and works on.
 */
#include "../src/slotmap.h"
#include "fault.h"
#include "slotmap_forms.h"
#include "system.h"

static const int errors[] = { VBUF_ENOADDR, VBUF_ECOMMIT, VBUF_EMAPS,
	                      VBUF_ERLIMIT, VBUF_ELOCKED, VBUF_ESYS };

/* Units of 8192 slots, so that a few thousand elements are enough for purges. */
enum { MAX = 40000, UNITS = 3 * 8192 };

static struct map_handle h[MAX];
static bool live[MAX];
static size_t destroyed;

static void
count_destroyed(void *element, void *arg)
{
	const struct value *v = element;

	(void)arg;
	assert_int_equal(v->check, ~v->number * 3);
	destroyed++;
}

static struct form_map
begin_small(enum form form, bool keep)
{
	memset(live, 0, sizeof live);
	destroyed = 0;
	return begin_with(form, (struct vbuf_slotmap_options){ .max = MAX,
	                                                       .huge = VBUF_HUGE_NEVER,
	                                                       .keep = keep,
	                                                       .destroy = count_destroyed });
}

static void
put(struct form_map *f, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (!live[i]) {
			h[i] = insert(f, i);
			live[i] = true;
		}
}

static void
assert_holds(struct form_map *f)
{
	size_t count = 0, found = 0;
	struct vbuf_slotmap_iter it;
	struct value *v;

	for (size_t i = 0; i < MAX; i++)
		if (live[i]) {
			assert_names(f, h[i], i);
			count++;
		} else if (h[i].bits) {
			assert_false(map_contains(f->x, h[i]));
		}
	assert_int_equal(map_len(f->x), count);
	vbuf_pin(f->r);
	map_iter_init(&it, f->x, f->r);
	while ((v = map_iter_next(&it)) != NULL) {
		assert_true(v->number < MAX && live[v->number]);
		assert_int_equal(h[v->number].bits, map_iter_handle(&it).bits);
		found++;
	}
	vbuf_unpin(f->r);
	assert_int_equal(found, count);
}

/* --- creation --- */

static void
create_fails_and_leaves_nothing(void **state)
{
	(void)state;
	for (int own = 0; own < 2; own++)
		for (size_t e = 0; e < COUNT(errors); e++)
			for (unsigned n = 1;; n++) {
				struct vbuf_slotmap_options o = { .size = sizeof o,
					                          .max = 100000,
					                          .initial = 50000,
					                          .name = "fault" };
				struct map x = { .m = (void *)&x };
				if (!own)
					o.domain = domain_with(VBUF_FENCE_AUTO, 0);
				fault_arm(FAULT_OS, n, errors[e]);
				int err = map_create(&x, &o);
				unsigned made = fault_count(FAULT_OS, "reserve");
				unsigned gone = fault_count(FAULT_OS, "unreserve");
				bool failed = fault_disarm(), no_reserve;
				no_reserve = failed && strcmp(fault_name(), "reserve") == 0;
				if (err == VBUF_OK) { /* also where a failure does not matter */
					struct map_handle one;
					assert_ok(
						map_insert(x, map_exclusive(x), value_of(1), &one));
					assert_true(map_contains(x, one));
					assert_ok(map_destroy(&x));
				} else {
					assert_int_equal(err, errors[e]);
					assert_null(x.m);
					assert_int_equal(gone + no_reserve, made);
				}
				if (!own)
					assert_ok(vbuf_domain_destroy(&o.domain));
				if (!failed)
					break;
			}
}

/* --- growth --- */

static int
insert_one(struct form_map *f, size_t *n)
{
	int err = map_insert(f->x, f->r, value_of(*n), &h[*n]);

	if (err == VBUF_OK)
		live[(*n)++] = true;
	else
		assert_int_equal(h[*n].bits, 0);
	return err;
}

static void
an_insert_that_gets_no_memory_changes_nothing(void **state)
{
	(void)state;
	for (enum form form = 0; form < FORMS; form++)
		for (size_t e = 0; e < COUNT(errors); e++) {
			struct form_map f = begin_small(form, false);
			size_t n = 0;
			memset(h, 0, sizeof h);
			for (int growths = 0; growths < 8; growths++) {
				/* to the point at which it must grow */
				for (;;) {
					fault_always(FAULT_OS, "commit", errors[e]);
					int err = insert_one(&f, &n);
					(void)fault_disarm();
					if (err != VBUF_OK) {
						assert_int_equal(err, errors[e]);
						break;
					}
				}
				assert_holds(&f);
				for (unsigned nth = 1;; nth++) {
					fault_arm(FAULT_OS, nth, errors[e]);
					int err = insert_one(&f, &n);
					bool failed = fault_disarm();
					if (err == VBUF_OK)
						break; /* the second try was granted */
					assert_true(failed);
					assert_int_equal(err, errors[e]);
					assert_int_equal(map_len(f.x), n);
				}
			}
			assert_holds(&f);
			put(&f, n, MAX);
			assert_holds(&f);
			end(&f);
			assert_int_equal(destroyed, MAX);
		}
}

static void
while_no_memory_comes_what_is_removed_makes_room(void **state)
{
	(void)state;
	for (enum form form = 0; form < FORMS; form++) {
		struct form_map f = begin_small(form, false);
		size_t n = 0;
		memset(h, 0, sizeof h);
		fault_always(FAULT_OS, "commit", VBUF_ECOMMIT);
		while (insert_one(&f, &n) == VBUF_OK)
			;
		for (size_t i = 0; i < n; i++) {
			assert_ok(map_remove(f.x, f.r, h[i])); /* never refused */
			live[i] = false;
			h[i] = insert(&f, i); /* also by reclaiming what waits */
			live[i] = true;
		}
		struct map_handle no;
		assert_result(map_insert(f.x, f.r, value_of(1), &no), VBUF_ECOMMIT);
		(void)fault_disarm();
		assert_holds(&f);
		end(&f);
	}
}

/* --- giving back --- */

static int
remove_all(struct form_map *f)
{
	for (size_t i = 0; i < MAX; i++)
		if (live[i]) {
			assert_ok(map_remove(f->x, f->r, h[i]));
			live[i] = false;
		}
	return VBUF_OK;
}

static int
remove_most(struct form_map *f)
{
	for (size_t i = 0; i < MAX; i++)
		if (live[i] && i % 5000 != 0) {
			assert_ok(map_remove(f->x, f->r, h[i]));
			live[i] = false;
		}
	(void)vbuf_slotmap_reclaim(f->m, f->r, 0);
	return VBUF_OK;
}

static int
remove_and_reclaim(struct form_map *f)
{
	remove_all(f);
	(void)vbuf_slotmap_reclaim(f->m, f->r, 0);
	return VBUF_OK;
}

static int
remove_and_trim(struct form_map *f)
{
	remove_all(f);
	return map_trim(f->x);
}

static int
remove_upper_and_trim(struct form_map *f)
{
	for (size_t i = 9000; i < MAX; i++)
		if (live[i]) {
			assert_ok(map_remove(f->x, f->r, h[i]));
			live[i] = false;
		}
	return map_trim(f->x);
}

static int
remove_most_and_trim(struct form_map *f)
{
	(void)remove_most(f);
	return map_trim(f->x);
}

static int
clear(struct form_map *f)
{
	memset(live, 0, sizeof live);
	return map_clear(f->x);
}

static int (*const givers[])(struct form_map *f) = {
	remove_all,      remove_most,           remove_and_reclaim,
	remove_and_trim, remove_upper_and_trim, remove_most_and_trim,
	clear,
};

static void
no_failure_to_give_back_harms_the_map(void **state)
{
	(void)state;
	for (enum form form = 0; form < FORMS; form++)
		for (int keep = 0; keep < 2; keep++)
			for (size_t g = 0; g < COUNT(givers); g++) {
				struct form_map f = begin_small(form, keep);
				size_t made = 0;
				memset(h, 0, sizeof h);
				for (unsigned n = 1;; n++) {
					for (size_t i = 0; i < UNITS + 100; i++)
						made += !live[i];
					put(&f, 0, UNITS + 100);
					fault_arm(FAULT_OS, n, errors[n % COUNT(errors)]);
					int err = givers[g](&f);
					bool failed = fault_disarm();
					assert_true(err == VBUF_OK || failed);
					assert_holds(&f);
					if (!failed)
						break;
				}
				end(&f);
				assert_int_equal(destroyed, made);
			}
}

/* Bytes that the system has promised the map. */
static size_t
charge_of(struct form_map *f)
{
	struct vbuf *buf = &f->m->control_->buf;
	struct vbuf_run run;
	size_t bytes = 0;

	for (size_t at = 0; at < buf->size; at += run.size) {
		assert_ok(vbuf_query(buf, at, &run));
		bytes += run.state == VBUF_STATE_RW ? run.size : 0;
	}
	return bytes;
}

/* A trim of a map that is empty by now: the nth call failed while that grew, or at a trim before.
 * False: none did. */
static bool
trims_to(enum form form, unsigned nth, bool growing, size_t *ret_charge)
{
	struct form_map f = begin_small(form, false);

	memset(h, 0, sizeof h);
	if (growing)
		fault_arm(FAULT_OS, nth, VBUF_ECOMMIT);
	put(&f, 0, UNITS);
	bool hit = fault_disarm() && growing;
	remove_all(&f);
	if (!growing)
		fault_arm(FAULT_OS, nth, VBUF_EMAPS);
	int err = map_trim(f.x);
	hit = fault_disarm() || hit;
	if (err != VBUF_OK)
		assert_ok(map_trim(f.x));
	assert_holds(&f);
	*ret_charge = charge_of(&f);
	assert_int_equal(*ret_charge, stats_of(&f).committed);
	put(&f, 0, UNITS); /* what was given back can be had again */
	assert_holds(&f);
	end(&f);
	return hit;
}

static void
whatever_failed_before_a_trim_that_succeeds_gives_back_all(void **state)
{
	size_t least, charge;

	(void)state;
	needs(BACKEND_STATES);
	for (enum form form = 0; form < FORMS; form++)
		for (int growing = 0; growing < 2; growing++) {
			assert_false(trims_to(form, 100000, growing, &least));
			for (unsigned nth = 1; trims_to(form, nth, growing, &charge); nth++)
				/* free bits stay, which are as many as it grew to */
				if (growing ? charge > least + 4 * PAGE : charge != least)
					fail_msg("call %u, %s: %zu bytes, not %zu", nth,
					         fault_name(), charge, least);
		}
}

/* Memory that is neither emptied nor had again: its slots are nobody's until a trim. */
static void
what_can_be_neither_purged_nor_committed_comes_back_with_a_trim(void **state)
{
	(void)state;
	for (enum form form = 0; form < FORMS; form++)
		for (int keep = 0; keep < 2; keep++) {
			struct form_map f = begin_small(form, keep);
			memset(h, 0, sizeof h);
			size_t made = 0;
			for (int round = 0; round < 3; round++) {
				for (size_t i = 0; i < MAX; i++)
					made += !live[i];
				put(&f, 0, MAX);
				fault_always(FAULT_OS, "purge", VBUF_ESYS);
				fault_also(FAULT_OS, "commit", VBUF_ECOMMIT);
				(void)(round ? remove_most(&f) : remove_and_reclaim(&f));
				(void)fault_disarm();
				assert_holds(&f);
				struct map_handle one = insert(&f, 7); /* it works on */
				made++;
				assert_names(&f, one, 7);
				assert_ok(map_remove(f.x, f.r, one));
				assert_ok(map_trim(f.x));
				assert_holds(&f);
			}
			end(&f);
			assert_int_equal(destroyed, made);
		}
}

static void
while_the_barrier_fails_nothing_is_freed_that_readers_may_have(void **state)
{
	struct form_map f = begin_small(SHARED, false);
	struct vbuf_record *reader = attach_to(f.d);
	struct vbuf_domain_stats s;

	(void)state;
	assert_ok(vbuf_domain_get_stats(f.d, &s, sizeof s));
	memset(h, 0, sizeof h);
	put(&f, 0, 10000);
	fault_always(FAULT_OS, "heavy", VBUF_ESYS);
	(void)remove_all(&f);
	(void)vbuf_slotmap_reclaim(f.m, f.r, 0);
	if (!s.symmetric) {
		assert_int_equal(destroyed, 0);
		assert_int_equal(stats_of(&f).retired, 10000);
		assert_ok(vbuf_domain_get_stats(f.d, &s, sizeof s));
		assert_int_equal(s.heavy, 0);
		assert_true(s.heavy_failed > 0);
	}
	put(&f, 0, MAX); /* max elements fit only when what waits is freed: some do */
	(void)fault_disarm();
	assert_holds(&f);
	(void)reclaim_all(&f);
	assert_int_equal(destroyed, 10000);
	assert_ok(vbuf_domain_detach(&reader));
	end(&f);
	assert_int_equal(destroyed, 10000 + MAX);
}

/* --- the end --- */

static void
a_destroy_that_fails_leaves_an_empty_map_and_can_be_tried_again(void **state)
{
	(void)state;
	for (enum form form = 0; form < FORMS; form++)
		for (int keep = 0; keep < 2; keep++)
			for (unsigned n = 1;; n++) {
				struct form_map f = begin_small(form, keep);
				memset(h, 0, sizeof h);
				put(&f, 0, UNITS);
				fault_arm(FAULT_OS, n, VBUF_EMAPS);
				int err = vbuf_slotmap_destroy(&f.m);
				bool failed = fault_disarm();
				assert_int_equal(destroyed, UNITS);
				if (err != VBUF_OK) {
					assert_non_null(f.m);
					memset(live, 0, sizeof live);
					assert_holds(&f);
					put(&f, 0, 1000);
					assert_holds(&f);
					assert_ok(vbuf_slotmap_destroy(&f.m));
					assert_int_equal(destroyed, UNITS + 1000);
				}
				assert_null(f.m);
				if (form != EXCLUSIVE)
					assert_ok(vbuf_domain_detach(&f.r));
				assert_ok(vbuf_domain_destroy(&f.d));
				if (!failed)
					break;
			}
}

/* Whichever of its two reservations it is that stays. */
static void
a_map_with_its_own_domain_leaves_nothing_behind_in_the_end(void **state)
{
	(void)state;
	for (unsigned n = 1;; n++) {
		struct vbuf_slotmap_options o = { .size = sizeof o, .max = 1000 };
		struct map x;
		struct map_handle one;
		assert_ok(map_create(&x, &o));
		assert_ok(map_insert(x, map_exclusive(x), value_of(1), &one));
		fault_arm(FAULT_OS, n, VBUF_EMAPS);
		int err = map_destroy(&x);
		unsigned gone = fault_count(FAULT_OS, "unreserve");
		bool failed = fault_disarm();
		if (failed && strcmp(fault_name(), "unreserve") == 0)
			gone--;
		if (err != VBUF_OK) {
			assert_non_null(x.m);
			fault_always(FAULT_OS, "nothing", VBUF_ESYS);
			assert_ok(map_destroy(&x));
			gone += fault_count(FAULT_OS, "unreserve");
			(void)fault_disarm();
		}
		assert_null(x.m);
		assert_int_equal(gone, 2);
		if (!failed)
			break;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(create_fails_and_leaves_nothing),
		cmocka_unit_test(an_insert_that_gets_no_memory_changes_nothing),
		cmocka_unit_test(while_no_memory_comes_what_is_removed_makes_room),
		cmocka_unit_test(no_failure_to_give_back_harms_the_map),
		cmocka_unit_test(whatever_failed_before_a_trim_that_succeeds_gives_back_all),
		cmocka_unit_test(what_can_be_neither_purged_nor_committed_comes_back_with_a_trim),
		cmocka_unit_test(while_the_barrier_fails_nothing_is_freed_that_readers_may_have),
		cmocka_unit_test(a_destroy_that_fails_leaves_an_empty_map_and_can_be_tried_again),
		cmocka_unit_test(a_map_with_its_own_domain_leaves_nothing_behind_in_the_end),
	};

	return run_group("fault_slotmap", tests);
}
