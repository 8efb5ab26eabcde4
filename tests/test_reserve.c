/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Reserving, its options, and giving back. */
#include "access.h"
#include "system.h"
#include "test.h"

static const struct vbuf empty;

static struct vbuf_options
defaults(void)
{
	return (struct vbuf_options){ .size = sizeof(struct vbuf_options) };
}

/* Reserve with the options, use the first and last page, give back. */
static void
reserve_and_use(struct vbuf *v, size_t size, const struct vbuf_options *o)
{
	assert_ok(vbuf_reserve(v, size, o));
	assert_non_null(v->base);
	assert_int_equal(v->size, size);
	assert_int_equal((uintptr_t)v->base % PAGE, 0);
	assert_ok(vbuf_commit(v, 0, PAGE));
	assert_ok(vbuf_commit(v, size - PAGE, PAGE));
	v->base[0] = 1;
	v->base[size - 1] = 2;
}

static size_t
granularity(void)
{
	struct vbuf_limits limits;

	assert_ok(vbuf_get_limits(&limits, sizeof limits));
	return limits.granularity;
}

static void
size_zero_is_the_empty_buffer(void **state)
{
	struct vbuf v;

	(void)state;
	memset(&v, 0x55, sizeof v);
	assert_ok(vbuf_reserve(&v, 0, NULL));
	assert_memory_equal(&v, &empty, sizeof v);
	assert_ok(vbuf_unreserve(&v));
}

static void
unreserve_accepts_null_and_the_empty_buffer_and_a_second_call(void **state)
{
	struct vbuf v = { 0 };

	(void)state;
	assert_ok(vbuf_unreserve(NULL));
	assert_ok(vbuf_unreserve(&v));
	assert_ok(vbuf_reserve(&v, 4 * PAGE, NULL));
	assert_ok(vbuf_unreserve(&v));
	assert_memory_equal(&v, &empty, sizeof v);
	assert_ok(vbuf_unreserve(&v));
}

static void
a_reserved_page_faults_on_access(void **state)
{
	struct vbuf v;

	(void)state;
	assert_ok(vbuf_reserve(&v, 4 * PAGE, NULL));
	assert_true(access_faults(v.base, ACCESS_READ));
	assert_true(access_faults(v.base + 4 * PAGE - 1, ACCESS_WRITE));
	assert_int_equal(state_at(&v, 0), VBUF_STATE_RESERVED);
	assert_ok(vbuf_unreserve(&v));
}

static void
sizes_from_one_page_to_the_limit_can_be_reserved_and_used(void **state)
{
	(void)state;
	for (uint64_t size = PAGE; size <= TEST_RESERVE_LIMIT && size <= SIZE_MAX; size *= 4) {
		struct vbuf v;
		reserve_and_use(&v, (size_t)size, NULL);
		assert_ok(vbuf_unreserve(&v));
	}
}

static void
more_than_the_address_space_is_out_of_address_space(void **state)
{
	struct vbuf v;

	(void)state;
	memset(&v, 0x55, sizeof v);
	assert_result(vbuf_reserve(&v, vbuf_align_down(SIZE_MAX / 16 * 15, PAGE), NULL),
	              VBUF_ENOADDR);
	assert_memory_equal(&v, &empty, sizeof v);
	assert_result(vbuf_reserve(&v, SIZE_MAX - (PAGE - 1), NULL), VBUF_ENOADDR);
}

static void
misuse_is_refused_and_leaves_the_empty_buffer(void **state)
{
	struct vbuf v;
	struct vbuf_options o;

	(void)state;
#define REFUSED(err, size_, ...)                                                                   \
	do {                                                                                       \
		o = (struct vbuf_options){ .size = sizeof o, __VA_ARGS__ };                        \
		memset(&v, 0x55, sizeof v);                                                        \
		assert_result(vbuf_reserve(&v, (size_), &o), (err));                               \
		assert_memory_equal(&v, &empty, sizeof v);                                         \
	} while (0)

	assert_result(vbuf_reserve(NULL, PAGE, NULL), VBUF_EINVAL);
	assert_result(vbuf_reserve(&v, PAGE + 1, NULL), VBUF_EINVAL);
	assert_result(vbuf_reserve(&v, SIZE_MAX, NULL), VBUF_EINVAL);
	REFUSED(VBUF_EINVAL, PAGE, .min_size = 2 * PAGE);
	REFUSED(VBUF_EINVAL, 2 * PAGE, .min_size = 1);
	REFUSED(VBUF_EINVAL, PAGE, .align = 3 * PAGE);
	REFUSED(VBUF_EINVAL, PAGE, .align = SIZE_MAX);
	REFUSED(VBUF_EINVAL, PAGE, .guard_before = 1);
	REFUSED(VBUF_EINVAL, PAGE, .guard_after = PAGE - 1);
	REFUSED(VBUF_EINVAL, PAGE, .place = (enum vbuf_place)4);
	REFUSED(VBUF_EINVAL, PAGE, .place = (enum vbuf_place) - 1);
	REFUSED(VBUF_EINVAL, PAGE, .huge = (enum vbuf_huge)3);
	REFUSED(VBUF_EINVAL, PAGE, .fork = (enum vbuf_fork)3);
	REFUSED(VBUF_EINVAL, PAGE, .charge = (enum vbuf_charge)2);
	REFUSED(VBUF_EINVAL, PAGE, .addr = (void *)(uintptr_t)(1 << 20));
	REFUSED(VBUF_EINVAL, PAGE, .place = VBUF_PLACE_HINT);
	REFUSED(VBUF_EINVAL, PAGE, .place = VBUF_PLACE_EXACT);
	REFUSED(VBUF_EINVAL, PAGE, .place = VBUF_PLACE_NEAR);
	REFUSED(VBUF_EINVAL, PAGE, .place = VBUF_PLACE_EXACT, .addr = (void *)(uintptr_t)12345);
	REFUSED(VBUF_EINVAL, PAGE, .place = VBUF_PLACE_HINT, .addr = (void *)(uintptr_t)12345);
	REFUSED(VBUF_EINVAL, PAGE, .place = VBUF_PLACE_EXACT, .addr = (void *)(uintptr_t)(1 << 20),
	        .guard_before = 1 << 20);
	REFUSED(VBUF_EINVAL, PAGE, .place = VBUF_PLACE_EXACT, .addr = (void *)(uintptr_t)(1 << 20),
	        .guard_before = 2 << 20);
	REFUSED(VBUF_EINVAL, PAGE, .place = VBUF_PLACE_HINT, .addr = (void *)(uintptr_t)(1 << 20),
	        .guard_before = 1 << 20);
	REFUSED(VBUF_EINVAL, PAGE, .zero_ = { 1 });
	REFUSED(VBUF_ERANGE, PAGE, .guard_before = SIZE_MAX / 2 + 1,
	        .guard_after = SIZE_MAX / 2 + 1);
	REFUSED(VBUF_ERANGE, SIZE_MAX - (PAGE - 1), .guard_after = PAGE);
	REFUSED(VBUF_ERANGE, SIZE_MAX / 2 + 1 + PAGE, .align = SIZE_MAX / 2 + 1);
	REFUSED(VBUF_ERANGE, PAGE, .guard_before = SIZE_MAX - (PAGE - 1));
	REFUSED(VBUF_ERANGE, 16 * PAGE, .place = VBUF_PLACE_EXACT,
	        .addr = (void *)(SIZE_MAX - (granularity() - 1)));
#undef REFUSED
}

static void
options_that_are_all_zero_are_the_defaults(void **state)
{
	struct vbuf_options zero = { 0 };
	struct vbuf v;

	(void)state;
	assert_ok(vbuf_reserve(&v, PAGE, &zero));
	assert_ok(vbuf_unreserve(&v));
}

static void
options_without_their_size_are_refused_not_ignored(void **state)
{
	struct vbuf_options o = { .no_dump = true };
	struct vbuf v;

	(void)state;
	assert_result(vbuf_reserve(&v, PAGE, &o), VBUF_EINVAL);
	o.size = sizeof o - 1;
	assert_result(vbuf_reserve(&v, PAGE, &o), VBUF_EINVAL);
}

static void
options_of_a_newer_program_work_while_their_new_fields_are_zero(void **state)
{
	struct {
		struct vbuf_options known;
		size_t later;
	} o = { .known = { .size = sizeof o, .align = 16 * PAGE } };
	struct vbuf v;

	(void)state;
	assert_ok(vbuf_reserve(&v, PAGE, &o.known));
	assert_int_equal((uintptr_t)v.base % (16 * PAGE), 0);
	assert_ok(vbuf_unreserve(&v));
	o.later = 1;
	assert_result(vbuf_reserve(&v, PAGE, &o.known), VBUF_ENOTSUP);
}

static void
alignment_is_met_up_to_a_gibibyte(void **state)
{
	struct vbuf_options o = defaults();

	(void)state;
	/* each takes twice its alignment for a moment, among what else is there */
	for (o.align = 1; o.align <= GIB && o.align <= TEST_RESERVE_LIMIT / 8; o.align *= 2) {
		struct vbuf v[3];
		for (int i = 0; i < 3; i++) {
			reserve_and_use(&v[i], (size_t)(i + 1) * PAGE, &o);
			assert_int_equal((uintptr_t)v[i].base % o.align, 0);
		}
		for (int i = 0; i < 3; i++)
			assert_ok(vbuf_unreserve(&v[i]));
	}
}

static void
alignment_and_guards_hold_together(void **state)
{
	struct vbuf_options o = defaults();

	(void)state;
	for (o.align = PAGE; o.align <= 16 * MIB; o.align *= 2) {
		struct vbuf v;
		o.guard_before = PAGE;
		o.guard_after = 3 * PAGE;
		reserve_and_use(&v, 5 * PAGE, &o);
		assert_int_equal((uintptr_t)v.base % o.align, 0);
		assert_ok(vbuf_unreserve(&v));
	}
}

static void
guards_fault_and_are_not_part_of_the_buffer(void **state)
{
	struct vbuf_options o = defaults();
	struct vbuf v;

	(void)state;
	o.guard_before = 2 * PAGE;
	o.guard_after = PAGE;
	assert_ok(vbuf_reserve(&v, 4 * PAGE, &o));
	assert_int_equal(v.size, 4 * PAGE);
	assert_ok(vbuf_commit(&v, 0, v.size));
	assert_false(access_faults(v.base, ACCESS_WRITE));
	assert_false(access_faults(v.base + v.size - 1, ACCESS_WRITE));
	assert_true(access_faults(v.base - 1, ACCESS_READ));
	assert_true(access_faults(v.base - 2 * PAGE, ACCESS_READ));
	assert_true(access_faults(v.base + v.size, ACCESS_WRITE));
	assert_true(access_faults(v.base + v.size + PAGE - 1, ACCESS_READ));
	assert_result(vbuf_commit(&v, v.size, PAGE), VBUF_ERANGE);
	assert_ok(vbuf_unreserve(&v));
}

/* An address where size bytes were free a moment ago. */
static unsigned char *
free_address(size_t size)
{
	struct vbuf v;

	assert_ok(vbuf_reserve(&v, size, NULL));
	unsigned char *p = v.base;
	assert_ok(vbuf_unreserve(&v));
	return p;
}

static void
an_exact_address_is_met(void **state)
{
	struct vbuf_options o = defaults();
	struct vbuf v;
	unsigned char *at = free_address(64 * MIB) + 16 * MIB;

	(void)state;
	o.place = VBUF_PLACE_EXACT;
	o.addr = at;
	reserve_and_use(&v, MIB, &o);
	assert_ptr_equal(v.base, at);
	assert_ok(vbuf_unreserve(&v));
	o.guard_before = granularity();
	o.guard_after = PAGE;
	reserve_and_use(&v, MIB, &o);
	assert_ptr_equal(v.base, at);
	assert_ok(vbuf_unreserve(&v));
}

static void
an_exact_address_that_is_taken_is_busy_and_stays_whose_it_is(void **state)
{
	struct vbuf_options o = defaults();
	struct vbuf v, second;

	(void)state;
	reserve_and_use(&v, 4 * MIB, NULL);
	o.place = VBUF_PLACE_EXACT;
	o.addr = v.base + MIB;
	assert_result(vbuf_reserve(&second, MIB, &o), VBUF_EBUSY);
	o.addr = v.base;
	assert_result(vbuf_reserve(&second, 8 * MIB, &o), VBUF_EBUSY);
	assert_int_equal(v.base[0], 1);
	assert_int_equal(v.base[4 * MIB - 1], 2);
	assert_ok(vbuf_unreserve(&v));
}

static void
an_exact_address_off_its_alignment_is_refused(void **state)
{
	struct vbuf_options o = defaults();
	struct vbuf v;

	(void)state;
	o.place = VBUF_PLACE_EXACT;
	o.align = 2 * MIB;
	o.addr = free_address(64 * MIB);
	o.addr = (unsigned char *)o.addr + (-(uintptr_t)o.addr & (2 * MIB - 1)) + MIB;
	assert_result(vbuf_reserve(&v, MIB, &o), VBUF_EINVAL);
}

static void
a_hint_is_taken_when_free_and_forgiven_when_not(void **state)
{
	struct vbuf_options o = defaults();
	struct vbuf first, second;

	(void)state;
	o.place = VBUF_PLACE_HINT;
	o.addr = free_address(64 * MIB) + 16 * MIB;
	reserve_and_use(&first, MIB, &o);
	assert_ptr_equal(first.base, o.addr);
	reserve_and_use(&second, MIB, &o);
	assert_ptr_not_equal(second.base, o.addr);
	assert_ok(vbuf_unreserve(&first));
	assert_ok(vbuf_unreserve(&second));
}

/* An address that is aligned to 4 MiB, with 8 MiB free from there on. */
static unsigned char *
free_aligned_address(void)
{
	unsigned char *at = free_address(64 * MIB) + 16 * MIB;

	return at + (-(uintptr_t)at & (4 * MIB - 1));
}

static void
a_hint_is_taken_though_the_next_byte_is_not_free(void **state)
{
	struct vbuf_options o = defaults();
	struct vbuf wall, v;
	unsigned char *at = free_aligned_address();

	(void)state;
	o.place = VBUF_PLACE_EXACT;
	o.addr = at + 4 * MIB;
	assert_ok(vbuf_reserve(&wall, MIB, &o));
	o.place = VBUF_PLACE_HINT;
	o.align = 4 * MIB;
	o.addr = at;
	reserve_and_use(&v, 4 * MIB, &o);
	assert_ptr_equal(v.base, at);
	assert_ok(vbuf_unreserve(&v));
	assert_ok(vbuf_unreserve(&wall));
}

static void
a_hint_off_its_alignment_is_refused(void **state)
{
	struct vbuf_options o = defaults();
	struct vbuf v;

	(void)state;
	o.place = VBUF_PLACE_HINT;
	o.align = 4 * MIB;
	o.addr = free_aligned_address() + 2 * MIB;
	assert_result(vbuf_reserve(&v, MIB, &o), VBUF_EINVAL);
	assert_memory_equal(&v, &empty, sizeof v);
}

static void
a_hint_not_taken_is_aligned_all_the_same(void **state)
{
	struct vbuf_options o = defaults();
	struct vbuf first, second;

	(void)state;
	o.place = VBUF_PLACE_HINT;
	o.align = 4 * MIB;
	o.addr = free_aligned_address();
	reserve_and_use(&first, MIB, &o);
	reserve_and_use(&second, MIB, &o);
	assert_ptr_equal(first.base, o.addr);
	assert_ptr_not_equal(second.base, o.addr);
	assert_int_equal((uintptr_t)second.base % (4 * MIB), 0);
	assert_ok(vbuf_unreserve(&first));
	assert_ok(vbuf_unreserve(&second));
}

/* A hint names the place; only where that is not free do huge pages choose it. */
static void
a_hint_is_taken_with_huge_pages_preferred_too(void **state)
{
	struct vbuf_options o = defaults();
	struct vbuf_limits limits;
	struct vbuf first, second;

	(void)state;
	assert_ok(vbuf_get_limits(&limits, sizeof limits));
	for (size_t off = 0; off <= MIB; off += MIB) {
		o.place = VBUF_PLACE_HINT;
		o.huge = VBUF_HUGE_PREFER;
		o.addr = free_aligned_address() + off;
		reserve_and_use(&first, 4 * MIB, &o);
		assert_ptr_equal(first.base, o.addr);
		reserve_and_use(&second, 4 * MIB, &o);
		assert_ptr_not_equal(second.base, o.addr);
		if (limits.huge_page_size && limits.huge_page_size <= 4 * MIB)
			assert_int_equal((uintptr_t)second.base % limits.huge_page_size, 0);
		assert_ok(vbuf_unreserve(&first));
		assert_ok(vbuf_unreserve(&second));
	}
}

static void
near_means_less_than_two_gibibytes_from_each_byte(void **state)
{
	struct vbuf far_away;
	static int data;
	void *targets[] = { &data,
		            (void *)(uintptr_t)near_means_less_than_two_gibibytes_from_each_byte,
		            &far_away, NULL };

	(void)state;
	assert_ok(vbuf_reserve(&far_away, MIB, NULL));
	targets[3] = far_away.base;
	for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
		struct vbuf_options o = defaults();
		struct vbuf v[4];
		o.place = VBUF_PLACE_NEAR;
		o.addr = targets[i];
		for (int k = 0; k < 4; k++) {
			reserve_and_use(&v[k], 4 * MIB, &o);
			int64_t first = (int64_t)((intptr_t)v[k].base - (intptr_t)targets[i]);
			int64_t last = first + (int64_t)v[k].size - 1;
			assert_true(first > -(INT64_C(1) << 31) && first < INT64_C(1) << 31);
			assert_true(last > -(INT64_C(1) << 31) && last < INT64_C(1) << 31);
		}
		for (int k = 0; k < 4; k++)
			assert_ok(vbuf_unreserve(&v[k]));
	}
	assert_ok(vbuf_unreserve(&far_away));
}

/* As a program has them that is not made to lie anywhere: below is next to nothing. */
static void
near_looks_upwards_from_low_addresses(void **state)
{
	static const size_t aligns[] = { MIB, 16 * MIB, 256 * MIB };

	(void)state;
	for (size_t i = 0; i < sizeof aligns / sizeof *aligns; i++)
		for (size_t guard = 0; guard <= 64 * MIB; guard += 64 * MIB) {
			struct vbuf_options o = defaults();
			struct vbuf v;
			o.place = VBUF_PLACE_NEAR;
			o.addr = (void *)(uintptr_t)0x401000;
			o.align = aligns[i];
			o.guard_before = guard;
			reserve_and_use(&v, MIB, &o);
			assert_in_range((uintptr_t)v.base, 0, (UINT64_C(1) << 31) + 0x401000);
			assert_ok(vbuf_unreserve(&v));
		}
}

static void
near_finds_the_one_hole_that_is_left(void **state)
{
	struct vbuf_options o = defaults();
	struct vbuf wall, v;
	const size_t hole = 128 * KIB, span = (size_t)4 << 30, half = span / 2;

	(void)state;
	if (TEST_RESERVE_LIMIT < 8 * GIB)
		skip();
	/* 4 GiB that we own, but for one hole; near its middle nothing else can be. */
	unsigned char *at = free_address(span + 4 * MIB);
	at += -(uintptr_t)at & (2 * MIB - 1);
	struct vbuf below, above;
	size_t hole_at = half + 777 * 64 * KIB;
	o.place = VBUF_PLACE_EXACT;
	o.addr = at;
	assert_ok(vbuf_reserve(&below, hole_at, &o));
	o.addr = at + hole_at + hole;
	assert_ok(vbuf_reserve(&above, span - hole_at - hole, &o));
	o.place = VBUF_PLACE_NEAR;
	o.addr = at + half;
	assert_ok(vbuf_reserve(&v, hole, &o));
	assert_ptr_equal(v.base, at + hole_at);
	assert_result(vbuf_reserve(&wall, hole, &o), VBUF_ENOADDR);
	assert_ok(vbuf_unreserve(&v));
	assert_ok(vbuf_unreserve(&below));
	assert_ok(vbuf_unreserve(&above));
}

static void
near_with_two_gibibytes_is_out_of_address_space(void **state)
{
	struct vbuf_options o = defaults();
	struct vbuf v;
	static int data;

	(void)state;
	if (TEST_RESERVE_LIMIT < 2 * GIB &&
	    (sizeof(void *) == 8 || !system_answers(SYSTEM_ADDRESSES)))
		skip_because("the search of so many places for so much takes minutes here");
	o.place = VBUF_PLACE_NEAR;
	o.addr = &data;
	assert_result(vbuf_reserve(&v, (size_t)1 << 31, &o), VBUF_ENOADDR);
}

static void
as_much_as_fits_is_all_when_all_fits(void **state)
{
	struct vbuf_options o = defaults();
	struct vbuf v;

	(void)state;
	o.min_size = PAGE;
	reserve_and_use(&v, 16 * MIB, &o);
	assert_ok(vbuf_unreserve(&v));
}

static void
as_much_as_fits_is_so_within_an_eighth(void **state)
{
	struct vbuf_options o = defaults();
	struct vbuf wall, v;
	size_t room = 16 * MIB + 5 * granularity();
	unsigned char *at = free_address(64 * MIB);

	/* The exact place is what can be made small for sure: a wall behind it. */
	(void)state;
	o.place = VBUF_PLACE_EXACT;
	o.addr = at + room;
	assert_ok(vbuf_reserve(&wall, MIB, &o));
	o.addr = at;
	o.min_size = 3 * PAGE;
	assert_ok(vbuf_reserve(&v, 48 * MIB, &o));
	assert_true(v.size <= room && v.size >= room / 8 * 7 - PAGE);
	assert_ok(vbuf_unreserve(&v));
	o.min_size = room;
	assert_ok(vbuf_reserve(&v, 48 * MIB, &o));
	assert_int_equal(v.size, room);
	assert_ok(vbuf_unreserve(&v));
	o.min_size = room + PAGE;
	assert_result(vbuf_reserve(&v, 48 * MIB, &o), VBUF_EBUSY);
	assert_ok(vbuf_unreserve(&wall));
}

static void
huge_pages_preferred_align_the_base_or_are_reported(void **state)
{
	struct vbuf_options o = defaults();
	struct vbuf_limits limits;
	struct vbuf v;

	(void)state;
	assert_ok(vbuf_get_limits(&limits, sizeof limits));
	o.huge = VBUF_HUGE_PREFER;
	reserve_and_use(&v, 64 * MIB, &o);
	if (limits.huge_page_size == 0)
		assert_int_equal(v.unmet, VBUF_UNMET_HUGE);
	else if (limits.huge_page_size <= 64 * MIB)
		assert_int_equal((uintptr_t)v.base % limits.huge_page_size, 0);
	assert_ok(vbuf_unreserve(&v));
	o.huge = VBUF_HUGE_NEVER;
	reserve_and_use(&v, 64 * MIB, &o);
	assert_int_equal(v.unmet, 0);
	assert_ok(vbuf_unreserve(&v));
}

static void
every_option_at_once_works_or_is_reported(void **state)
{
	struct vbuf_options o = defaults();
	struct vbuf v;

	(void)state;
	o.align = 4 * MIB;
	o.guard_before = o.guard_after = 2 * PAGE;
	o.huge = VBUF_HUGE_PREFER;
	o.fork = fork_if_known(VBUF_FORK_WIPE);
	o.charge = VBUF_CHARGE_NONE;
	o.no_dump = true;
	o.exec = true;
	o.name = "a name that is much longer than the room there is";
	reserve_and_use(&v, 8 * MIB, &o);
	assert_true((v.unmet & ~(uint32_t)(VBUF_UNMET_HUGE | VBUF_UNMET_NO_DUMP |
	                                   VBUF_UNMET_CHARGE | VBUF_UNMET_NAME)) == 0);
	assert_int_equal((uintptr_t)v.base % (4 * MIB), 0);
	assert_ok(vbuf_decommit(&v, 0, v.size));
	assert_ok(vbuf_commit(&v, 0, v.size));
	assert_all(v.base, v.size, 0);
	assert_ok(vbuf_unreserve(&v));
}

static void
forget_makes_the_buffer_empty_and_leaves_the_memory(void **state)
{
	struct vbuf v, copy;

	(void)state;
	reserve_and_use(&v, 4 * PAGE, NULL);
	copy = v;
	vbuf_forget(&v);
	assert_memory_equal(&v, &empty, sizeof v);
	assert_int_equal(copy.base[0], 1);
	assert_ok(vbuf_unreserve(&copy));
	vbuf_forget(NULL);
}

static void
limits_are_plausible(void **state)
{
	struct vbuf_limits l, larger[2];

	(void)state;
	assert_ok(vbuf_get_limits(&l, sizeof l));
	assert_int_equal(l.page_size, PAGE);
	assert_true(l.granularity >= PAGE && l.granularity % PAGE == 0);
	assert_true(l.huge_page_size % PAGE == 0);
	assert_true(l.address_bits >= 30 && l.address_bits <= 64);
	assert_true(l.overcommit >= -1 && l.overcommit <= 2);
	assert_true(l.maps <= l.maps_limit);
	assert_true(l.memory_limit >= MIB);
	assert_result(vbuf_get_limits(NULL, sizeof l), VBUF_EINVAL);
	assert_result(vbuf_get_limits(&l, sizeof l - 1), VBUF_EINVAL);
	memset(larger, 0x55, sizeof larger);
	assert_ok(vbuf_get_limits(larger, sizeof larger));
	assert_all((unsigned char *)&larger[1], sizeof larger[1], 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(size_zero_is_the_empty_buffer),
		cmocka_unit_test(unreserve_accepts_null_and_the_empty_buffer_and_a_second_call),
		cmocka_unit_test(a_reserved_page_faults_on_access),
		cmocka_unit_test(sizes_from_one_page_to_the_limit_can_be_reserved_and_used),
		cmocka_unit_test(more_than_the_address_space_is_out_of_address_space),
		cmocka_unit_test(misuse_is_refused_and_leaves_the_empty_buffer),
		cmocka_unit_test(options_that_are_all_zero_are_the_defaults),
		cmocka_unit_test(options_without_their_size_are_refused_not_ignored),
		cmocka_unit_test(options_of_a_newer_program_work_while_their_new_fields_are_zero),
		cmocka_unit_test(alignment_is_met_up_to_a_gibibyte),
		cmocka_unit_test(alignment_and_guards_hold_together),
		cmocka_unit_test(guards_fault_and_are_not_part_of_the_buffer),
		cmocka_unit_test(an_exact_address_is_met),
		cmocka_unit_test(an_exact_address_that_is_taken_is_busy_and_stays_whose_it_is),
		cmocka_unit_test(an_exact_address_off_its_alignment_is_refused),
		cmocka_unit_test(a_hint_is_taken_when_free_and_forgiven_when_not),
		cmocka_unit_test(a_hint_is_taken_though_the_next_byte_is_not_free),
		cmocka_unit_test(a_hint_off_its_alignment_is_refused),
		cmocka_unit_test(a_hint_not_taken_is_aligned_all_the_same),
		cmocka_unit_test(a_hint_is_taken_with_huge_pages_preferred_too),
		cmocka_unit_test(near_means_less_than_two_gibibytes_from_each_byte),
		cmocka_unit_test(near_looks_upwards_from_low_addresses),
		cmocka_unit_test(near_finds_the_one_hole_that_is_left),
		cmocka_unit_test(near_with_two_gibibytes_is_out_of_address_space),
		cmocka_unit_test(as_much_as_fits_is_all_when_all_fits),
		cmocka_unit_test(as_much_as_fits_is_so_within_an_eighth),
		cmocka_unit_test(huge_pages_preferred_align_the_base_or_are_reported),
		cmocka_unit_test(every_option_at_once_works_or_is_reported),
		cmocka_unit_test(forget_makes_the_buffer_empty_and_leaves_the_memory),
		cmocka_unit_test(limits_are_plausible),
	};

	return run_group("reserve", tests);
}
