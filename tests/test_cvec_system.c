/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What a concurrent vector asks of the system: its children, and resident memory. */
#include <vbuf/cvec.h>

#include "access.h"
#include "child.h"
#include "system.h"
#include "test.h"

VBUF_CVEC(longs, int64_t);

enum { COUNT = 100000 };

static struct longs
with_count(enum vbuf_fork fork)
{
	static const int64_t fill = -7;
	struct vbuf_cvec_options o = {
		.size = sizeof o, .max = 2 * COUNT, .fill = &fill, .fork = fork
	};
	struct longs x;

	assert_ok(longs_create(&x, &o));
	for (int64_t i = 0; i < COUNT; i++)
		assert_ok(longs_push(x, i, NULL));
	return x;
}

static void
assert_holds(struct longs x, size_t n)
{
	assert_int_equal(longs_prefix(x), n);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(longs_data(x)[i], i);
}

static void
change_everything(void *arg)
{
	struct longs x = *(struct longs *)arg;
	size_t i = 0;

	assert_holds(x, COUNT);
	*longs_get(x, 5) = 1;
	for (int64_t k = COUNT; k < 2 * COUNT - 1; k++)
		assert_ok(longs_push(x, k, NULL));
	assert_ok(longs_claim(x, 1, &i));
	longs_abandon(x, i, 1);
	assert_int_equal(*longs_get(x, i), -7);
	assert_int_equal(longs_prefix(x), 2 * COUNT);
	assert_ok(longs_clear(x));
	assert_ok(longs_push(x, 1, NULL));
	assert_ok(longs_destroy(&x));
}

static void
a_child_has_a_copy_of_its_own(void **state)
{
	struct longs x = with_count(VBUF_FORK_INHERIT);

	(void)state;
	in_child(change_everything, &x);
	assert_holds(x, COUNT);
	assert_int_equal(longs_len(x), COUNT);
	assert_ok(longs_destroy(&x));
}

static void
find_it_held_up(void *arg)
{
	struct longs x = *(struct longs *)arg;
	size_t i = 0;

	assert_ok(longs_push(x, 1, &i));
	assert_int_equal(i, COUNT + 3);
	assert_int_equal(*longs_get(x, i), 1);
	assert_holds(x, COUNT);
	assert_int_equal(longs_next(x, COUNT), i);
	assert_ok(longs_destroy(&x));
}

static void
what_was_not_published_holds_up_the_prefix_of_a_child(void **state)
{
	struct longs x = with_count(VBUF_FORK_INHERIT);
	size_t i = 0;

	(void)state;
	assert_ok(longs_claim(x, 3, &i));
	in_child(find_it_held_up, &x);
	for (size_t k = i; k < i + 3; k++)
		*longs_slot(x, k) = (int64_t)k;
	longs_publish(x, i, 3);
	assert_holds(x, COUNT + 3);
	assert_ok(longs_destroy(&x));
}

static void
find_nothing(void *arg)
{
	struct longs *x = arg;

	assert_true(access_faults((void *)x->v, ACCESS_READ));
	x->v = NULL; /* all it may do */
	assert_ok(longs_destroy(x));
}

static void
find_zeros(void *arg)
{
	const int64_t *data = arg;

	for (size_t i = 0; i < COUNT; i++)
		assert_int_equal(data[i], 0);
}

static void
a_child_does_not_get_what_it_shall_not(void **state)
{
	(void)state;
	needs(BACKEND_DROPS);
	struct longs x = with_count(VBUF_FORK_DROP);
	in_child(find_nothing, &x);
	assert_holds(x, COUNT);
	assert_ok(longs_destroy(&x));
	needs(BACKEND_WIPES);
	x = with_count(VBUF_FORK_WIPE);
	in_child(find_zeros, longs_data(x));
	assert_holds(x, COUNT);
	assert_ok(longs_destroy(&x));
}

static void
prefaulted_memory_is_resident(void **state)
{
	struct vbuf_cvec_options o = { .size = sizeof o, .max = MIB };
	struct vbuf_cvec_stats before, after;
	struct longs x;

	(void)state;
	assert_ok(longs_create(&x, &o));
	assert_ok(longs_reserve(x, 400000));
	assert_ok(longs_stats(x, &before));
	assert_ok(longs_prefault(x, 400000));
	assert_ok(longs_stats(x, &after));
	if (before.resident == 0)
		skip_because("this system does not tell what is resident");
	assert_true(before.resident < 100000 * 9);
	assert_true(after.resident >= 400000 * 9);
	assert_ok(longs_destroy(&x));
}

static void
assert_committed_by_units(const struct vbuf_cvec_options *o, size_t small)
{
	const size_t unit = vbuf_huge_page_size();
	struct vbuf_cvec_stats stats;
	struct longs x;

	assert_ok(longs_create(&x, o));
	assert_int_equal(((uintptr_t)longs_data(x) + small) % unit, 0);
	assert_int_equal((uintptr_t)longs_data(x) % (o->align ? o->align : 8), 0);
	for (size_t n = small / 8 + 1; n < o->max; n = longs_capacity(x) + 1) {
		assert_ok(longs_reserve(x, n));
		uintptr_t end = (uintptr_t)(longs_data(x) + longs_capacity(x));
		assert_true(end % unit == 0 || longs_capacity(x) == o->max);
	}
	assert_ok(longs_stats(x, &stats));
	assert_int_equal(stats.capacity, o->max);
	assert_true(stats.committed >= o->max * 9 + o->header_size);
	assert_true(stats.committed <= stats.reserved);
	for (size_t i = 0; i < o->header_size; i++)
		((unsigned char *)longs_header(x))[i] = 7;
	assert_ok(longs_push(x, 1, NULL));
	assert_int_equal(longs_data(x)[0], 1);
	assert_ok(longs_destroy(&x));
}

static void
a_large_vector_commits_no_huge_page_in_part_but_those_it_begins_in(void **state)
{
	struct vbuf_cvec_options o = { .size = sizeof o, .max = 3 * MIB + 77 };

	(void)state;
	if (vbuf_huge_page_size() == 0 || vbuf_huge_page_size() > 4 * MIB)
		skip_because("there are no huge pages of such a size");
	assert_committed_by_units(&o, MIB);
	o.header_size = 100 * 8;
	o.header_align = 8;
	assert_committed_by_units(&o, MIB);
	o.align = MIB;
	assert_committed_by_units(&o, MIB);
	o.align = 0;
	o.initial = MIB; /* of which is known that it becomes large */
	assert_committed_by_units(&o, 0);
}

/* Elements of sizes that fit no page, up to the last byte of each capacity. */
static void
states_of_a_large_vector_commit_none_either(void **state)
{
	static const size_t sizes[] = { 1, 3, 5 };

	(void)state;
	if (vbuf_huge_page_size() == 0 || vbuf_huge_page_size() > 4 * MIB)
		skip_because("there are no huge pages of such a size");
	for (size_t s = 0; s < COUNT(sizes); s++) {
		const size_t unit = vbuf_huge_page_size(), max = 4 * unit + 4 * MIB + 5;
		struct vbuf_cvec_options o = { .size = sizeof o, .max = max };
		struct vbuf_cvec *v;
		assert_ok(vbuf_cvec_create(&v, sizes[s], 1, &o));
		assert_int_equal(((uintptr_t)v->state_ + MIB / 2) % unit, 0);
		for (size_t n = 0; n < max; n = vbuf_cvec_capacity(v) + 1) {
			assert_ok(vbuf_cvec_reserve(v, n));
			size_t last = vbuf_cvec_capacity(v) - 1;
			v->state_[last] = 0;
			((unsigned char *)v->data_)[last * sizes[s] + sizes[s] - 1] = 7;
		}
		assert_ok(vbuf_cvec_destroy(&v));
	}
}

static void
alignment_alone_makes_no_vector_large(void **state)
{
	struct vbuf_cvec_options o = { .size = sizeof o, .max = 16 * MIB, .align = 4 * MIB };
	struct vbuf_cvec_stats stats;
	struct longs x;

	(void)state;
	assert_ok(longs_create(&x, &o));
	assert_int_equal((uintptr_t)longs_data(x) % o.align, 0);
	assert_ok(longs_push(x, 1, NULL));
	assert_ok(longs_stats(x, &stats));
	assert_true(stats.committed < MIB / 2);
	assert_ok(longs_destroy(&x));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_child_has_a_copy_of_its_own),
		cmocka_unit_test(what_was_not_published_holds_up_the_prefix_of_a_child),
		cmocka_unit_test(a_child_does_not_get_what_it_shall_not),
		cmocka_unit_test(prefaulted_memory_is_resident),
		cmocka_unit_test(states_of_a_large_vector_commit_none_either),
		cmocka_unit_test(alignment_alone_makes_no_vector_large),
		cmocka_unit_test(
			a_large_vector_commits_no_huge_page_in_part_but_those_it_begins_in),
	};

	return run_group("cvec_system", tests);
}
