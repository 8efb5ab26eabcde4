/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Every failure of the system at every point of every operation of a concurrent vector:
 * the Nth call through os.h fails, for N = 1, 2, ... until none is left to fail. After
 * each no index may be consumed, no element touched, and the vector works on.
 */
#include <vbuf/cvec.h>

#include "access.h"
#include "fault.h"
#include "test.h"

VBUF_CVEC(longs, int64_t);

static const int errors[] = { VBUF_ENOADDR, VBUF_ECOMMIT, VBUF_EMAPS,
	                      VBUF_ERLIMIT, VBUF_ELOCKED, VBUF_ESYS };

static const int64_t filling = -1;

static const struct vbuf_cvec_options options = { .size = sizeof options,
	                                          .max = 4 * MIB,
	                                          .header_size = 48,
	                                          .header_align = 16,
	                                          .fill = &filling,
	                                          .no_dump = true,
	                                          .name = "fault" };

static void
fill(struct longs x, size_t n)
{
	for (size_t i = longs_len(x); i < n; i++)
		assert_ok(longs_push(x, (int64_t)(i * i), NULL));
}

static void
assert_holds(struct longs x, size_t n)
{
	assert_int_equal(longs_len(x), n);
	assert_int_equal(longs_prefix(x), n);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(longs_data(x)[i], i * i);
	assert_null(longs_get(x, n));
}

/* What is claimed after a failure is as zero as ever. */
static void
assert_zero_behind(struct longs x)
{
	size_t rest = longs_capacity(x) - longs_len(x);

	assert_all((void *)longs_slot(x, longs_len(x)), rest * sizeof(int64_t), 0);
}

static void
create_fails_and_leaves_nothing(void **state)
{
	(void)state;
	for (size_t e = 0; e < COUNT(errors); e++)
		for (unsigned n = 1;; n++) {
			struct longs x = { .v = (void *)&x };
			fault_arm(FAULT_OS, n, errors[e]);
			int err = longs_create(&x, &options);
			unsigned made = fault_count(FAULT_OS, "reserve");
			unsigned gone = fault_count(FAULT_OS, "unreserve");
			bool failed = fault_disarm(), no_reserve;
			no_reserve = failed && strcmp(fault_name(), "reserve") == 0;
			if (err == VBUF_OK) { /* as well where a failure does not matter */
				fill(x, 20000);
				assert_holds(x, 20000);
				assert_ok(longs_destroy(&x));
			} else {
				assert_int_equal(err, errors[e]);
				assert_null(x.v);
				assert_int_equal(gone, no_reserve ? 0 : made);
			}
			if (!failed)
				break;
		}
}

/* The operations, each on a full vector. */
static const int64_t many[70000];

static int
push(struct longs x)
{
	return longs_push(x, 1, NULL);
}

static int
push_few(struct longs x)
{
	return longs_push_n(x, many, 3, NULL);
}

static int
push_many(struct longs x)
{
	return longs_push_n(x, many, COUNT(many), NULL);
}

static int
claim(struct longs x)
{
	size_t i;

	return longs_claim(x, 5, &i);
}

static int
push_exclusive(struct longs x)
{
	return longs_push_exclusive(x, 1, NULL);
}

static int
push_many_exclusive(struct longs x)
{
	return longs_push_n_exclusive(x, many, COUNT(many), NULL);
}

static int
append(struct longs x)
{
	struct vbuf_cvec_appender a;

	longs_appender_init(&a, x, 1);
	int err = longs_append(&a, 1);
	longs_appender_fini(&a);
	return err;
}

static int
reserve(struct longs x)
{
	return longs_reserve(x, longs_capacity(x) + 100000);
}

static int
reserve_exact(struct longs x)
{
	return longs_reserve_exact(x, longs_capacity(x) + 100000);
}

static int
prefault(struct longs x)
{
	return longs_prefault(x, longs_capacity(x) + 100000);
}

static const struct {
	const char *name;
	int (*run)(struct longs x);
	size_t adds;
} operations[] = {
	{ "push", push, 1 },
	{ "push_few", push_few, 3 },
	{ "push_many", push_many, COUNT(many) },
	{ "claim", claim, 5 },
	{ "push_exclusive", push_exclusive, 1 },
	{ "push_many_exclusive", push_many_exclusive, COUNT(many) },
	{ "append", append, 1 },
	{ "reserve", reserve, 0 },
	{ "reserve_exact", reserve_exact, 0 },
	{ "prefault", prefault, 0 },
};

/* A vector at every size at which growth is of another kind. */
static const size_t fulls[] = { 1, 8192, 100000, 600000 };

static struct longs
full(size_t n)
{
	struct longs x;

	assert_ok(longs_create(&x, &options));
	assert_ok(longs_reserve(x, n));
	fill(x, longs_capacity(x));
	return x;
}

static void
no_failure_consumes_an_index(void **state)
{
	(void)state;
	for (size_t o = 0; o < COUNT(operations); o++)
		for (size_t f = 0; f < COUNT(fulls); f++) {
			struct longs x = full(fulls[f]);
			for (unsigned n = 1;; n++) {
				int error = errors[n % COUNT(errors)];
				size_t before = longs_len(x), had = longs_capacity(x);
				fault_arm(FAULT_OS, n, error);
				int err = operations[o].run(x);
				bool failed = fault_disarm();
				if (err == VBUF_OK) { /* the second try was granted */
					assert_int_equal(longs_len(x), before + operations[o].adds);
					assert_ok(longs_destroy(&x));
					x = full(fulls[f]);
					if (!failed)
						break;
					continue;
				}
				assert_true(failed);
				assert_int_equal(err, error);
				assert_true(longs_capacity(x) >= had);
				assert_holds(x, before);
				assert_zero_behind(x);
				fill(x, longs_capacity(x));
			}
			assert_ok(longs_destroy(&x));
		}
}

static void
while_no_memory_comes_all_fail_and_then_go_on(void **state)
{
	(void)state;
	for (size_t f = 0; f < COUNT(fulls); f++) {
		struct longs x = full(fulls[f]);
		size_t n = longs_len(x);
		fault_always(FAULT_OS, "commit", VBUF_ECOMMIT);
		for (int again = 0; again < 3; again++)
			for (size_t o = 0; o < COUNT(operations); o++)
				assert_result(operations[o].run(x), VBUF_ECOMMIT);
		assert_ok(longs_reserve(x, n)); /* which needs no memory */
		assert_result(longs_push(x, 1, NULL), VBUF_ECOMMIT);
		(void)fault_disarm();
		assert_holds(x, n);
		fill(x, n + 10000);
		assert_holds(x, n + 10000);
		assert_zero_behind(x);
		assert_ok(longs_destroy(&x));
	}
}

static void
a_push_that_is_too_large_for_the_memory_leaves_room_for_small_ones(void **state)
{
	struct longs x;
	size_t n, free_ones;

	(void)state;
	assert_ok(longs_create(&x, &options));
	free_ones = longs_capacity(x);
	fault_always(FAULT_OS, "commit", VBUF_ECOMMIT);
	for (n = 0; n < free_ones; n++) {
		assert_result(longs_push_n(x, many, free_ones - n + 1, NULL), VBUF_ECOMMIT);
		assert_int_equal(longs_len(x), n);
		assert_ok(longs_push(x, (int64_t)(n * n), NULL));
	}
	assert_result(longs_push(x, 1, NULL), VBUF_ECOMMIT);
	(void)fault_disarm();
	assert_holds(x, n);
	assert_ok(longs_destroy(&x));
}

static void
an_appender_makes_do_with_the_memory_there_is(void **state)
{
	struct vbuf_cvec_appender a;
	struct longs x;
	size_t n;

	(void)state;
	assert_ok(longs_create(&x, &options));
	n = longs_capacity(x) - 3;
	fill(x, n);
	fault_always(FAULT_OS, "commit", VBUF_ECOMMIT);
	longs_appender_init(&a, x, 64);
	for (size_t i = n; i < n + 3; i++)
		assert_ok(longs_append(&a, (int64_t)(i * i)));
	assert_result(longs_append(&a, 1), VBUF_ECOMMIT);
	(void)fault_disarm();
	assert_ok(longs_append(&a, (int64_t)((n + 3) * (n + 3))));
	longs_appender_fini(&a);
	assert_holds(x, n + 4);
	assert_ok(longs_destroy(&x));
}

/* Clear */

static size_t buried;

static void
bury(void *element, void *arg)
{
	(void)element;
	(void)arg;
	buried++;
}

static struct longs
with_destructor(size_t n)
{
	struct vbuf_cvec_options o = options;
	struct longs x;

	o.destroy = bury;
	buried = 0;
	assert_ok(longs_create(&x, &o));
	fill(x, n);
	return x;
}

static void
assert_begins_anew(struct longs x)
{
	assert_holds(x, 0);
	assert_zero_behind(x);
	fill(x, 700000);
	assert_holds(x, 700000);
}

static void
a_clear_whose_purge_fails_wipes(void **state)
{
	(void)state;
	bool hit = true;
	for (unsigned n = 1; hit; n++) {
		struct longs x = with_destructor(600000);
		size_t had = longs_capacity(x);
		fault_arm(FAULT_OS, n, VBUF_EBUSY);
		assert_ok(longs_clear(x));
		hit = fault_disarm();
		assert_true(hit || n > 2); /* the states, and the elements */
		assert_int_equal(longs_capacity(x), had);
		assert_int_equal(buried, 600000);
		assert_begins_anew(x);
		assert_ok(longs_destroy(&x));
	}
}

static void
a_clear_that_cannot_have_its_memory_again_gives_all_of_it_back(void **state)
{
	struct longs x = with_destructor(600000);

	(void)state;
	fault_always(FAULT_OS, "purge", VBUF_ECOMMIT);
	fault_also(FAULT_OS, "commit", VBUF_ECOMMIT);
	assert_ok(longs_clear(x));
	assert_int_equal(longs_capacity(x), 0);
	assert_result(longs_push(x, 1, NULL), VBUF_ECOMMIT);
	(void)fault_disarm();
	assert_int_equal(buried, 600000);
	assert_begins_anew(x);
	assert_ok(longs_destroy(&x));
	assert_int_equal(buried, 1300000);
}

static void
a_clear_that_fails_leaves_a_vector_without_room(void **state)
{
	struct longs x = with_destructor(600000);
	struct vbuf_cvec_stats s;
	size_t i;

	(void)state;
	fault_always(FAULT_OS, "purge", VBUF_ECOMMIT);
	fault_also(FAULT_OS, "commit", VBUF_ECOMMIT);
	fault_also(FAULT_OS, "decommit", VBUF_ESYS);
	assert_result(longs_clear(x), VBUF_ESYS);
	(void)fault_disarm();
	assert_int_equal(buried, 600000);
	assert_holds(x, 0);
	assert_result(longs_push(x, 1, NULL), VBUF_ERANGE);
	assert_result(longs_claim(x, 2, &i), VBUF_ERANGE);
	assert_result(longs_reserve(x, 1), VBUF_ERANGE);
	assert_ok(longs_stats(x, &s));
	assert_int_equal(s.capacity, 0);
	assert_ok(longs_clear(x));
	assert_ok(longs_freeze(x));
	assert_ok(longs_destroy(&x));
	assert_int_equal(buried, 600000);
}

/* Freeze */

static void
a_freeze_that_fails_changes_nothing(void **state)
{
	struct longs x = with_destructor(50000);

	(void)state;
	for (size_t e = 0; e < COUNT(errors); e++) {
		fault_arm(FAULT_OS, 1, errors[e]);
		assert_result(longs_freeze(x), errors[e]);
		assert_true(fault_disarm());
		assert_false(access_faults(longs_slot(x, 0), ACCESS_WRITE));
		fill(x, longs_len(x) + 10);
		assert_holds(x, 50010 + 10 * e);
	}
	assert_ok(longs_freeze(x));
	assert_true(access_faults(longs_slot(x, 0), ACCESS_WRITE));
	assert_ok(longs_destroy(&x));
}

static void
a_freeze_that_cannot_be_undone_stays(void **state)
{
	struct longs x = with_destructor(50000);

	(void)state;
	fault_always(FAULT_OS, "protect", VBUF_ESYS);
	fault_also(FAULT_OS, "commit", VBUF_ECOMMIT);
	assert_result(longs_freeze(x), VBUF_ESYS);
	(void)fault_disarm();
	assert_result(longs_push(x, 1, NULL), VBUF_EPERM);
	assert_holds(x, 50000);
	assert_ok(longs_destroy(&x));
	assert_int_equal(buried, 50000);
}

/* Destroy */

static void
a_destroy_that_fails_leaves_an_empty_vector(void **state)
{
	(void)state;
	for (size_t n = 10; n <= 600000; n = n * 60000 - 10)
		for (int freeze = 0; freeze < 2; freeze++) {
			struct longs x = with_destructor(n);
			size_t expected = n;
			assert_int_equal(longs_prefix(x), n);
			if (freeze)
				assert_ok(longs_freeze(x));
			for (int again = 0; again < 2; again++) {
				fault_arm(FAULT_OS, 1, VBUF_ESYS);
				assert_result(longs_destroy(&x), VBUF_ESYS);
				assert_true(fault_disarm());
				assert_non_null(x.v);
				assert_int_equal(buried, expected);
				assert_holds(x, 0);
				if (freeze) {
					assert_result(longs_push(x, 1, NULL), VBUF_EPERM);
				} else {
					assert_zero_behind(x);
					fill(x, 3);
					expected += 3;
				}
			}
			assert_ok(longs_destroy(&x));
			assert_null(x.v);
			assert_int_equal(buried, expected);
		}
}

static void
stats_do_without_what_the_system_does_not_tell(void **state)
{
	struct longs x = full(1);
	struct vbuf_cvec_stats s;

	(void)state;
	fault_always(FAULT_OS, "resident", VBUF_ENOTSUP);
	assert_ok(longs_stats(x, &s));
	(void)fault_disarm();
	assert_int_equal(s.resident, 0);
	assert_int_equal(s.len, longs_len(x));
	assert_ok(longs_destroy(&x));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(create_fails_and_leaves_nothing),
		cmocka_unit_test(no_failure_consumes_an_index),
		cmocka_unit_test(while_no_memory_comes_all_fail_and_then_go_on),
		cmocka_unit_test(
			a_push_that_is_too_large_for_the_memory_leaves_room_for_small_ones),
		cmocka_unit_test(an_appender_makes_do_with_the_memory_there_is),
		cmocka_unit_test(a_clear_whose_purge_fails_wipes),
		cmocka_unit_test(a_clear_that_cannot_have_its_memory_again_gives_all_of_it_back),
		cmocka_unit_test(a_clear_that_fails_leaves_a_vector_without_room),
		cmocka_unit_test(a_freeze_that_fails_changes_nothing),
		cmocka_unit_test(a_freeze_that_cannot_be_undone_stays),
		cmocka_unit_test(a_destroy_that_fails_leaves_an_empty_vector),
		cmocka_unit_test(stats_do_without_what_the_system_does_not_tell),
	};

	return run_group("fault_cvec", tests);
}
