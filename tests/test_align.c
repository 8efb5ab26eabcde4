/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "test.h"

static void
align_up_gives_the_next_multiple(void **state)
{
	(void)state;
	assert_int_equal(vbuf_align_up(0, 4096), 0);
	assert_int_equal(vbuf_align_up(1, 4096), 4096);
	assert_int_equal(vbuf_align_up(4096, 4096), 4096);
	assert_int_equal(vbuf_align_up(4097, 4096), 8192);
	assert_int_equal(vbuf_align_up(7, 1), 7);
}

static void
align_down_gives_the_multiple_before(void **state)
{
	(void)state;
	assert_int_equal(vbuf_align_down(0, 4096), 0);
	assert_int_equal(vbuf_align_down(4095, 4096), 0);
	assert_int_equal(vbuf_align_down(8191, 4096), 4096);
	assert_int_equal(vbuf_align_down(SIZE_MAX, 4096), SIZE_MAX - 4095);
}

static void
align_up_that_overflows_is_the_largest_size(void **state)
{
	(void)state;
	assert_true(vbuf_align_up(SIZE_MAX - 4094, 4096) == SIZE_MAX);
	assert_true(vbuf_align_up(SIZE_MAX, 2) == SIZE_MAX);
	assert_int_equal(vbuf_align_up(SIZE_MAX - 4095, 4096), SIZE_MAX - 4095);
	assert_true(vbuf_align_up(SIZE_MAX, 1) == SIZE_MAX);
	assert_int_equal(vbuf_align_up(1, SIZE_MAX / 2 + 1), SIZE_MAX / 2 + 1);
	assert_int_equal(vbuf_align_up(SIZE_MAX / 2 + 1, SIZE_MAX / 2 + 1), SIZE_MAX / 2 + 1);
	assert_true(vbuf_align_up(SIZE_MAX / 2 + 2, SIZE_MAX / 2 + 1) == SIZE_MAX);
}

static void
aligning_to_no_power_of_two_is_the_largest_size(void **state)
{
	const size_t bad[] = { 0, 3, 6, 4095, SIZE_MAX };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_true(vbuf_align_up(8, bad[i]) == SIZE_MAX);
		assert_true(vbuf_align_down(8, bad[i]) == SIZE_MAX);
	}
}

static void
what_overflowed_is_refused_downstream(void **state)
{
	const size_t bad = vbuf_align_up(SIZE_MAX - 5, PAGE);
	const struct vbuf_options options[] = {
		{ .size = sizeof *options, .min_size = bad },
		{ .size = sizeof *options, .align = bad },
		{ .size = sizeof *options, .guard_before = bad },
		{ .size = sizeof *options, .guard_after = bad },
	};
	struct vbuf v;

	(void)state;
	assert_result(vbuf_reserve(&v, bad, NULL), VBUF_EINVAL);
	for (int i = 0; i < 4; i++)
		assert_result(vbuf_reserve(&v, PAGE, &options[i]), VBUF_EINVAL);
	assert_ok(vbuf_reserve(&v, PAGE, NULL));
	assert_result(vbuf_commit(&v, 0, bad), VBUF_EINVAL);
	assert_result(vbuf_commit(&v, bad, PAGE), VBUF_EINVAL);
	assert_ok(vbuf_unreserve(&v));
}

static void
page_size_is_a_power_of_two_and_stays(void **state)
{
	size_t page = vbuf_page_size();
	const char *wanted = getenv("WANT_PAGE"); /* by who has set up a system with such pages */

	(void)state;
	assert_true(page >= 4096);
	if (wanted)
		assert_int_equal(page, strtoul(wanted, NULL, 10));
	assert_int_equal(page & (page - 1), 0);
	assert_int_equal(page, vbuf_page_size());
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(align_up_gives_the_next_multiple),
		cmocka_unit_test(align_down_gives_the_multiple_before),
		cmocka_unit_test(align_up_that_overflows_is_the_largest_size),
		cmocka_unit_test(aligning_to_no_power_of_two_is_the_largest_size),
		cmocka_unit_test(what_overflowed_is_refused_downstream),
		cmocka_unit_test(page_size_is_a_power_of_two_and_stays),
	};

	return run_group("align", tests);
}
