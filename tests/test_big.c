/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Reservations of the size that a 64-bit address space is there for. */
#include "access.h"
#include "child.h"
#include "test.h"

static void
skip_unless(uint64_t size)
{
	struct vbuf_limits limits;

	assert_ok(vbuf_get_limits(&limits, sizeof limits));
	if (size > TEST_RESERVE_LIMIT || size > SIZE_MAX / 2 ||
	    limits.address_space_limit != VBUF_UNLIMITED ||
	    limits.address_bits < 47) /* as on some arm64 and riscv64 kernels */
		skip_here();
}

/* One page at each end and one in the middle, and nothing between them. */
static void
use_ends_and_middle(size_t size, const struct vbuf_options *o)
{
	struct vbuf v;

	assert_ok(vbuf_reserve(&v, size, o));
	const size_t at[] = { 0, size / 2, size - PAGE };
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 3; i++) {
			assert_true(access_faults(v.base + at[i], ACCESS_READ));
			assert_ok(vbuf_commit(&v, at[i], PAGE));
			assert_all(v.base + at[i], PAGE, 0);
			memset(v.base + at[i], i + 1, PAGE);
		}
		for (int i = 0; i < 3; i++)
			assert_all(v.base + at[i], PAGE, (unsigned char)(i + 1));
		assert_true(access_faults(v.base + PAGE, ACCESS_READ));
		assert_true(access_faults(v.base + size / 2 - 1, ACCESS_READ));
		assert_true(access_faults(v.base + size / 2 + PAGE, ACCESS_READ));
		assert_true(access_faults(v.base + size - PAGE - 1, ACCESS_READ));
		assert_ok(vbuf_decommit(&v, 0, size));
	}
	assert_ok(vbuf_unreserve(&v));
}

static void
one_tebibyte_is_usable_at_both_ends_and_in_the_middle(void **state)
{
	(void)state;
	skip_unless(TIB);
	use_ends_and_middle((size_t)TIB, NULL);
}

static void
sixty_four_tebibytes_are_usable_at_both_ends_and_in_the_middle(void **state)
{
	(void)state;
	skip_unless(64 * TIB);
	use_ends_and_middle((size_t)(64 * TIB), NULL);
}

static void
options_cover_sixty_four_tebibytes_too(void **state)
{
	const struct vbuf_options o = {
		.size = sizeof o,
		.align = (size_t)GIB,
		.guard_before = PAGE,
		.guard_after = PAGE,
		.huge = VBUF_HUGE_NEVER,
		.no_dump = true,
		.name = "big",
	};

	(void)state;
	skip_unless(64 * TIB);
	use_ends_and_middle((size_t)(64 * TIB), &o);
}

/* Take all addresses there are, in a child as nothing else can get any then. */
static void
exhaust(void *arg)
{
	enum { BLOCKS = 1024 };
	static struct vbuf blocks[BLOCKS];
	struct vbuf_options o = { .size = sizeof o, .min_size = (size_t)GIB };
	const size_t block = (size_t)(64 * TIB);
	const struct vbuf empty = { 0 };
	int n = 0, err = VBUF_OK;

	(void)arg;
	while (n < BLOCKS && (err = vbuf_reserve(&blocks[n], block, NULL)) == VBUF_OK)
		n++;
	if (n == BLOCKS)
		skip_here(); /* a larger machine than we can think of */
	assert_result(err, VBUF_ENOADDR);
	assert_memory_equal(&blocks[n], &empty, sizeof empty);

	int whole = n;
	while (n < BLOCKS && (err = vbuf_reserve(&blocks[n], block, &o)) == VBUF_OK) {
		struct vbuf *v = &blocks[n++];
		assert_true(v->size >= GIB && v->size < block && v->size % PAGE == 0);
		assert_ok(vbuf_commit(v, v->size - PAGE, PAGE));
		v->base[v->size - 1] = 1;
		/* the largest hole first: a later one is never larger */
		assert_true(n == whole + 1 || v->size <= blocks[n - 2].size);
	}
	assert_true(n > whole);
	assert_result(err, VBUF_ENOADDR);
	assert_memory_equal(&blocks[n], &empty, sizeof empty);
	assert_result(vbuf_reserve(&blocks[n], (size_t)GIB, NULL), VBUF_ENOADDR);

	for (int i = 0; i < n; i++)
		assert_ok(vbuf_unreserve(&blocks[i]));
	for (int i = 0; i < whole; i++)
		assert_ok(vbuf_reserve(&blocks[i], block, NULL));
}

static void
an_exhausted_address_space_is_told_and_what_is_left_can_be_had(void **state)
{
	(void)state;
	skip_unless(64 * TIB);
	in_child(exhaust, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_tebibyte_is_usable_at_both_ends_and_in_the_middle),
		cmocka_unit_test(sixty_four_tebibytes_are_usable_at_both_ends_and_in_the_middle),
		cmocka_unit_test(options_cover_sixty_four_tebibytes_too),
		cmocka_unit_test(an_exhausted_address_space_is_told_and_what_is_left_can_be_had),
	};

	return run_group("big", tests);
}
