/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A Windows that has none of the calls we look up at run time. */
#include "access.h"
#include "fault.h"
#include "test.h"

enum { INVALID_ADDRESS = 487, PROC_NOT_FOUND = 127 };

static const struct vbuf_options aligned = { .size = sizeof aligned, .align = (size_t)64 << 20 };

/* The first time, all that is looked up is not found. */
static int
use_the_newer_calls(void **state)
{
	struct vbuf v;

	(void)state;
	fault_always(FAULT_SYSTEM, "GetProcAddress", PROC_NOT_FOUND);
	assert_ok(vbuf_reserve(&v, PAGE, &aligned));
	assert_ok(vbuf_commit(&v, 0, PAGE));
	assert_ok(vbuf_discard(&v, 0, PAGE));
	assert_ok(vbuf_unreserve(&v));
	fault_disarm();
	return 0;
}

static void
what_was_not_found_is_not_looked_for_again(void **state)
{
	(void)state;
	assert_int_equal(use_the_newer_calls(NULL), 0);
	assert_int_equal(fault_count(FAULT_SYSTEM, "GetProcAddress"), 0);
	assert_true(fault_count(FAULT_SYSTEM, "VirtualAlloc") > 0);
}

static void
alignment_is_found_by_search(void **state)
{
	struct vbuf v;

	(void)state;
	fault_arm(FAULT_SYSTEM, 1000, 0); /* to count from here */
	assert_ok(vbuf_reserve(&v, 3 * PAGE, &aligned));
	assert_int_equal(fault_count(FAULT_SYSTEM, "VirtualAlloc"), 2);
	assert_int_equal((uintptr_t)v.base % aligned.align, 0);
	assert_ok(vbuf_commit(&v, 0, v.size));
	memset(v.base, 1, v.size);
	assert_true(access_faults(v.base + v.size, ACCESS_READ));
	assert_ok(vbuf_unreserve(&v));
}

static void
a_place_that_another_thread_takes_is_searched_for_again(void **state)
{
	struct vbuf v;

	(void)state;
	fault_arm(FAULT_SYSTEM, 3, INVALID_ADDRESS); /* found, given back, taken */
	assert_ok(vbuf_reserve(&v, PAGE, &aligned));
	assert_string_equal(fault_name(), "VirtualAlloc");
	assert_int_equal(fault_count(FAULT_SYSTEM, "VirtualAlloc"), 4);
	assert_int_equal((uintptr_t)v.base % aligned.align, 0);
	assert_ok(vbuf_unreserve(&v));
}

static void
discard_is_the_older_call(void **state)
{
	struct vbuf v;

	(void)state;
	assert_ok(vbuf_reserve(&v, PAGE, NULL));
	assert_ok(vbuf_commit(&v, 0, PAGE));
	v.base[0] = 1;
	fault_arm(FAULT_SYSTEM, 1000, 0);
	assert_ok(vbuf_discard(&v, 0, PAGE));
	assert_int_equal(fault_count(FAULT_SYSTEM, "VirtualAlloc"), 1);
	assert_true(v.base[0] == 0 || v.base[0] == 1);
	v.base[0] = 2;
	assert_int_equal(v.base[0], 2);
	assert_ok(vbuf_unreserve(&v));
}

#define EACH(name) cmocka_unit_test_setup(name, use_the_newer_calls)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(what_was_not_found_is_not_looked_for_again),
		EACH(alignment_is_found_by_search),
		EACH(a_place_that_another_thread_takes_is_searched_for_again),
		EACH(discard_is_the_older_call),
	};

	return run_group("fault_win7", tests);
}
