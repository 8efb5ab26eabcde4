/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * What is true of a vector of int whichever way it is used: test_vec.c includes this
 * twice. VEC is the struct and PREFIX that of the functions: a typed vector, then the
 * bare engine behind the same names. No include guard: each inclusion is another set of tests.
 */
#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)
#define DO(what) JOIN(PREFIX, what)
#define CASE(name) static void JOIN(PREFIX, name)(void **state)
#define INTS(v) ((const int *)(v)->data)

/* 0, 1, 2, ... */
static void
DO(count_up)(struct VEC *v, size_t n)
{
	DO(begin)(v);
	for (size_t i = 0; i < n; i++)
		assert_ok(DO(push)(v, (int)i));
}

/* Are these the elements? */
static void
DO(expect)(const struct VEC *v, const int *expected, size_t n)
{
	assert_int_equal(v->len, n);
	for (size_t i = 0; i < n; i++)
		if (INTS(v)[i] != expected[i])
			fail_msg("element %zu is %d, not %d", i, INTS(v)[i], expected[i]);
}
#define EXPECT(v, ...)                                                                             \
	DO(expect)                                                                                 \
	((v), (const int[]){ __VA_ARGS__ }, sizeof(const int[]){ __VA_ARGS__ } / sizeof(int))

static void
DO(end)(struct VEC *v)
{
	assert_ok(DO(fini)(v));
	assert_null(v->data);
	assert_int_equal(v->len, 0);
	assert_null(v->control_);
	assert_ok(DO(fini)(v)); /* of the empty vector: nothing */
}

CASE(pushes_come_out_in_order_and_the_last_first)
{
	struct VEC v;
	int last;

	(void)state;
	DO(count_up)(&v, 1000);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(INTS(&v)[i], i);
	for (int i = 999; i >= 0; i--) {
		assert_ok(DO(pop)(&v, &last));
		assert_int_equal(last, i);
	}
	assert_int_equal(v.len, 0);
	last = 77;
	assert_result(DO(pop)(&v, &last), VBUF_ERANGE);
	assert_result(DO(pop)(&v, NULL), VBUF_ERANGE);
	assert_int_equal(last, 77);
	assert_ok(DO(push)(&v, 5));
	assert_ok(DO(pop)(&v, NULL));
	assert_int_equal(v.len, 0);
	DO(end)(&v);
}

CASE(push_n_takes_any_number_from_anywhere)
{
	struct VEC v;
	int more[3000];

	(void)state;
	for (int i = 0; i < 3000; i++)
		more[i] = 3000 - i;
	DO(begin)(&v);
	assert_ok(DO(push_n)(&v, NULL, 0));
	assert_ok(DO(push_n)(&v, more, 3000));
	assert_ok(DO(push_n)(&v, more, 1));
	assert_ok(DO(push_n)(&v, INTS(&v), 0));
	assert_int_equal(v.len, 3001);
	assert_memory_equal(v.data, more, sizeof more);
	assert_int_equal(INTS(&v)[3000], 3000);
	assert_result(DO(push_n)(&v, NULL, 1), VBUF_EINVAL);
	assert_int_equal(v.len, 3001);
	DO(end)(&v);
}

CASE(elements_pushed_from_the_vector_itself_are_those_before_the_call)
{
	struct VEC v;

	(void)state;
	DO(count_up)(&v, 5);
	assert_ok(DO(push_n)(&v, INTS(&v) + 1, 3));
	EXPECT(&v, 0, 1, 2, 3, 4, 1, 2, 3);
	/* doubled by itself through many growths, each of them from the memory it grows in */
	for (int round = 0; round < 18; round++) {
		size_t n = v.len;
		assert_ok(DO(append)(&v, &v));
		assert_int_equal(v.len, 2 * n);
		assert_memory_equal(INTS(&v), INTS(&v) + n, n * sizeof(int));
	}
	DO(end)(&v);
}

CASE(append_leaves_the_other_as_it_is)
{
	struct VEC a, b, none;

	(void)state;
	DO(count_up)(&a, 3);
	DO(count_up)(&b, 2);
	DO(begin)(&none);
	assert_ok(DO(append)(&a, &b));
	assert_ok(DO(append)(&a, &none));
	EXPECT(&a, 0, 1, 2, 0, 1);
	EXPECT(&b, 0, 1);
	assert_ok(DO(append)(&none, &b));
	EXPECT(&none, 0, 1);
	DO(end)(&a);
	DO(end)(&b);
	DO(end)(&none);
}

CASE(insert_works_at_both_ends_and_no_further)
{
	struct VEC v;

	(void)state;
	DO(begin)(&v);
	assert_result(DO(insert)(&v, 1, 1), VBUF_ERANGE);
	assert_ok(DO(insert)(&v, 0, 1));
	assert_ok(DO(insert)(&v, 1, 3));
	assert_ok(DO(insert)(&v, 0, 0));
	assert_ok(DO(insert)(&v, 2, 2));
	EXPECT(&v, 0, 1, 2, 3);
	assert_result(DO(insert)(&v, 5, 9), VBUF_ERANGE);
	assert_result(DO(insert)(&v, SIZE_MAX, 9), VBUF_ERANGE);
	assert_ok(DO(insert_n)(&v, 4, NULL, 0));
	assert_result(DO(insert_n)(&v, 5, NULL, 0), VBUF_ERANGE);
	assert_result(DO(insert_n)(&v, 0, NULL, 1), VBUF_EINVAL);
	EXPECT(&v, 0, 1, 2, 3);
	DO(end)(&v);
}

/* Every source inside the vector, before, across and behind every gap. */
CASE(insert_n_from_inside_inserts_what_was_there_before)
{
	enum { LEN = 9 };
	struct VEC v;

	(void)state;
	for (size_t gap = 0; gap <= LEN; gap++)
		for (size_t from = 0; from <= LEN; from++)
			for (size_t n = 0; from + n <= LEN; n++) {
				int expected[2 * LEN];
				size_t at = 0;
				for (size_t i = 0; i < gap; i++)
					expected[at++] = (int)i;
				for (size_t i = from; i < from + n; i++)
					expected[at++] = (int)i;
				for (size_t i = gap; i < LEN; i++)
					expected[at++] = (int)i;
				DO(count_up)(&v, LEN);
				assert_ok(DO(insert_n)(&v, gap, INTS(&v) + from, n));
				DO(expect)(&v, expected, at);
				assert_ok(DO(fini)(&v));
			}
}

CASE(an_insert_that_grows_from_inside_is_right_too)
{
	struct VEC v;

	(void)state;
	DO(count_up)(&v, 1);
	size_t full = DO(capacity)(&v);
	for (size_t i = 1; i < full; i++)
		assert_ok(DO(push)(&v, (int)i));
	assert_int_equal(DO(capacity)(&v), full); /* not a place is left */
	size_t half = full / 2;
	assert_ok(DO(insert_n)(&v, half, INTS(&v) + half - 10, 20));
	assert_int_equal(v.len, full + 20);
	for (size_t i = 0; i < v.len; i++) {
		size_t is = i < half ? i : i < half + 20 ? i - 10 : i - 20;
		assert_int_equal(INTS(&v)[i], is);
	}
	DO(end)(&v);
}

CASE(removing_closes_the_gap_in_order)
{
	struct VEC v;

	(void)state;
	DO(count_up)(&v, 8);
	assert_ok(DO(remove)(&v, 0));
	assert_ok(DO(remove)(&v, 6));
	EXPECT(&v, 1, 2, 3, 4, 5, 6);
	assert_ok(DO(remove_n)(&v, 1, 2));
	EXPECT(&v, 1, 4, 5, 6);
	assert_ok(DO(remove_n)(&v, 4, 0));
	assert_result(DO(remove)(&v, 4), VBUF_ERANGE);
	assert_result(DO(remove_n)(&v, 5, 0), VBUF_ERANGE);
	assert_result(DO(remove_n)(&v, 3, 2), VBUF_ERANGE);
	assert_result(DO(remove_n)(&v, 1, SIZE_MAX), VBUF_ERANGE);
	assert_result(DO(remove_n)(&v, SIZE_MAX, 1), VBUF_ERANGE);
	EXPECT(&v, 1, 4, 5, 6);
	assert_ok(DO(remove_n)(&v, 0, 4));
	assert_int_equal(v.len, 0);
	assert_result(DO(remove)(&v, 0), VBUF_ERANGE);
	DO(end)(&v);
}

CASE(swap_remove_puts_the_last_in_the_gap)
{
	struct VEC v;

	(void)state;
	DO(count_up)(&v, 5);
	assert_ok(DO(swap_remove)(&v, 1));
	EXPECT(&v, 0, 4, 2, 3);
	assert_ok(DO(swap_remove)(&v, 3)); /* the last itself */
	EXPECT(&v, 0, 4, 2);
	assert_result(DO(swap_remove)(&v, 3), VBUF_ERANGE);
	assert_ok(DO(swap_remove)(&v, 0));
	EXPECT(&v, 2, 4);
	assert_ok(DO(swap_remove)(&v, 0));
	assert_ok(DO(swap_remove)(&v, 0));
	assert_result(DO(swap_remove)(&v, 0), VBUF_ERANGE);
	DO(end)(&v);
}

CASE(truncate_and_clear_keep_the_front)
{
	struct VEC v;

	(void)state;
	DO(begin)(&v);
	assert_ok(DO(truncate)(&v, 3));
	assert_ok(DO(clear)(&v));
	DO(end)(&v);
	DO(count_up)(&v, 6);
	assert_ok(DO(truncate)(&v, 6));
	assert_ok(DO(truncate)(&v, SIZE_MAX));
	EXPECT(&v, 0, 1, 2, 3, 4, 5);
	assert_ok(DO(truncate)(&v, 2));
	EXPECT(&v, 0, 1);
	assert_ok(DO(clear)(&v));
	assert_int_equal(v.len, 0);
	assert_ok(DO(push)(&v, 9));
	EXPECT(&v, 9);
	DO(end)(&v);
}

CASE(resize_adds_zeros_where_other_bytes_have_been)
{
	struct VEC v;

	(void)state;
	DO(begin)(&v);
	assert_ok(DO(resize)(&v, 0));
	assert_ok(DO(resize)(&v, 3));
	EXPECT(&v, 0, 0, 0);
	DO(end)(&v);
	DO(count_up)(&v, 1000);
	assert_ok(DO(resize)(&v, 1));
	assert_ok(DO(resize)(&v, 5000));
	assert_int_equal(v.len, 5000);
	assert_all((unsigned char *)v.data, 5000 * sizeof(int), 0);
	DO(end)(&v);
	DO(count_up)(&v, 1000); /* leaves its bytes to the next */
	DO(end)(&v);
	DO(begin)(&v);
	assert_ok(DO(resize)(&v, 1000));
	assert_all((unsigned char *)v.data, 1000 * sizeof(int), 0);
	assert_result(DO(resize)(&v, SIZE_MAX), VBUF_ERANGE);
	DO(end)(&v);
}

CASE(resize_fill_makes_any_number_of_copies)
{
	struct VEC v;

	(void)state;
	for (size_t n = 0; n < 70; n++) {
		DO(begin)(&v);
		assert_ok(DO(resize_fill)(&v, n, 5));
		assert_int_equal(v.len, n);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(INTS(&v)[i], 5);
		DO(end)(&v);
	}
	DO(count_up)(&v, 4);
	assert_ok(DO(resize_fill)(&v, 100000, INTS(&v)[3]));
	for (size_t i = 3; i < 100000; i++)
		assert_int_equal(INTS(&v)[i], 3);
	assert_ok(DO(resize_fill)(&v, 2, 7));
	EXPECT(&v, 0, 1);
	assert_ok(DO(resize_fill)(&v, 2, 7));
	EXPECT(&v, 0, 1);
	assert_result(DO(resize_fill)(&v, SIZE_MAX, 7), VBUF_ERANGE);
	EXPECT(&v, 0, 1);
	DO(end)(&v);
}

CASE(what_is_prepared_counts_only_once_published)
{
	struct VEC v;
	int *room;

	(void)state;
	DO(count_up)(&v, 2);
	assert_ok(DO(prepare)(&v, 100, &room));
	assert_ptr_equal(room, INTS(&v) + 2);
	assert_int_equal(v.len, 2);
	assert_true(DO(capacity)(&v) >= 102);
	for (int i = 0; i < 100; i++)
		room[i] = 100 + i;
	assert_ok(DO(publish)(&v, 2));
	EXPECT(&v, 0, 1, 100, 101);
	assert_ok(DO(push)(&v, 7)); /* over what was never published */
	EXPECT(&v, 0, 1, 100, 101, 7);
	assert_ok(DO(publish)(&v, 0));
	assert_result(DO(publish)(&v, DO(capacity)(&v) - v.len + 1), VBUF_ERANGE);
	assert_result(DO(publish)(&v, SIZE_MAX), VBUF_ERANGE);
	EXPECT(&v, 0, 1, 100, 101, 7);
	assert_ok(DO(prepare)(&v, 0, &room));
	assert_ptr_equal(room, INTS(&v) + 5);
	assert_result(DO(prepare)(&v, SIZE_MAX, &room), VBUF_ERANGE);
	assert_null(room);
	assert_result(DO(prepare)(&v, SIZE_MAX - 4, &room), VBUF_ERANGE);
	assert_null(room);
	DO(end)(&v);
}

CASE(a_prepared_megabyte_can_be_written_and_published_in_one)
{
	enum { N = 1 << 18 };
	struct VEC v;
	int *room;

	(void)state;
	DO(begin)(&v);
	assert_result(DO(publish)(&v, DO(capacity)(&v) + 1), VBUF_ERANGE);
	assert_ok(DO(prepare)(&v, N, &room));
	for (int i = 0; i < N; i++)
		room[i] = i;
	assert_ok(DO(publish)(&v, N));
	assert_int_equal(v.len, N);
	assert_int_equal(INTS(&v)[N - 1], N - 1);
	DO(end)(&v);
}

CASE(reserved_room_takes_as_many_pushes_without_more_memory)
{
	struct VEC v;

	(void)state;
	for (int exactly = 0; exactly < 2; exactly++) {
		DO(begin)(&v);
		assert_ok(exactly ? DO(reserve_exact)(&v, 50000) : DO(reserve)(&v, 50000));
		size_t capacity = DO(capacity)(&v);
		assert_true(capacity >= 50000);
		for (int i = 0; i < 50000; i++)
			assert_ok(DO(push)(&v, i));
		assert_int_equal(DO(capacity)(&v), capacity);
		assert_ok(DO(reserve)(&v, 10)); /* less than there is: nothing */
		assert_ok(DO(reserve_exact)(&v, 0));
		assert_int_equal(DO(capacity)(&v), capacity);
		assert_result(DO(reserve)(&v, DO(max)(&v) + 1), VBUF_ERANGE);
		assert_result(DO(reserve_exact)(&v, SIZE_MAX), VBUF_ERANGE);
		assert_int_equal(DO(capacity)(&v), capacity);
		DO(end)(&v);
	}
}

CASE(reserve_exact_gives_no_page_more_than_it_must)
{
	struct VEC v;
	const size_t sizes[] = { 10000, 100000, 400000, 3000000 };

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		DO(begin)(&v);
		assert_ok(DO(push)(&v, 1));
		size_t had = DO(capacity)(&v) * sizeof(int); /* a recycled one may have more */
		assert_ok(DO(reserve_exact)(&v, sizes[i]));
		size_t bytes = sizes[i] * sizeof(int), step = bytes < MIB / 2 ? PAGE : 4 * MIB;
		size_t has = DO(capacity)(&v) * sizeof(int);
		assert_true(has >= bytes);
		assert_true(has <= had || has < bytes + 2 * step);
		DO(end)(&v);
	}
}

CASE(shrink_to_fit_keeps_the_elements_and_little_else)
{
	struct VEC v;
	struct vbuf_vec_stats before, after;

	(void)state;
	DO(begin)(&v);
	assert_ok(DO(shrink_to_fit)(&v));
	assert_ok(DO(reserve)(&v, 10 * MIB));
	for (int i = 0; i < 1000; i++)
		assert_ok(DO(push)(&v, i));
	assert_ok(DO(stats)(&v, &before));
	assert_true(before.committed >= 40 * MIB);
	assert_ok(DO(shrink_to_fit)(&v));
	assert_ok(DO(stats)(&v, &after));
	assert_true(after.committed <= 64 * KIB + 2 * PAGE);
	assert_true(after.capacity >= 1000 && after.capacity == DO(capacity)(&v));
	assert_int_equal(after.reserved, before.reserved);
	assert_int_equal(after.max, before.max);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(INTS(&v)[i], i);
	for (int i = 0; i < 100000; i++)
		assert_ok(DO(push)(&v, i));
	assert_int_equal(INTS(&v)[100999], 99999);
	DO(end)(&v);
}

CASE(elements_stay_where_they_are_while_the_vector_grows_a_thousandfold)
{
	struct VEC v;

	(void)state;
	DO(count_up)(&v, 1);
	const int *first = INTS(&v);
	size_t n = 12 * MIB; /* 48 MiB, past every change of step */
	for (size_t i = 1; i < n; i++)
		if (DO(push)(&v, (int)i) != VBUF_OK || INTS(&v) != first)
			fail_msg("element %zu moved", i);
	for (size_t i = 0; i < n; i++)
		if (first[i] != (int)i)
			fail_msg("element %zu is %d", i, first[i]);
	assert_ok(DO(truncate)(&v, 1));
	assert_ptr_equal(v.data, first);
	assert_ok(DO(shrink_to_fit)(&v));
	assert_ptr_equal(v.data, first);
	EXPECT(&v, 0);
	DO(end)(&v);
}

CASE(split_off_hands_the_tail_to_a_new_vector)
{
	struct VEC v, tail;

	(void)state;
	DO(count_up)(&v, 6);
	assert_ok(DO(split_off)(&v, 4, &tail));
	EXPECT(&v, 0, 1, 2, 3);
	EXPECT(&tail, 4, 5);
	assert_ok(DO(push)(&v, 8));
	assert_ok(DO(push)(&tail, 9));
	EXPECT(&v, 0, 1, 2, 3, 8);
	EXPECT(&tail, 4, 5, 9);
	DO(end)(&tail);
	assert_ok(DO(split_off)(&v, 5, &tail)); /* nothing */
	assert_int_equal(tail.len, 0);
	DO(end)(&tail);
	assert_ok(DO(split_off)(&v, 0, &tail)); /* everything */
	assert_int_equal(v.len, 0);
	EXPECT(&tail, 0, 1, 2, 3, 8);
	DO(end)(&tail);
	memset(&tail, 0x55, sizeof tail);
	assert_result(DO(split_off)(&v, 1, &tail), VBUF_ERANGE);
	assert_null(tail.data);
	assert_int_equal(tail.len, 0);
	assert_null(tail.control_);
	DO(end)(&v);
}

CASE(a_clone_is_a_vector_of_its_own)
{
	struct VEC v, copy;

	(void)state;
	DO(count_up)(&v, 100000);
	assert_ok(DO(clone)(&v, &copy));
	assert_int_equal(copy.len, v.len);
	assert_memory_equal(copy.data, v.data, v.len * sizeof(int));
	assert_true(copy.data != v.data);
	assert_ok(DO(remove)(&v, 0));
	assert_int_equal(INTS(&copy)[0], 0);
	assert_int_equal(copy.len, 100000);
	DO(end)(&v);
	assert_ok(DO(push)(&copy, 1));
	assert_int_equal(INTS(&copy)[99999], 99999);
	DO(end)(&copy);
	DO(begin)(&v);
	assert_ok(DO(clone)(&v, &copy)); /* of nothing */
	assert_int_equal(copy.len, 0);
	DO(end)(&v);
	DO(end)(&copy);
}

CASE(a_frozen_vector_reads_and_nothing_else)
{
	struct VEC v, other;
	struct vbuf_vec_ahead ahead;
	struct vbuf buf;
	size_t offset;
	int *room;

	(void)state;
	DO(count_up)(&v, 50000);
	assert_ok(DO(freeze)(&v));
	assert_true(access_faults(&INTS(&v)[0], ACCESS_WRITE));
	assert_true(access_faults(&INTS(&v)[49999], ACCESS_WRITE));
	assert_false(access_faults(&INTS(&v)[49999], ACCESS_READ));
	struct VEC before = v;
	assert_result(DO(push)(&v, 1), VBUF_EPERM);
	assert_result(DO(push_n)(&v, INTS(&v), 1), VBUF_EPERM);
	assert_result(DO(append)(&v, &v), VBUF_EPERM);
	assert_result(DO(prepare)(&v, 1, &room), VBUF_EPERM);
	assert_result(DO(publish)(&v, 1), VBUF_EPERM);
	assert_result(DO(insert)(&v, 0, 1), VBUF_EPERM);
	assert_result(DO(insert_n)(&v, 0, INTS(&v), 1), VBUF_EPERM);
	assert_result(DO(resize)(&v, 1), VBUF_EPERM);
	assert_result(DO(resize)(&v, 60000), VBUF_EPERM);
	assert_result(DO(resize_fill)(&v, 60000, 1), VBUF_EPERM);
	assert_result(DO(reserve)(&v, 1), VBUF_EPERM);
	assert_result(DO(reserve_exact)(&v, 1), VBUF_EPERM);
	assert_result(DO(prefault)(&v, 1), VBUF_EPERM);
	assert_result(DO(pop)(&v, NULL), VBUF_EPERM);
	assert_result(DO(remove)(&v, 0), VBUF_EPERM);
	assert_result(DO(remove_n)(&v, 0, 1), VBUF_EPERM);
	assert_result(DO(swap_remove)(&v, 0), VBUF_EPERM);
	assert_result(DO(truncate)(&v, 0), VBUF_EPERM);
	assert_result(DO(clear)(&v), VBUF_EPERM);
	assert_result(DO(shrink_to_fit)(&v), VBUF_EPERM);
	assert_result(DO(split_off)(&v, 0, &other), VBUF_EPERM);
	assert_result(DO(freeze)(&v), VBUF_EPERM);
	assert_result(DO(detach)(&v, &buf, &offset), VBUF_EPERM);
	assert_result(DO(ahead_begin)(&ahead, &v, MIB), VBUF_EPERM);
	assert_memory_equal(&v, &before, sizeof v);

	struct vbuf_vec_stats stats;
	assert_ok(DO(stats)(&v, &stats));
	assert_int_equal(stats.len, 50000);
	assert_int_equal(*DO(last)(&v), 49999);
	assert_ok(DO(clone)(&v, &other)); /* which is not frozen */
	assert_ok(DO(append)(&other, &v));
	assert_int_equal(other.len, 100000);
	assert_int_equal(INTS(&other)[50001], 1);
	DO(end)(&other);
	DO(end)(&v);
	DO(begin)(&v);
	assert_result(DO(freeze)(&v), v.control_ ? VBUF_OK : VBUF_EINVAL);
	DO(end)(&v);
}

CASE(detached_memory_is_a_buffer_and_adopted_a_vector_again)
{
	struct VEC v, back;
	struct vbuf buf;
	size_t offset;

	(void)state;
	DO(count_up)(&v, 1000);
	const int *data = INTS(&v);
	assert_ok(DO(detach)(&v, &buf, &offset));
	assert_null(v.data);
	assert_int_equal(v.len, 0);
	DO(end)(&v);
	assert_ptr_equal(buf.base + offset, data);
	assert_int_equal(data[999], 999);
	((int *)(void *)(buf.base + offset))[1000] = 1000; /* there is room behind the last */

	struct vbuf stale = buf;
	assert_ok(DO(adopt)(&back, &buf, offset, 1001));
	assert_int_equal(buf.size, 0);
	assert_null(buf.base);
	assert_int_equal(back.len, 1001);
	assert_ptr_equal(back.data, data);
	for (int i = 0; i <= 1000; i++)
		assert_int_equal(data[i], i);
	/* it is a vector by now, and no copy of the buffer makes two of it */
	assert_result(DO(adopt)(&v, &stale, offset, 1), VBUF_EINVAL);
	for (int i = 0; i < 100000; i++)
		assert_ok(DO(push)(&back, i));
	assert_int_equal(INTS(&back)[101000], 99999);
	DO(end)(&back);

	DO(count_up)(&v, 10);
	assert_ok(DO(detach)(&v, &buf, &offset));
	assert_ok(vbuf_unreserve(&buf)); /* a plain buffer in this, too */
}

CASE(adopt_takes_nothing_that_detach_did_not_give)
{
	struct VEC v, back;
	struct vbuf buf, other;
	size_t offset, capacity;

	(void)state;
	DO(begin)(&v);
	if (!v.control_) {
		memset(&buf, 0x55, sizeof buf);
		assert_result(DO(detach)(&v, &buf, &offset), VBUF_EINVAL);
		assert_int_equal(buf.size, 0);
	}
	assert_ok(DO(push)(&v, 1));
	capacity = DO(capacity)(&v);
	assert_ok(DO(detach)(&v, &buf, &offset));
	struct vbuf before = buf;
	memset(&back, 0x55, sizeof back);
	assert_result(DO(adopt)(&back, NULL, offset, 1), VBUF_EINVAL);
	assert_null(back.data);
	assert_result(DO(adopt)(&back, &buf, offset + 1, 1), VBUF_EINVAL);
	assert_result(DO(adopt)(&back, &buf, offset + sizeof(int), 1), VBUF_EINVAL);
	assert_result(DO(adopt)(&back, &buf, 0, 1), VBUF_EINVAL);
	assert_result(DO(adopt)(&back, &buf, buf.size, 0), VBUF_EINVAL);
	assert_result(DO(adopt)(&back, &buf, SIZE_MAX, 0), VBUF_EINVAL);
	assert_result(DO(adopt)(&back, &buf, offset, capacity + 1), VBUF_ERANGE);
	assert_result(DO(adopt)(&back, &buf, offset, SIZE_MAX), VBUF_ERANGE);
	assert_null(back.data);
	assert_null(back.control_);
	assert_memory_equal(&buf, &before, sizeof buf);

	/* a buffer that has never been a vector's, and is large enough */
	size_t size = vbuf_align_up(offset + MIB, PAGE);
	assert_ok(vbuf_reserve(&other, size, NULL));
	assert_ok(vbuf_commit(&other, 0, size));
	const size_t offsets[] = { 0, 1, 8, 64, 4096, offset, size };
	for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++)
		assert_result(DO(adopt)(&back, &other, offsets[i], 0), VBUF_EINVAL);
	assert_int_equal(other.size, size);
	assert_ok(vbuf_unreserve(&other));
	assert_result(DO(adopt)(&back, &other, offset, 0), VBUF_EINVAL);

	/* one that says it begins elsewhere; one whose block is a copy, outside of it */
	struct vbuf odd = buf;
	odd.base += PAGE;
	assert_result(DO(adopt)(&back, &odd, offset, 1), VBUF_EINVAL);
	odd = buf;
	size_t block = (size_t)(buf.base + offset - (unsigned char *)buf.owner_);
	odd.owner_ = malloc(block);
	assert_non_null(odd.owner_);
	memcpy(odd.owner_, buf.owner_, block);
	assert_result(DO(adopt)(&back, &odd, offset, 1), VBUF_EINVAL);
	free(odd.owner_);

	assert_ok(DO(adopt)(&back, &buf, offset, capacity));
	assert_int_equal(back.len, capacity);
	DO(end)(&back);
}

CASE(first_last_and_at_know_what_there_is)
{
	struct VEC v;

	(void)state;
	DO(begin)(&v);
	assert_null(DO(first)(&v));
	assert_null(DO(last)(&v));
	assert_null(DO(at)(&v, 0));
	assert_null(DO(header)(&v));
	DO(end)(&v);
	DO(count_up)(&v, 3);
	assert_ptr_equal(DO(first)(&v), v.data);
	assert_int_equal(*DO(last)(&v), 2);
	assert_int_equal(*DO(at)(&v, 1), 1);
	assert_null(DO(at)(&v, 3));
	assert_null(DO(at)(&v, SIZE_MAX));
	assert_null(DO(header)(&v));
	*DO(at)(&v, 1) = 8;
	EXPECT(&v, 0, 8, 2);
	DO(end)(&v);
}

CASE(stats_tell_what_the_vector_has)
{
	struct VEC v;
	struct vbuf_vec_stats s;

	(void)state;
	DO(count_up)(&v, 100000);
	assert_ok(DO(stats)(&v, &s));
	assert_int_equal(s.len, 100000);
	assert_int_equal(s.capacity, DO(capacity)(&v));
	assert_int_equal(s.max, DO(max)(&v));
	assert_true(s.capacity >= s.len && s.capacity <= s.max);
	assert_true(s.reserved >= s.max * sizeof(int));
	assert_true(s.committed >= s.capacity * sizeof(int) && s.committed <= s.reserved);
	assert_true(s.committed <= s.capacity * sizeof(int) + 2 * PAGE);
	assert_true(s.resident == 0 || (s.resident >= 400000 && s.resident <= s.committed));
	DO(end)(&v);
}

CASE(prefaulted_room_is_resident)
{
	struct VEC v;
	struct vbuf_vec_stats s;

	(void)state;
	DO(count_up)(&v, 100);
	assert_ok(DO(prefault)(&v, MIB));
	assert_ok(DO(stats)(&v, &s));
	assert_true(s.capacity >= MIB);
	assert_true(s.resident >= 4 * MIB || s.resident == 0 || !system_answers(SYSTEM_RESIDENCY));
	assert_ok(DO(prefault)(&v, 10)); /* less than there is */
	assert_ok(DO(prefault)(&v, 0));
	assert_result(DO(prefault)(&v, SIZE_MAX), VBUF_ERANGE);
	for (int i = 0; i < 100; i++)
		assert_int_equal(INTS(&v)[i], i);
	assert_int_equal(v.len, 100);
	DO(end)(&v);
}

#define COMMON_TESTS                                                                               \
	COMMON(pushes_come_out_in_order_and_the_last_first),                                       \
		COMMON(push_n_takes_any_number_from_anywhere),                                     \
		COMMON(elements_pushed_from_the_vector_itself_are_those_before_the_call),          \
		COMMON(append_leaves_the_other_as_it_is),                                          \
		COMMON(insert_works_at_both_ends_and_no_further),                                  \
		COMMON(insert_n_from_inside_inserts_what_was_there_before),                        \
		COMMON(an_insert_that_grows_from_inside_is_right_too),                             \
		COMMON(removing_closes_the_gap_in_order),                                          \
		COMMON(swap_remove_puts_the_last_in_the_gap),                                      \
		COMMON(truncate_and_clear_keep_the_front),                                         \
		COMMON(resize_adds_zeros_where_other_bytes_have_been),                             \
		COMMON(resize_fill_makes_any_number_of_copies),                                    \
		COMMON(what_is_prepared_counts_only_once_published),                               \
		COMMON(a_prepared_megabyte_can_be_written_and_published_in_one),                   \
		COMMON(reserved_room_takes_as_many_pushes_without_more_memory),                    \
		COMMON(reserve_exact_gives_no_page_more_than_it_must),                             \
		COMMON(shrink_to_fit_keeps_the_elements_and_little_else),                          \
		COMMON(elements_stay_where_they_are_while_the_vector_grows_a_thousandfold),        \
		COMMON(split_off_hands_the_tail_to_a_new_vector),                                  \
		COMMON(a_clone_is_a_vector_of_its_own),                                            \
		COMMON(a_frozen_vector_reads_and_nothing_else),                                    \
		COMMON(detached_memory_is_a_buffer_and_adopted_a_vector_again),                    \
		COMMON(adopt_takes_nothing_that_detach_did_not_give),                              \
		COMMON(first_last_and_at_know_what_there_is),                                      \
		COMMON(stats_tell_what_the_vector_has), COMMON(prefaulted_room_is_resident)
