/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Prefaulting ahead: a worker beside the owner of a vector, and both in one thread. */
#include <vbuf/vec.h>

#include <pthread.h>
#include <sched.h>

#include "system.h"
#include "test.h"

VBUF_VEC(longs, int64_t);

static size_t
resident(const struct longs *v)
{
	struct vbuf_vec_stats s;

	assert_ok(longs_stats(v, &s));
	return system_answers(SYSTEM_RESIDENCY) ? s.resident : 0;
}

static struct longs
new_vector(void)
{
	const struct vbuf_vec_options o = { .size = sizeof o, .recycle = VBUF_VEC_RECYCLE_NEVER };
	struct longs v;

	assert_ok(longs_init(&v, &o));
	return v;
}

/* Work until the distance is reached; how many steps it took. */
static int
work(struct vbuf_vec_ahead *a)
{
	int steps = 0, more;

	while ((more = vbuf_vec_ahead_step(a)) > 0)
		if (++steps > 10000)
			fail_msg("%d steps", steps);
	assert_int_equal(more, 0);
	return steps;
}

static void
the_distance_is_kept_and_resident(void **state)
{
	struct longs v = new_vector();
	struct vbuf_vec_ahead a;
	struct vbuf_vec_stats s;

	(void)state;
	assert_ok(longs_push(&v, 1));
	assert_ok(longs_ahead_begin(&a, &v, 8 * MIB));
	assert_true(work(&a) > 1);
	assert_int_equal(work(&a), 0);
	for (int i = 0; i < 100000; i++)
		assert_ok(longs_push(&v, i));
	assert_ok(longs_reserve(&v, v.len + 1)); /* tells the worker at the latest */
	work(&a);
	assert_ok(vbuf_vec_ahead_end(&a));
	assert_ok(longs_stats(&v, &s));
	size_t used = v.len * sizeof(int64_t);
	assert_true(s.committed >= used + 8 * MIB);
	assert_true(s.committed <= used + 8 * MIB + 3 * 4 * MIB); /* and not much beyond */
	if (resident(&v) > 0) {
		assert_true(s.resident >= used + 6 * MIB);
		assert_true(s.resident <= s.committed);
	}
	for (size_t i = 1; i < v.len; i++)
		assert_int_equal(v.data[i], i - 1);
	assert_ok(longs_fini(&v));
}

/* Room that was there before the worker began is not resident by itself. */
static void
reserved_room_is_made_resident_too(void **state)
{
	struct longs v = new_vector();
	struct vbuf_vec_ahead a;

	(void)state;
	assert_ok(longs_reserve(&v, 2 * MIB)); /* 16 MiB */
	assert_ok(longs_ahead_begin(&a, &v, 8 * MIB));
	size_t before = resident(&v);
	assert_true(work(&a) > 0);
	assert_ok(vbuf_vec_ahead_end(&a));
	if (before > 0)
		assert_true(resident(&v) >= 8 * MIB && resident(&v) <= 14 * MIB);
	assert_ok(longs_fini(&v));
}

static void
a_worker_that_was_overtaken_goes_on_from_there(void **state)
{
	(void)state;
	/* wherever in a page the owner is by then */
	for (size_t past = 0; past < 2 * PAGE / sizeof(int64_t); past += 37) {
		struct longs v = new_vector();
		struct vbuf_vec_ahead a;
		assert_ok(longs_ahead_begin(&a, &v, MIB));
		assert_ok(longs_resize(&v, MIB / 2 + past));
		assert_true(work(&a) > 0);
		assert_int_equal(work(&a), 0);
		assert_ok(vbuf_vec_ahead_end(&a));
		size_t capacity = longs_capacity(&v);
		assert_true(capacity >= v.len + MIB / sizeof(int64_t));
		assert_ok(longs_resize(&v, capacity));
		v.data[capacity - 1] = 1;
		assert_ok(longs_fini(&v));
	}
}

/* Room that the owner reserves meanwhile is not used yet: the worker has it to do. */
static void
room_reserved_meanwhile_is_not_skipped(void **state)
{
	(void)state;
	for (int way = 0; way < 3; way++) {
		struct longs v = new_vector();
		struct vbuf_vec_ahead a;
		assert_ok(longs_ahead_begin(&a, &v, 16 * MIB));
		size_t before = resident(&v);
		assert_ok(longs_push(&v, 1));
		if (way == 0)
			assert_ok(longs_reserve(&v, 4 * MIB));
		if (way == 1)
			assert_ok(longs_reserve_exact(&v, 4 * MIB));
		if (way == 2)
			assert_ok(longs_prefault(&v, MIB / 8));
		assert_true(work(&a) > 0);
		assert_ok(vbuf_vec_ahead_end(&a));
		if (before > 0)
			assert_true(resident(&v) >= 14 * MIB && resident(&v) <= 24 * MIB);
		assert_ok(longs_fini(&v));
	}
}

static void
less_room_than_is_used_takes_nothing_from_the_distance(void **state)
{
	struct longs v = new_vector();
	struct vbuf_vec_ahead a;

	(void)state;
	assert_ok(longs_resize(&v, MIB));
	assert_ok(longs_ahead_begin(&a, &v, 32 * MIB));
	assert_ok(longs_reserve(&v, 1));
	assert_ok(longs_prefault(&v, 1));
	work(&a);
	assert_ok(longs_truncate(&v, 10)); /* what was used once is there */
	assert_ok(longs_push(&v, 1));
	assert_ok(longs_reserve(&v, 20));
	assert_int_equal(work(&a), 0);
	assert_ok(vbuf_vec_ahead_end(&a));
	assert_true(longs_capacity(&v) >= 5 * MIB);
	assert_ok(longs_fini(&v));
}

/* A push tells the worker within one huge page, however large the distance is. */
static void
the_worker_hears_of_the_owner_in_time(void **state)
{
	struct longs v = new_vector();
	struct vbuf_vec_ahead a;

	(void)state;
	assert_ok(longs_ahead_begin(&a, &v, 16 * MIB));
	work(&a);
	for (int i = 0; i < 12 * 131072; i++) /* 12 MiB, all of it in the capacity */
		assert_ok(longs_push(&v, i));
	work(&a);
	assert_ok(vbuf_vec_ahead_end(&a));
	size_t huge = vbuf_huge_page_size(), unit = huge && huge <= 4 * MIB ? huge : 2 * MIB;
	assert_true(longs_capacity(&v) * 8 >= 28 * MIB - unit);
	assert_ok(longs_fini(&v));
}

static void
what_may_not_be_done_meanwhile_is_busy(void **state)
{
	struct longs v = new_vector(), other;
	struct vbuf_vec_ahead a, b;
	struct vbuf buf;
	size_t offset;

	(void)state;
	assert_ok(longs_push(&v, 5));
	assert_result(longs_ahead_begin(&a, &v, 0), VBUF_EINVAL);
	assert_ok(longs_ahead_begin(&a, &v, MIB));
	assert_result(longs_ahead_begin(&b, &v, MIB), VBUF_EBUSY);
	assert_result(longs_fini(&v), VBUF_EBUSY);
	assert_result(longs_freeze(&v), VBUF_EBUSY);
	assert_result(longs_shrink_to_fit(&v), VBUF_EBUSY);
	assert_result(longs_detach(&v, &buf, &offset), VBUF_EBUSY);
	assert_int_equal(buf.size, 0);
	assert_int_equal(v.len, 1);
	assert_int_equal(v.data[0], 5);
	/* and all else works */
	work(&a);
	assert_ok(longs_insert(&v, 0, 4));
	assert_ok(longs_append(&v, &v));
	assert_ok(longs_resize(&v, 200000));
	assert_ok(longs_remove_n(&v, 10, 100));
	assert_ok(longs_clone(&v, &other));
	assert_ok(longs_fini(&other));
	assert_ok(longs_split_off(&v, 100, &other));
	assert_ok(longs_fini(&other));
	assert_ok(longs_truncate(&v, 2));
	assert_ok(longs_prefault(&v, 1000));
	assert_ok(longs_pop(&v, NULL));
	assert_int_equal(v.data[0], 4);
	assert_ok(vbuf_vec_ahead_end(&a));
	assert_result(vbuf_vec_ahead_end(&a), VBUF_EINVAL);
	assert_result(vbuf_vec_ahead_step(&a), VBUF_EINVAL);
	assert_ok(longs_ahead_begin(&a, &v, MIB)); /* once more */
	assert_ok(vbuf_vec_ahead_end(&a));
	assert_ok(longs_shrink_to_fit(&v));
	assert_ok(longs_fini(&v));

	struct longs none = { 0 };
	assert_result(longs_ahead_begin(&a, &none, MIB), VBUF_EINVAL);
}

static void
memory_goes_back_after_the_end_and_not_before(void **state)
{
	struct vbuf_vec_stats s;

	(void)state;
	for (int pops = 0; pops < 2; pops++) {
		struct longs v = new_vector();
		struct vbuf_vec_ahead a;
		assert_ok(longs_push(&v, 1));
		assert_ok(longs_push(&v, 2));
		assert_ok(longs_ahead_begin(&a, &v, 16 * MIB));
		work(&a);
		assert_ok(longs_push(&v, 3));
		assert_ok(longs_truncate(&v, 2));
		assert_ok(vbuf_vec_ahead_end(&a));
		assert_true(longs_capacity(&v) * sizeof(int64_t) >= 15 * MIB);
		assert_ok(pops ? longs_pop(&v, NULL) : longs_truncate(&v, 1));
		assert_ok(longs_stats(&v, &s));
		assert_true(s.committed <= 256 * KIB + 2 * PAGE);
		assert_ok(longs_fini(&v));
	}
}

static void
the_worker_stops_at_the_maximum(void **state)
{
	const struct vbuf_vec_options o = { .size = sizeof o, .max = 100000 };
	struct longs v;
	struct vbuf_vec_ahead a;

	(void)state;
	assert_ok(longs_init(&v, &o));
	assert_ok(longs_ahead_begin(&a, &v, SIZE_MAX));
	work(&a);
	assert_ok(longs_reserve(&v, 1));
	while (longs_push(&v, 1) == VBUF_OK)
		assert_true(longs_capacity(&v) <= 100000);
	assert_int_equal(v.len, 100000);
	assert_int_equal(work(&a), 0);
	assert_ok(vbuf_vec_ahead_end(&a));
	assert_int_equal(longs_capacity(&v), 100000);
	assert_ok(longs_fini(&v));
}

struct worker {
	struct vbuf_vec_ahead ahead;
	bool stop;
	unsigned steps;
	int err;
};

static void *
work_beside(void *arg)
{
	struct worker *w = arg;

	while (!__atomic_load_n(&w->stop, __ATOMIC_RELAXED)) {
		int more = vbuf_vec_ahead_step(&w->ahead);
		if (more < 0)
			w->err = more;
		w->steps += more > 0;
		if (more <= 0)
			sched_yield();
	}
	return NULL;
}

/* Pushes, shrinks and regrows while the worker is at it. */
static void
an_owner_beside_a_worker_finds_what_it_wrote(void **state)
{
	const size_t distances[] = { 1, MIB, 32 * MIB };
	uint64_t seed = test_seed();

	(void)state;
	for (size_t d = 0; d < sizeof distances / sizeof *distances; d++) {
		struct worker w = { .stop = false };
		struct longs v = new_vector();
		pthread_t thread;
		assert_ok(longs_ahead_begin(&w.ahead, &v, distances[d]));
		assert_int_equal(pthread_create(&thread, NULL, work_beside, &w), 0);
		for (int round = 0; round < 6; round++) {
			size_t more = (size_t)(next_random(&seed) % 400000);
			for (size_t i = 0; i < more; i++)
				if (longs_push(&v, (int64_t)v.len) != VBUF_OK)
					fail_msg("push %zu", i);
			size_t n = v.len;
			assert_ok(longs_resize(&v, n + (size_t)(next_random(&seed) % 100000)));
			assert_ok(longs_truncate(&v, n));
			for (size_t i = 0; i < v.len; i++)
				if (v.data[i] != (int64_t)i)
					fail_msg("element %zu is lost", i);
			size_t less = (size_t)(next_random(&seed) % (v.len + 1));
			while (v.len > less)
				assert_ok(longs_pop(&v, NULL));
		}
		__atomic_store_n(&w.stop, true, __ATOMIC_RELAXED);
		assert_int_equal(pthread_join(thread, NULL), 0);
		assert_ok(w.err);
		fprintf(stderr, "distance %zu: %u steps\n", distances[d], w.steps);
		assert_ok(vbuf_vec_ahead_end(&w.ahead));
		for (size_t i = 0; i < v.len; i++)
			assert_int_equal(v.data[i], i);
		assert_ok(longs_fini(&v));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_distance_is_kept_and_resident),
		cmocka_unit_test(reserved_room_is_made_resident_too),
		cmocka_unit_test(a_worker_that_was_overtaken_goes_on_from_there),
		cmocka_unit_test(room_reserved_meanwhile_is_not_skipped),
		cmocka_unit_test(less_room_than_is_used_takes_nothing_from_the_distance),
		cmocka_unit_test(the_worker_hears_of_the_owner_in_time),
		cmocka_unit_test(what_may_not_be_done_meanwhile_is_busy),
		cmocka_unit_test(memory_goes_back_after_the_end_and_not_before),
		cmocka_unit_test(the_worker_stops_at_the_maximum),
		cmocka_unit_test(an_owner_beside_a_worker_finds_what_it_wrote),
	};

	return run_group("vec_ahead", tests);
}
