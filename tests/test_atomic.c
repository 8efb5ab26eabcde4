/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The named atomic operations: what each does to its object, at each size. */
#include <vbuf/atomic.h>

#include "test.h"

/* All the operations of an order, in one line of values that only the right ones give. */
#define CHECK_UPDATES(type, order)                                                                 \
	do {                                                                                       \
		type x = 1, found = 2;                                                             \
                                                                                                   \
		assert_int_equal(vbuf_exchange_##order##_(&x, 12), 1);                             \
		assert_int_equal(vbuf_fetch_add_##order##_(&x, 2), 12);                            \
		assert_int_equal(vbuf_fetch_or_##order##_(&x, 65), 14);                            \
		assert_int_equal(vbuf_fetch_and_##order##_(&x, 71), 79);                           \
		assert_false(vbuf_cas_##order##_(&x, &found, 9));                                  \
		assert_int_equal(found, 71);                                                       \
		assert_true(vbuf_cas_##order##_(&x, &found, 9));                                   \
		assert_int_equal(x, 9);                                                            \
	} while (0)

#define CHECK_SIZE(type)                                                                           \
	do {                                                                                       \
		type y = 0;                                                                        \
		const type *readable = &y;                                                         \
                                                                                                   \
		vbuf_store_relaxed_(&y, (type)~0);                                                 \
		assert_true(vbuf_load_relaxed_(readable) == (type)~0);                             \
		vbuf_store_release_(&y, 3);                                                        \
		assert_int_equal(vbuf_load_acquire_(readable), 3);                                 \
		vbuf_store_seq_cst_(&y, 4);                                                        \
		assert_int_equal(vbuf_load_seq_cst_(readable), 4);                                 \
		CHECK_UPDATES(type, relaxed);                                                      \
		CHECK_UPDATES(type, acquire);                                                      \
		CHECK_UPDATES(type, release);                                                      \
		CHECK_UPDATES(type, acq_rel);                                                      \
		CHECK_UPDATES(type, seq_cst);                                                      \
	} while (0)

static void
bytes_words_and_double_words(void **state)
{
	(void)state;
	CHECK_SIZE(uint8_t);
	CHECK_SIZE(uint32_t);
	CHECK_SIZE(uint64_t);
}

static void
pointers(void **state)
{
	int a, b;
	int *p = NULL, *found = &b;

	(void)state;
	vbuf_store_release_(&p, &a);
	assert_ptr_equal(vbuf_load_acquire_(&p), &a);
	assert_false(vbuf_cas_acq_rel_(&p, &found, NULL));
	assert_ptr_equal(found, &a);
	assert_true(vbuf_cas_acq_rel_(&p, &found, &b));
	assert_ptr_equal(vbuf_exchange_acq_rel_(&p, NULL), &b);
}

static void
a_heavy_fence_yields_what_its_call_does(void **state)
{
	(void)state;
	vbuf_light_();
	vbuf_spin_();
	assert_int_equal(vbuf_heavy_(VBUF_ENOTSUP), VBUF_ENOTSUP);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_words_and_double_words),
		cmocka_unit_test(pointers),
		cmocka_unit_test(a_heavy_fence_yields_what_its_call_does),
	};

	return run_group("atomic", tests);
}
