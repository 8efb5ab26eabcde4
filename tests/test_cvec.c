/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The concurrent vector, each call by one thread: typed and engine. */
#include <vbuf/cvec.h>

#include "access.h"
#include "cvec.h"
#include "test.h"

VBUF_CVEC(longs, int64_t);

struct point {
	short x, y, z;
};
VBUF_CVEC(points, struct point);
VBUF_CVEC(names, const char *);

static struct longs
longs_at_most(size_t max)
{
	struct vbuf_cvec_options o = { .size = sizeof o, .max = max };
	struct longs x;

	assert_ok(longs_create(&x, &o));
	return x;
}

static void
fill(struct longs x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_ok(longs_push(x, (int64_t)(i * i), NULL));
}

static void
a_new_vector_is_empty_and_has_room(void **state)
{
	struct longs x = longs_at_most(1000);

	(void)state;
	assert_int_equal(longs_len(x), 0);
	assert_int_equal(longs_prefix(x), 0);
	assert_int_equal(longs_prefix_seen(x), 0);
	assert_in_range(longs_capacity(x), 1, 1000);
	assert_int_equal(longs_max(x), 1000);
	assert_null(longs_get(x, 0));
	assert_null(longs_get(x, SIZE_MAX));
	assert_int_equal(longs_state(x, 0), VBUF_CVEC_ABSENT);
	assert_int_equal(longs_next(x, 0), SIZE_MAX);
	assert_int_equal(longs_prev(x, SIZE_MAX), SIZE_MAX);
	assert_null(longs_header(x));
	assert_ok(longs_destroy(&x));
	assert_null(x.v);
}

static void
pushed_elements_are_found_by_every_way_of_reading(void **state)
{
	struct longs x = longs_at_most(100000);
	size_t index = 7, seen = 0;

	(void)state;
	for (size_t i = 0; i < 50000; i++) {
		assert_ok(longs_push(x, (int64_t)i * 3, &index));
		assert_int_equal(index, i);
	}
	assert_int_equal(longs_len(x), 50000);
	assert_int_equal(longs_prefix_seen(x), 0);
	assert_int_equal(*longs_get(x, 49999), 49999 * 3); /* above the prefix seen */
	assert_int_equal(longs_prefix(x), 50000);
	assert_int_equal(longs_prefix_seen(x), 50000);
	assert_int_equal(*longs_get(x, 49999), 49999 * 3); /* below it */
	assert_null(longs_get(x, 50000));
	assert_null(longs_get(x, longs_capacity(x)));
	for (size_t i = longs_next(x, 0); i != SIZE_MAX; i = longs_next(x, i + 1))
		assert_int_equal(longs_data(x)[i], (int64_t)seen++ * 3);
	assert_int_equal(seen, 50000);
	for (size_t i = longs_prev(x, SIZE_MAX); i != SIZE_MAX; i = longs_prev(x, i))
		assert_ptr_equal(longs_get(x, i), longs_slot(x, --seen));
	assert_int_equal(seen, 0);
	assert_ok(longs_destroy(&x));
}

static void
elements_stay_where_they_are(void **state)
{
	struct longs x = longs_at_most(4 * MIB);
	int64_t *first;

	(void)state;
	fill(x, 1);
	first = longs_get(x, 0);
	*first = 42;
	assert_ok(longs_reserve(x, 2 * MIB));
	fill(x, 3 * MIB);
	assert_ptr_equal(longs_get(x, 0), first);
	assert_int_equal(*first, 42);
	assert_ok(longs_destroy(&x));
}

static void
push_n_puts_its_elements_side_by_side(void **state)
{
	struct longs x = longs_at_most(100000);
	int64_t some[5000];
	size_t i = 7;

	(void)state;
	for (size_t k = 0; k < COUNT(some); k++)
		some[k] = (int64_t)k + 1;
	assert_ok(longs_push_n(x, some, 3, &i));
	assert_int_equal(i, 0);
	assert_ok(longs_push_n(x, some, 0, &i));
	assert_int_equal(i, 0);
	assert_ok(longs_push_n(x, NULL, 0, NULL));
	assert_ok(longs_push_n(x, some, 5000, &i)); /* more than one addition claims */
	assert_int_equal(i, 3);
	assert_ok(longs_push_n(x, some, 4096, &i));
	assert_int_equal(i, 5003);
	assert_ok(longs_push_n(x, some, 4097, NULL));
	assert_int_equal(longs_prefix(x), 5003 + 4096 + 4097);
	assert_memory_equal(longs_data(x), some, 3 * sizeof *some);
	assert_memory_equal(longs_data(x) + 3, some, 5000 * sizeof *some);
	assert_memory_equal(longs_data(x) + 5003, some, 4096 * sizeof *some);
	assert_memory_equal(longs_data(x) + 5003 + 4096, some, 4097 * sizeof *some);
	assert_ok(longs_destroy(&x));
}

static void
elements_may_be_pointers(void **state)
{
	static const char *const some[] = { "a", "b", "c" };
	struct vbuf_cvec_options o = { .size = sizeof o, .max = 10 };
	struct names x;

	(void)state;
	assert_ok(names_create(&x, &o));
	assert_ok(names_push_n(x, some, COUNT(some), NULL));
	assert_ok(names_push(x, "d", NULL));
	assert_int_equal(names_prefix(x), 4);
	assert_string_equal(*names_get(x, 2), "c");
	assert_string_equal(names_data(x)[3], "d");
	assert_ok(names_destroy(&x));
}

static void
a_claim_holds_up_the_prefix_until_it_is_published(void **state)
{
	struct longs x = longs_at_most(100);
	size_t i;

	(void)state;
	fill(x, 2);
	assert_ok(longs_claim(x, 3, &i));
	assert_int_equal(i, 2);
	assert_ok(longs_push(x, 9, NULL));
	assert_int_equal(longs_len(x), 6);
	assert_int_equal(longs_prefix(x), 2);
	assert_null(longs_get(x, 2));
	assert_int_equal(*longs_get(x, 5), 9);
	assert_int_equal(longs_next(x, 2), 5);
	assert_int_equal(longs_prev(x, 5), 1);
	longs_publish(x, 2, 2);
	assert_int_equal(longs_prefix(x), 4);
	longs_publish(x, 4, 1);
	assert_int_equal(longs_prefix(x), 6);
	assert_ok(longs_destroy(&x));
}

static void
claimed_slots_are_zero(void **state)
{
	struct longs x = longs_at_most(100000);
	size_t i;

	(void)state;
	for (int round = 0; round < 2; round++) {
		assert_ok(longs_claim(x, 70000, &i));
		assert_int_equal(i, 0);
		assert_all((void *)longs_slot(x, 0), 70000 * sizeof(int64_t), 0);
		memset(longs_slot(x, 0), 0xee, 70000 * sizeof(int64_t));
		longs_publish(x, 0, 35000); /* the others never are */
		assert_ok(longs_clear(x));
	}
	assert_ok(longs_claim(x, 10, &i));
	memset(longs_slot(x, 0), 0xee, 10 * sizeof(int64_t));
	assert_ok(longs_clear(x)); /* by writing, as it is little */
	assert_ok(longs_claim(x, 10, &i));
	assert_all((void *)longs_slot(x, 0), 10 * sizeof(int64_t), 0);
	assert_ok(longs_destroy(&x));
}

static void
abandoned_claims_are_zero_and_passed_by(void **state)
{
	struct longs x = longs_at_most(100);
	size_t i;

	(void)state;
	fill(x, 1);
	assert_ok(longs_claim(x, 4, &i));
	*longs_slot(x, 1) = 5;
	longs_abandon(x, 1, 3);
	assert_int_equal(longs_prefix(x), 4);
	assert_int_equal(longs_state(x, 1), VBUF_CVEC_ABANDONED);
	assert_int_equal(*longs_get(x, 1), 0);
	assert_int_equal(longs_next(x, 1), SIZE_MAX);
	assert_int_equal(longs_prev(x, SIZE_MAX), 0);
	longs_publish(x, 4, 1);
	assert_int_equal(longs_next(x, 1), 4);
	assert_int_equal(longs_prev(x, 4), 0);
	assert_ok(longs_destroy(&x));
}

static void
abandoned_claims_are_filled_as_asked(void **state)
{
	struct point nowhere = { -1, -2, -3 };
	struct vbuf_cvec_options o = { .size = sizeof o, .max = 5000, .fill = &nowhere };
	struct vbuf_cvec_appender a;
	struct points x;
	size_t i;

	(void)state;
	assert_ok(points_create(&x, &o));
	nowhere.x = 5; /* the vector has a copy */
	for (int round = 0; round < 2; round++) {
		assert_ok(points_claim(x, 2000, &i));
		assert_int_equal(points_slot(x, 1999)->x, 0); /* only what is given up */
		points_abandon(x, 0, 1000);
		points_publish(x, 1000, 1000);
		points_appender_init(&a, x, 100);
		assert_ok(points_append(&a, (struct point){ 1, 1, 1 }));
		assert_ok(points_push(x, (struct point){ 2, 2, 2 }, NULL));
		points_appender_fini(&a);
		assert_int_equal(points_prefix(x), 2101);
		for (i = 0; i < 2101; i++) {
			struct point *p = points_get(x, i);
			bool filled = points_state(x, i) == VBUF_CVEC_ABANDONED;
			assert_int_equal(filled, i < 1000 || (i > 2000 && i < 2100));
			assert_int_equal(p->x, filled ? -1 : i == 2000 ? 1 : i == 2100 ? 2 : 0);
			assert_int_equal(p->z, filled ? -3 : i == 2000 ? 1 : i == 2100 ? 2 : 0);
		}
		assert_ok(points_clear(x)); /* which does not forget it */
	}
	assert_ok(points_destroy(&x));
}

static void
a_fill_larger_than_a_page_lies_in_the_vector(void **state)
{
	static unsigned char large[70000], other[sizeof large];
	struct vbuf_cvec_options o = { .size = sizeof o, .max = 3, .fill = large };
	struct vbuf_cvec *v;
	size_t i;

	(void)state;
	memset(large, 0xf1, sizeof large);
	assert_ok(vbuf_cvec_create(&v, sizeof large, 1, &o));
	memset(large, 0, sizeof large);
	memset(other, 0x0e, sizeof other);
	assert_ok(vbuf_cvec_push(v, other, NULL));
	assert_ok(vbuf_cvec_claim(v, 2, &i));
	vbuf_cvec_abandon(v, i, 2);
	assert_all(vbuf_cvec_get(v, 0), sizeof large, 0x0e);
	assert_all(vbuf_cvec_get(v, 1), 2 * sizeof large, 0xf1);
	assert_ok(vbuf_cvec_destroy(&v));
}

static void
the_maximum_is_reached_exactly(void **state)
{
	static const size_t maxima[] = { 1, 2, 10, 4095, 4096, 4097, 262144, 300001 };

	(void)state;
	for (size_t k = 0; k < COUNT(maxima); k++) {
		struct longs x = longs_at_most(maxima[k]);
		size_t i = 77;
		fill(x, maxima[k]);
		for (int again = 0; again < 3; again++) {
			assert_result(longs_push(x, 1, &i), VBUF_ERANGE);
			assert_result(longs_claim(x, 2, &i), VBUF_ERANGE);
			assert_result(vbuf_cvec_push_exclusive(x.v, &i, &i), VBUF_ERANGE);
		}
		assert_int_equal(i, 77);
		assert_int_equal(longs_len(x), maxima[k]);
		assert_int_equal(longs_capacity(x), maxima[k]);
		assert_int_equal(longs_prefix(x), maxima[k]);
		assert_null(longs_get(x, maxima[k]));
		assert_result(longs_reserve(x, maxima[k] + 1), VBUF_ERANGE);
		assert_ok(longs_reserve(x, maxima[k]));
		assert_ok(longs_destroy(&x));
	}
}

static void
a_push_that_is_too_large_consumes_no_index(void **state)
{
	struct longs x = longs_at_most(10);
	static const int64_t many[11];
	size_t i = 77;

	(void)state;
	fill(x, 8);
	assert_result(longs_push_n(x, many, 3, &i), VBUF_ERANGE);
	assert_result(longs_push_n(x, many, 11, &i), VBUF_ERANGE);
	assert_result(longs_claim(x, SIZE_MAX, &i), VBUF_ERANGE);
	assert_result(longs_claim(x, SIZE_MAX / 2, &i), VBUF_ERANGE);
	assert_int_equal(i, 77);
	assert_int_equal(longs_len(x), 8);
	assert_ok(longs_push_n(x, many, 2, &i));
	assert_int_equal(i, 8);
	assert_int_equal(longs_prefix(x), 10);
	assert_ok(longs_destroy(&x));
}

static void
exclusive_and_shared_pushes_mix(void **state)
{
	struct longs x = longs_at_most(100000);
	size_t index;

	(void)state;
	for (size_t i = 0; i < 100000; i += 2) {
		assert_ok(longs_push_exclusive(x, (int64_t)i, &index));
		assert_int_equal(index, i);
		assert_ok(longs_push(x, (int64_t)i + 1, &index));
		assert_int_equal(index, i + 1);
	}
	assert_int_equal(longs_prefix(x), 100000);
	for (size_t i = 0; i < 100000; i++)
		assert_int_equal(longs_data(x)[i], i);
	assert_ok(longs_destroy(&x));
}

static void
several_are_pushed_exclusively(void **state)
{
	struct longs x = longs_at_most(100000);
	int64_t some[100];
	size_t index = 7, n = 0;

	(void)state;
	assert_ok(longs_push_n_exclusive(x, NULL, 0, &index));
	assert_int_equal(index, 7);
	for (size_t k = 0; n + k < 100000; n += k, k = (k + 1) % COUNT(some)) {
		for (size_t j = 0; j < k; j++)
			some[j] = (int64_t)(n + j);
		assert_ok(longs_push_n_exclusive(x, some, k, &index));
		assert_true(k == 0 || index == n);
	}
	assert_int_equal(longs_prefix(x), n);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(longs_data(x)[i], i);
	assert_result(longs_push_n_exclusive(x, some, 100001 - n, &index), VBUF_ERANGE);
	assert_result(longs_push_n_exclusive(x, some, SIZE_MAX, &index), VBUF_ERANGE);
	assert_int_equal(longs_len(x), n);
	assert_ok(longs_push_n_exclusive(x, some, 100000 - n, &index));
	assert_int_equal(longs_prefix(x), 100000);
	assert_ok(longs_freeze(x));
	assert_result(longs_push_n_exclusive(x, some, 1, &index), VBUF_EPERM);
	assert_ok(longs_destroy(&x));
}

static void
an_appender_gives_back_what_it_did_not_use(void **state)
{
	struct longs x = longs_at_most(1000);
	struct vbuf_cvec_appender a;

	(void)state;
	longs_appender_init(&a, x, 0);
	assert_ok(longs_append(&a, 1));
	assert_int_equal(longs_len(x), VBUF_CVEC_BLOCK);
	assert_int_equal(longs_prefix(x), 1);
	longs_appender_fini(&a);
	assert_int_equal(longs_len(x), 1);
	longs_appender_fini(&a); /* a second time is nothing */
	assert_int_equal(longs_len(x), 1);
	fill(x, 1);
	assert_int_equal(longs_prefix(x), 2);
	assert_ok(longs_destroy(&x));
}

static void
an_appender_abandons_what_others_claimed_behind(void **state)
{
	struct longs x = longs_at_most(1000);
	struct vbuf_cvec_appender a, b;
	int64_t one = 1;
	size_t i;

	(void)state;
	longs_appender_init(&a, x, 10);
	assert_ok(vbuf_cvec_appender_init(&b, x.v, 4));
	assert_ok(longs_append(&a, 1));
	assert_ok(vbuf_cvec_appender_push(&b, &one, &i));
	assert_int_equal(i, 10);
	longs_appender_fini(&a);
	assert_int_equal(longs_len(x), 14);
	assert_int_equal(longs_prefix(x), 11);
	assert_int_equal(longs_state(x, 1), VBUF_CVEC_ABANDONED);
	assert_int_equal(longs_next(x, 1), 10);
	vbuf_cvec_appender_fini(&b);
	assert_int_equal(longs_len(x), 11);
	assert_ok(longs_destroy(&x));
}

static void
an_appender_uses_the_last_index(void **state)
{
	struct longs x = longs_at_most(1000);
	struct vbuf_cvec_appender a;

	(void)state;
	longs_appender_init(&a, x, 256);
	for (int i = 0; i < 1000; i++)
		assert_ok(longs_append(&a, i));
	assert_result(longs_append(&a, 0), VBUF_ERANGE);
	assert_result(longs_append(&a, 0), VBUF_ERANGE);
	longs_appender_fini(&a);
	assert_int_equal(longs_prefix(x), 1000);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(longs_data(x)[i], i);
	assert_ok(longs_clear(x));
	longs_appender_init(&a, x, SIZE_MAX); /* more than there is: as much as there is */
	assert_ok(longs_append(&a, 1));
	longs_appender_fini(&a);
	assert_int_equal(longs_prefix(x), 1);
	assert_ok(longs_destroy(&x));
}

static void
reserve_makes_room_and_never_takes_it(void **state)
{
	struct longs x = longs_at_most(MIB);
	size_t had;

	(void)state;
	assert_ok(longs_reserve(x, 0));
	assert_ok(longs_reserve(x, 100000));
	assert_true(longs_capacity(x) >= 100000);
	had = longs_capacity(x);
	assert_ok(longs_reserve(x, 5));
	assert_int_equal(longs_capacity(x), had);
	assert_false(access_faults(longs_slot(x, had - 1), ACCESS_WRITE));
	assert_ok(longs_reserve(x, MIB));
	assert_int_equal(longs_capacity(x), MIB);
	assert_int_equal(longs_len(x), 0);
	assert_ok(longs_destroy(&x));
}

static void
reserve_exact_makes_hardly_more_room(void **state)
{
	struct longs x = longs_at_most(MIB);
	size_t page = PAGE / sizeof(int64_t);

	(void)state;
	size_t had = longs_capacity(x);
	assert_ok(longs_reserve_exact(x, had));
	assert_int_equal(longs_capacity(x), had);
	for (size_t n = had + 1; n < 100000; n = n * 5 / 4) { /* all less than a huge page */
		assert_ok(longs_reserve_exact(x, n));
		assert_in_range(longs_capacity(x), n, n + page);
	}
	assert_result(longs_reserve_exact(x, MIB + 1), VBUF_ERANGE);
	assert_ok(longs_reserve_exact(x, MIB));
	fill(x, MIB);
	assert_int_equal(longs_prefix(x), MIB);
	assert_ok(longs_destroy(&x));
}

static void
prefault_makes_room_and_changes_nothing(void **state)
{
	struct longs x = longs_at_most(MIB);

	(void)state;
	fill(x, 1000);
	assert_ok(longs_prefault(x, 0));
	assert_ok(longs_prefault(x, 500));
	assert_ok(longs_prefault(x, 400000));
	assert_true(longs_capacity(x) >= 400000);
	assert_int_equal(longs_len(x), 1000);
	fill(x, 399000);
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(longs_data(x)[i], i * i);
	assert_int_equal(longs_prefix(x), 400000);
	assert_result(longs_prefault(x, MIB + 1), VBUF_ERANGE);
	assert_ok(longs_freeze(x));
	assert_result(longs_prefault(x, 1), VBUF_EPERM);
	assert_result(longs_reserve_exact(x, 1), VBUF_EPERM);
	assert_ok(longs_destroy(&x));
}

static void
the_whole_capacity_is_accessible(void **state)
{
	static const size_t sizes[] = { 1, 3, 8, 24, 4096, 5000, 70000 };

	(void)state;
	for (size_t k = 0; k < COUNT(sizes); k++)
		for (size_t max = 1; max < 4000; max = max * 7 + 3) {
			struct vbuf_cvec_options o = { .size = sizeof o, .max = max };
			struct vbuf_cvec *v;
			assert_ok(vbuf_cvec_create(&v, sizes[k], 1, &o));
			for (size_t n = 1;; n = n * 3 < max ? n * 3 : max) {
				assert_ok(vbuf_cvec_reserve(v, n));
				size_t c = vbuf_cvec_capacity(v);
				assert_in_range(c, n, max);
				unsigned char *last = vbuf_cvec_slot(v, c - 1);
				last[0] = last[sizes[k] - 1] = 0;
				assert_null(vbuf_cvec_get(v, c - 1));
				assert_null(vbuf_cvec_get(v, c));
				if (n == max)
					break;
			}
			assert_ok(vbuf_cvec_destroy(&v));
		}
}

/* Destructors */

enum { MOST = 100 };
static struct point graves[MOST];
static size_t buried;

static void
bury(void *element, void *arg)
{
	assert_ptr_equal(arg, graves);
	assert_true(buried < MOST);
	graves[buried++] = *(struct point *)element;
}

static struct points
points_with_destructor(void)
{
	struct vbuf_cvec_options o = {
		.size = sizeof o, .max = MOST, .destroy = bury, .destroy_arg = graves
	};
	struct points x;

	buried = 0;
	assert_ok(points_create(&x, &o));
	return x;
}

static void
the_destructor_sees_each_published_element_once(void **state)
{
	struct points x = points_with_destructor();
	size_t i;

	(void)state;
	for (short k = 0; k < 10; k++)
		assert_ok(points_push(x, (struct point){ k, 0, 1 }, NULL));
	assert_ok(points_claim(x, 3, &i)); /* one published, one given up, one lost */
	points_slot(x, 10)->x = 10;
	points_publish(x, 10, 1);
	points_abandon(x, 11, 1);
	assert_ok(points_push(x, (struct point){ 11, 0, 0 }, NULL));
	assert_int_equal(buried, 0);
	assert_ok(points_clear(x));
	assert_int_equal(buried, 12);
	for (short k = 0; k < 12; k++)
		assert_int_equal(graves[k].x, k);
	buried = 0;
	assert_ok(points_clear(x));
	assert_int_equal(buried, 0);
	assert_ok(points_push(x, (struct point){ 77, 0, 0 }, NULL));
	assert_ok(points_destroy(&x));
	assert_int_equal(buried, 1);
	assert_int_equal(graves[0].x, 77);
	assert_ok(points_destroy(&x));
	assert_int_equal(buried, 1);
}

static void
what_an_appender_abandons_has_no_destructor(void **state)
{
	struct points x = points_with_destructor();
	struct vbuf_cvec_appender a;

	(void)state;
	points_appender_init(&a, x, 8);
	assert_ok(points_append(&a, (struct point){ 1, 2, 3 }));
	assert_ok(points_push(x, (struct point){ 4, 5, 6 }, NULL));
	points_appender_fini(&a);
	assert_ok(points_destroy(&x));
	assert_int_equal(buried, 2);
	assert_int_equal(graves[1].x, 4);
}

/* Clear and freeze */

static void
a_cleared_vector_begins_again(void **state)
{
	struct longs x = longs_at_most(4 * MIB);
	size_t sizes[] = { 10, 100000, 2 * MIB, 0, 5 };

	(void)state;
	for (size_t k = 0; k < COUNT(sizes); k++) {
		fill(x, sizes[k]);
		assert_int_equal(longs_prefix(x), sizes[k]);
		size_t had = longs_capacity(x);
		assert_ok(longs_clear(x));
		assert_int_equal(longs_len(x), 0);
		assert_int_equal(longs_prefix_seen(x), 0);
		assert_int_equal(longs_prefix(x), 0);
		assert_int_equal(longs_capacity(x), had);
		assert_null(longs_get(x, 0));
		assert_int_equal(longs_next(x, 0), SIZE_MAX);
	}
	assert_ok(longs_destroy(&x));
}

static void
a_large_clear_gives_memory_back(void **state)
{
	struct longs x = longs_at_most(4 * MIB);
	struct vbuf_cvec_stats s;

	(void)state;
	fill(x, 2 * MIB);
	assert_ok(longs_stats(x, &s));
	if (s.resident == 0)
		skip();
	assert_true(s.resident >= 2 * MIB * 9);
	assert_ok(longs_clear(x));
	assert_ok(longs_stats(x, &s));
	assert_true(s.resident < MIB);
	assert_ok(longs_destroy(&x));
}

static void
a_frozen_vector_is_read_only(void **state)
{
	struct vbuf_cvec_options o = { .size = sizeof o, .max = 100000, .header_size = 16 };
	struct longs x;
	struct vbuf_cvec_appender a;
	struct vbuf_cvec_stats s;
	static const int64_t one = 1;
	size_t i = 77;

	(void)state;
	assert_ok(longs_create(&x, &o));
	fill(x, 1000);
	assert_ok(longs_freeze(x));
	assert_true(access_faults(longs_slot(x, 0), ACCESS_WRITE));
	assert_true(access_faults(longs_slot(x, longs_capacity(x) - 1), ACCESS_WRITE));
	assert_true(access_faults(longs_header(x), ACCESS_WRITE));
	assert_result(longs_push(x, 1, &i), VBUF_EPERM);
	assert_result(longs_push_n(x, &one, 1, &i), VBUF_EPERM);
	assert_result(longs_claim(x, 5000, &i), VBUF_EPERM);
	assert_result(longs_push_exclusive(x, 1, &i), VBUF_EPERM);
	longs_appender_init(&a, x, 8);
	assert_result(longs_append(&a, 1), VBUF_EPERM);
	longs_appender_fini(&a);
	assert_result(longs_reserve(x, 5000), VBUF_EPERM);
	assert_result(longs_reserve(x, 0), VBUF_EPERM);
	assert_result(longs_push(x, 1, &i), VBUF_EPERM);
	assert_result(longs_clear(x), VBUF_EPERM);
	assert_result(longs_freeze(x), VBUF_EPERM);
	assert_int_equal(i, 77);
	assert_int_equal(longs_prefix(x), 1000);
	assert_int_equal(*longs_get(x, 999), 999 * 999);
	assert_ok(longs_stats(x, &s));
	assert_int_equal(s.len, 1000);
	assert_ok(longs_destroy(&x));
}

static void
destructors_run_on_a_frozen_vector(void **state)
{
	struct points x = points_with_destructor();

	(void)state;
	assert_ok(points_push(x, (struct point){ 1, 2, 3 }, NULL));
	assert_ok(points_freeze(x));
	assert_ok(points_destroy(&x));
	assert_int_equal(buried, 1);
}

/* Options */

static void
every_alignment_goes_with_every_header(void **state)
{
	static const size_t sizes[] = { 0, 1, 8, 24, 4096, 5000, 65536, 262144 };

	(void)state;
	for (size_t align = 0; align <= 2 * MIB; align = align ? align * 8 : 1)
		for (size_t s = 0; s < COUNT(sizes); s++)
			for (size_t h = 0; h <= 262144; h = h ? h * 8 : 1) {
				struct vbuf_cvec_options o = {
					.size = sizeof o,
					.max = 5000,
					.align = align,
					.header_size = sizes[s],
					.header_align = h,
				};
				struct longs x;
				int err = longs_create(&x, &o);
				if (h > 1 && sizes[s] % h) {
					assert_result(err, VBUF_EINVAL);
					assert_null(x.v);
					continue;
				}
				assert_ok(err);
				unsigned char *header = longs_header(x);
				if (sizes[s] == 0) {
					assert_null(header);
				} else {
					assert_ptr_equal(header + sizes[s], longs_data(x));
					if (h)
						assert_int_equal((uintptr_t)header % h, 0);
					assert_all(header, sizes[s], 0);
					memset(header, 0xaa, sizes[s]);
				}
				if (align)
					assert_int_equal((uintptr_t)longs_data(x) % align, 0);
				fill(x, 5000);
				assert_int_equal(longs_prefix(x), 5000);
				if (header)
					assert_all(header, sizes[s], 0xaa);
				assert_ok(longs_clear(x));
				if (header)
					assert_all(header, sizes[s], 0xaa);
				assert_ok(longs_destroy(&x));
			}
}

static void
options_that_make_no_sense_are_refused(void **state)
{
	static const struct {
		struct vbuf_cvec_options o;
		int err;
	} cases[] = {
		{ { .size = 0 }, VBUF_EINVAL },
		{ { .size = 0, .max = 5 }, VBUF_EINVAL },
		{ { .size = sizeof(struct vbuf_cvec_options) }, VBUF_EINVAL },
		{ { .size = sizeof(struct vbuf_cvec_options) - 1, .max = 5 }, VBUF_EINVAL },
		{ { .size = sizeof(struct vbuf_cvec_options), .max = 5, .initial = 6 },
		  VBUF_EINVAL },
		{ { .size = sizeof(struct vbuf_cvec_options), .max = 5, .align = 3 }, VBUF_EINVAL },
		{ { .size = sizeof(struct vbuf_cvec_options),
		    .max = 5,
		    .header_size = 12,
		    .header_align = 8 },
		  VBUF_EINVAL },
		{ { .size = sizeof(struct vbuf_cvec_options), .max = 5, .header_align = 3 },
		  VBUF_EINVAL },
		{ { .size = sizeof(struct vbuf_cvec_options), .max = 5, .huge = (enum vbuf_huge)9 },
		  VBUF_EINVAL },
		{ { .size = sizeof(struct vbuf_cvec_options), .max = 5, .fork = (enum vbuf_fork)3 },
		  VBUF_EINVAL },
		{ { .size = sizeof(struct vbuf_cvec_options), .max = 5, .zero_ = { 1 } },
		  VBUF_EINVAL },
		{ { .size = sizeof(struct vbuf_cvec_options), .max = 5, .zero_ = { [6] = 1 } },
		  VBUF_EINVAL },
		{ { .size = sizeof(struct vbuf_cvec_options), .max = SIZE_MAX }, VBUF_ERANGE },
		{ { .size = sizeof(struct vbuf_cvec_options), .max = SIZE_MAX / 4 }, VBUF_ERANGE },
		{ { .size = sizeof(struct vbuf_cvec_options), .max = SIZE_MAX / 8 }, VBUF_ERANGE },
		{ { .size = sizeof(struct vbuf_cvec_options), .max = 5, .header_size = SIZE_MAX },
		  VBUF_ERANGE },
		{ { .size = sizeof(struct vbuf_cvec_options), .max = 5, .align = SIZE_MAX / 2 + 1 },
		  VBUF_ERANGE },
	};
	struct vbuf_cvec_options o = { .size = sizeof o, .max = 5 };
	struct vbuf_cvec *v;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		v = (void *)&v;
		assert_result(vbuf_cvec_create(&v, 8, 8, &cases[i].o), cases[i].err);
		assert_null(v);
	}
	assert_result(vbuf_cvec_create(&v, 8, 8, NULL), VBUF_EINVAL);
	assert_result(vbuf_cvec_create(&v, 0, 8, &o), VBUF_EINVAL);
	assert_result(vbuf_cvec_create(&v, 8, 0, &o), VBUF_EINVAL);
	assert_result(vbuf_cvec_create(&v, 8, 3, &o), VBUF_EINVAL);
	assert_result(vbuf_cvec_create(&v, SIZE_MAX / 8, 8, &o), VBUF_ERANGE);
	assert_result(vbuf_cvec_create(NULL, 8, 8, &o), VBUF_EINVAL);
}

static void
an_option_of_the_future_is_not_supported(void **state)
{
	struct {
		struct vbuf_cvec_options o;
		size_t future;
	} given = { { .size = sizeof given, .max = 5 }, 0 };
	struct vbuf_cvec *v;

	(void)state;
	assert_ok(vbuf_cvec_create(&v, 8, 8, &given.o));
	assert_ok(vbuf_cvec_destroy(&v));
	given.future = 1;
	assert_result(vbuf_cvec_create(&v, 8, 8, &given.o), VBUF_ENOTSUP);
}

static void
the_initial_capacity_is_there_at_once(void **state)
{
	struct vbuf_cvec_options o = { .size = sizeof o, .max = 10, .initial = 1 };
	struct vbuf_cvec *v;

	(void)state;
	/* peers took 4096 pushes of a maximum of 10 */
	assert_ok(vbuf_cvec_create(&v, 1, 1, &o));
	assert_in_range(vbuf_cvec_capacity(v), 1, 10);
	assert_ok(vbuf_cvec_destroy(&v));
	o.max = o.initial = 100000;
	assert_ok(vbuf_cvec_create(&v, 8, 8, &o));
	assert_int_equal(vbuf_cvec_capacity(v), 100000);
	assert_ok(vbuf_cvec_destroy(&v));
}

static void
growth_is_by_the_step_asked_for(void **state)
{
	static const size_t steps[] = { 1, 100, 100000, SIZE_MAX / 2, SIZE_MAX };

	(void)state;
	for (size_t k = 0; k < COUNT(steps); k++) {
		struct vbuf_cvec_options o = { .size = sizeof o,
			                       .max = 300000,
			                       .growth = steps[k] };
		struct longs x;
		assert_ok(longs_create(&x, &o));
		size_t had = longs_capacity(x), page = PAGE / sizeof(int64_t);
		size_t most = steps[k] < 300000 - had ? had + steps[k] : 300000;
		fill(x, had < 300000 ? had + 1 : had);
		assert_in_range(longs_capacity(x), most, most + page);
		assert_ok(longs_destroy(&x));
	}
}

static void
huge_pages_are_for_the_caller_to_choose(void **state)
{
	(void)state;
	for (int huge = VBUF_HUGE_DEFAULT; huge <= VBUF_HUGE_NEVER; huge++) {
		struct vbuf_cvec_options o = { .size = sizeof o,
			                       .max = 4 * MIB,
			                       .huge = (enum vbuf_huge)huge,
			                       .name = "cvec" };
		struct longs x;
		assert_ok(longs_create(&x, &o));
		fill(x, 600000);
		assert_int_equal(longs_prefix(x), 600000);
		assert_ok(longs_destroy(&x));
	}
}

static void
what_concerns_the_reservation_is_passed_on(void **state)
{
	struct vbuf plain;

	(void)state;
	for (int fork = VBUF_FORK_INHERIT; fork <= VBUF_FORK_WIPE; fork++)
		for (int no_dump = 0; no_dump < 2; no_dump++) {
			struct vbuf_options lower = { .size = sizeof lower,
				                      .huge = VBUF_HUGE_NEVER,
				                      .fork = (enum vbuf_fork)fork,
				                      .no_dump = no_dump,
				                      .name = "a vector" };
			struct vbuf_cvec_options o = { .size = sizeof o,
				                       .max = 100000,
				                       .huge = lower.huge,
				                       .fork = lower.fork,
				                       .no_dump = no_dump,
				                       .name = "a vector" };
			struct longs x;
			if (vbuf_reserve(&plain, 16 * PAGE, &lower) == VBUF_ENOTSUP) {
				assert_result(longs_create(&x, &o), VBUF_ENOTSUP);
				assert_null(x.v);
				continue;
			}
			assert_ok(longs_create(&x, &o));
			const struct vbuf *buf = &x.v->control_->buf;
			assert_int_equal(buf->attrs_, plain.attrs_);
			assert_int_equal(buf->unmet, plain.unmet);
			assert_string_equal(buf->name_, plain.name_);
			fill(x, 50000);
			assert_int_equal(longs_prefix(x), 50000);
			assert_ok(longs_destroy(&x));
			assert_ok(vbuf_unreserve(&plain));
		}
}

static void
stats_tell_what_there_is(void **state)
{
	struct {
		struct vbuf_cvec_stats s;
		size_t future;
	} s;
	struct longs x = longs_at_most(MIB);
	size_t i;

	(void)state;
	fill(x, 10);
	assert_ok(longs_claim(x, 1, &i));
	fill(x, 1);
	memset(&s, 0xee, sizeof s);
	assert_ok(vbuf_cvec_get_stats(x.v, &s.s, sizeof s));
	assert_int_equal(s.s.len, 12);
	assert_int_equal(s.s.prefix, 10);
	assert_int_equal(s.s.capacity, longs_capacity(x));
	assert_int_equal(s.s.max, MIB);
	assert_true(s.s.reserved >= 9 * MIB);
	assert_in_range(s.s.committed, 9 * s.s.capacity, s.s.reserved);
	assert_true(s.s.resident <= s.s.committed);
	assert_int_equal(s.future, 0);
	assert_result(vbuf_cvec_get_stats(x.v, &s.s, sizeof s.s - 1), VBUF_EINVAL);
	assert_result(vbuf_cvec_get_stats(x.v, NULL, sizeof s), VBUF_EINVAL);
	assert_ok(longs_destroy(&x));
}

static void
a_byte_beside_an_element_is_all_it_costs(void **state)
{
	struct vbuf_cvec_options o = { .size = sizeof o, .max = 10 * MIB, .initial = 10 * MIB };
	struct vbuf_cvec_stats s;
	struct longs x;

	(void)state;
	assert_ok(longs_create(&x, &o));
	assert_ok(longs_stats(x, &s));
	assert_in_range(s.committed, 90 * MIB, 90 * MIB + 4 * PAGE);
	assert_ok(longs_destroy(&x));
}

/* Misuse */

static void
no_vector_is_an_error_and_not_a_crash(void **state)
{
	struct vbuf_cvec_appender a;
	struct vbuf_cvec_stats s;
	struct vbuf_cvec *none = NULL;
	struct longs x = longs_at_most(5);
	int64_t one = 1;
	size_t i;

	(void)state;
	assert_result(vbuf_cvec_push(NULL, &one, &i), VBUF_EINVAL);
	assert_result(vbuf_cvec_push(x.v, NULL, &i), VBUF_EINVAL);
	assert_result(vbuf_cvec_push_n(NULL, &one, 1, &i), VBUF_EINVAL);
	assert_result(vbuf_cvec_push_n(x.v, NULL, 1, &i), VBUF_EINVAL);
	assert_result(vbuf_cvec_push_exclusive(NULL, &one, &i), VBUF_EINVAL);
	assert_result(vbuf_cvec_push_n_exclusive(NULL, &one, 1, &i), VBUF_EINVAL);
	assert_result(vbuf_cvec_push_n_exclusive(x.v, NULL, 1, &i), VBUF_EINVAL);
	assert_result(vbuf_cvec_push_exclusive(x.v, NULL, &i), VBUF_EINVAL);
	assert_result(vbuf_cvec_claim(NULL, 1, &i), VBUF_EINVAL);
	assert_result(vbuf_cvec_claim(x.v, 1, NULL), VBUF_EINVAL);
	assert_result(vbuf_cvec_claim(x.v, 0, &i), VBUF_EINVAL);
	assert_result(vbuf_cvec_reserve(NULL, 1), VBUF_EINVAL);
	assert_result(vbuf_cvec_reserve_exact(NULL, 1), VBUF_EINVAL);
	assert_result(vbuf_cvec_prefault(NULL, 1), VBUF_EINVAL);
	assert_result(vbuf_cvec_clear(NULL), VBUF_EINVAL);
	assert_result(vbuf_cvec_freeze(NULL), VBUF_EINVAL);
	assert_result(vbuf_cvec_appender_init(NULL, x.v, 1), VBUF_EINVAL);
	assert_result(vbuf_cvec_appender_init(&a, NULL, 1), VBUF_EINVAL);
	assert_ok(vbuf_cvec_appender_init(&a, x.v, 1));
	assert_result(vbuf_cvec_appender_push(NULL, &one, &i), VBUF_EINVAL);
	assert_result(vbuf_cvec_appender_push(&a, NULL, &i), VBUF_EINVAL);
	vbuf_cvec_appender_fini(&a);
	vbuf_cvec_appender_fini(NULL);
	assert_result(vbuf_cvec_get_stats(NULL, &s, sizeof s), VBUF_EINVAL);
	assert_int_equal(vbuf_cvec_len(NULL), 0);
	assert_int_equal(vbuf_cvec_prefix(NULL), 0);
	assert_int_equal(vbuf_cvec_prefix_seen(NULL), 0);
	assert_int_equal(vbuf_cvec_capacity(NULL), 0);
	assert_int_equal(vbuf_cvec_max(NULL), 0);
	assert_int_equal(vbuf_cvec_state(NULL, 0), VBUF_CVEC_ABSENT);
	assert_null(vbuf_cvec_get(NULL, 0));
	assert_int_equal(vbuf_cvec_next(NULL, 0), SIZE_MAX);
	assert_int_equal(vbuf_cvec_prev(NULL, 0), SIZE_MAX);
	assert_null(vbuf_cvec_header(NULL));
	assert_ok(vbuf_cvec_destroy(NULL));
	assert_ok(vbuf_cvec_destroy(&none));
	assert_int_equal(vbuf_cvec_len(x.v), 0);
	assert_ok(longs_destroy(&x));
}

static void
any_index_may_be_asked_for(void **state)
{
	struct points x = points_with_destructor();
	uint64_t seed = test_seed();

	(void)state;
	for (int i = 0; i < 50; i++)
		assert_ok(points_push(x, (struct point){ 1, 1, 1 }, NULL));
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 10000; i++) {
			size_t k = (size_t)(next_random(&seed) >> (i % 64));
			assert_true((points_get(x, k) != NULL) == (k < 50));
			assert_true((points_state(x, k) == VBUF_CVEC_PUBLISHED) == (k < 50));
			assert_int_equal(points_next(x, k), k < 50 ? k : SIZE_MAX);
			assert_int_equal(points_prev(x, k), k == 0   ? SIZE_MAX
			                                    : k > 50 ? 49
			                                             : k - 1);
		}
		assert_int_equal(points_prefix(x), 50);
	}
	assert_ok(points_destroy(&x));
}

static void
the_engine_does_what_the_typed_layer_does(void **state)
{
	struct vbuf_cvec_options o = { .size = sizeof o, .max = 100, .header_size = 8 };
	struct vbuf_cvec_appender a;
	struct vbuf_cvec *v;
	struct point p[3] = { { 1, 2, 3 }, { 4, 5, 6 }, { 7, 8, 9 } };
	size_t i;

	(void)state;
	assert_ok(vbuf_cvec_create(&v, sizeof *p, 2, &o));
	assert_ok(vbuf_cvec_push(v, p, &i));
	assert_int_equal(i, 0);
	assert_ok(vbuf_cvec_push_n(v, p + 1, 2, &i));
	assert_int_equal(i, 1);
	assert_ok(vbuf_cvec_claim(v, 2, &i));
	memcpy(vbuf_cvec_slot(v, i), p, sizeof *p);
	vbuf_cvec_publish(v, i, 1);
	vbuf_cvec_abandon(v, i + 1, 1);
	assert_ok(vbuf_cvec_push_exclusive(v, p, &i));
	assert_int_equal(i, 5);
	assert_ok(vbuf_cvec_appender_init(&a, v, 2));
	for (size_t k = 0; k < 3; k++) {
		assert_ok(vbuf_cvec_appender_push(&a, &p[k], &i));
		assert_int_equal(i, 6 + k);
	}
	vbuf_cvec_appender_fini(&a);
	assert_int_equal(vbuf_cvec_prefix(v), 9);
	assert_memory_equal(vbuf_cvec_get(v, 0), p, sizeof p);
	assert_memory_equal(vbuf_cvec_get(v, 3), p, sizeof *p);
	assert_memory_equal(vbuf_cvec_get(v, 6), p, sizeof p);
	assert_int_equal(vbuf_cvec_next(v, 4), 5);
	assert_ptr_equal((unsigned char *)vbuf_cvec_header(v) + 8, vbuf_cvec_slot(v, 0));
	assert_ok(vbuf_cvec_reserve(v, 100));
	assert_ok(vbuf_cvec_freeze(v));
	assert_ok(vbuf_cvec_destroy(&v));
	assert_null(v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_vector_is_empty_and_has_room),
		cmocka_unit_test(pushed_elements_are_found_by_every_way_of_reading),
		cmocka_unit_test(elements_stay_where_they_are),
		cmocka_unit_test(push_n_puts_its_elements_side_by_side),
		cmocka_unit_test(elements_may_be_pointers),
		cmocka_unit_test(a_claim_holds_up_the_prefix_until_it_is_published),
		cmocka_unit_test(claimed_slots_are_zero),
		cmocka_unit_test(abandoned_claims_are_zero_and_passed_by),
		cmocka_unit_test(abandoned_claims_are_filled_as_asked),
		cmocka_unit_test(a_fill_larger_than_a_page_lies_in_the_vector),
		cmocka_unit_test(the_maximum_is_reached_exactly),
		cmocka_unit_test(a_push_that_is_too_large_consumes_no_index),
		cmocka_unit_test(exclusive_and_shared_pushes_mix),
		cmocka_unit_test(several_are_pushed_exclusively),
		cmocka_unit_test(an_appender_gives_back_what_it_did_not_use),
		cmocka_unit_test(an_appender_abandons_what_others_claimed_behind),
		cmocka_unit_test(an_appender_uses_the_last_index),
		cmocka_unit_test(reserve_makes_room_and_never_takes_it),
		cmocka_unit_test(reserve_exact_makes_hardly_more_room),
		cmocka_unit_test(prefault_makes_room_and_changes_nothing),
		cmocka_unit_test(the_whole_capacity_is_accessible),
		cmocka_unit_test(the_destructor_sees_each_published_element_once),
		cmocka_unit_test(what_an_appender_abandons_has_no_destructor),
		cmocka_unit_test(a_cleared_vector_begins_again),
		cmocka_unit_test(a_large_clear_gives_memory_back),
		cmocka_unit_test(a_frozen_vector_is_read_only),
		cmocka_unit_test(destructors_run_on_a_frozen_vector),
		cmocka_unit_test(every_alignment_goes_with_every_header),
		cmocka_unit_test(options_that_make_no_sense_are_refused),
		cmocka_unit_test(an_option_of_the_future_is_not_supported),
		cmocka_unit_test(the_initial_capacity_is_there_at_once),
		cmocka_unit_test(growth_is_by_the_step_asked_for),
		cmocka_unit_test(huge_pages_are_for_the_caller_to_choose),
		cmocka_unit_test(what_concerns_the_reservation_is_passed_on),
		cmocka_unit_test(stats_tell_what_there_is),
		cmocka_unit_test(a_byte_beside_an_element_is_all_it_costs),
		cmocka_unit_test(no_vector_is_an_error_and_not_a_crash),
		cmocka_unit_test(any_index_may_be_asked_for),
		cmocka_unit_test(the_engine_does_what_the_typed_layer_does),
	};

	return run_group("cvec", tests);
}
