/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What is so on Windows only: its granularity, its two states without access, its
 * honest commit, and what it lacks. */
#include "access.h"
#include "test.h"

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

static struct vbuf_limits
limits_now(void)
{
	struct vbuf_limits limits;

	assert_ok(vbuf_get_limits(&limits, sizeof limits));
	return limits;
}

static int
setup(void **state)
{
	static struct vbuf v;
	const struct vbuf_options o = { .size = sizeof o, .exec = true };

	assert_ok(vbuf_reserve(&v, 16 * PAGE, &o));
	*state = &v;
	return 0;
}

static int
teardown(void **state)
{
	return vbuf_unreserve(*state);
}

static void
the_system_is_one_that_we_know(void **state)
{
	struct vbuf_limits limits = limits_now();

	(void)state;
	assert_int_equal(limits.page_size, 4096);
	assert_int_equal(limits.granularity, 65536);
	assert_int_equal(limits.huge_page_size, 0);
	assert_in_range(limits.address_bits, 31, 57);
	assert_int_equal(limits.overcommit, 2);
	assert_true(limits.commit_headroom > 0 && limits.commit_headroom != VBUF_UNLIMITED);
	assert_true(limits.locked_limit > 0 && limits.locked_limit != VBUF_UNLIMITED);
	assert_true(limits.address_space_limit == VBUF_UNLIMITED);
	assert_int_equal(limits.maps, 0);
}

static void
a_reservation_begins_at_the_granularity(void **state)
{
	struct vbuf a, b;
	struct vbuf_options o = { .size = sizeof o, .place = VBUF_PLACE_EXACT };

	(void)state;
	assert_ok(vbuf_reserve(&a, PAGE, NULL));
	assert_int_equal((uintptr_t)a.base % 65536, 0);
	o.addr = a.base + PAGE; /* free, and yet no reservation can begin there */
	assert_result(vbuf_reserve(&b, PAGE, &o), VBUF_EINVAL);
	o.place = VBUF_PLACE_HINT;
	assert_result(vbuf_reserve(&b, PAGE, &o), VBUF_EINVAL);
	assert_ok(vbuf_unreserve(&a));
}

static void
a_guard_before_a_hint_is_rounded_up_to_the_granularity(void **state)
{
	struct vbuf v;
	struct vbuf_options o = {
		.size = sizeof o,
		.place = VBUF_PLACE_HINT,
		.align = MIB,
		.guard_before = PAGE,
	};

	(void)state;
	assert_ok(vbuf_reserve(&v, 4 * MIB, NULL));
	unsigned char *free_now = v.base + MIB;
	assert_ok(vbuf_unreserve(&v));
	o.addr = free_now + (-(uintptr_t)free_now & (MIB - 1));
	assert_ok(vbuf_reserve(&v, PAGE, &o));
	assert_ptr_equal(v.base, o.addr);
	assert_int_equal((uintptr_t)v.map_ % 65536, 0);
	assert_true(access_faults(v.base - 1, ACCESS_READ));
	assert_ok(vbuf_unreserve(&v));
}

static void
an_address_that_no_program_may_have_is_refused(void **state)
{
	struct vbuf v;
	struct vbuf_options o = { .size = sizeof o, .place = VBUF_PLACE_EXACT };
	uintptr_t end = (uintptr_t)1 << limits_now().address_bits;

	(void)state;
	o.addr = (void *)end;
	assert_result(vbuf_reserve(&v, PAGE, &o), VBUF_EPERM);
	o.addr = (void *)(end / 2);
	assert_result(vbuf_reserve(&v, end, &o), VBUF_ENOADDR);
}

static void
pages_without_access_are_told_from_pages_not_committed(void **state)
{
	struct vbuf *v = *state;
	struct vbuf_run run;

	assert_ok(vbuf_commit(v, 0, 4 * PAGE));
	v->base[0] = 7;
	assert_ok(vbuf_protect(v, 0, 8 * PAGE, VBUF_PROT_NONE));
	assert_ok(vbuf_query(v, 0, &run));
	assert_int_equal(run.state, VBUF_STATE_NONE);
	assert_int_equal(run.size, 4 * PAGE);
	assert_int_equal(state_at(v, 4 * PAGE), VBUF_STATE_RESERVED);
	assert_true(access_faults(v->base, ACCESS_READ));
	assert_ok(vbuf_commit(v, 0, PAGE));
	assert_int_equal(v->base[0], 7);
}

static void
runs_of_one_state_are_one_however_they_came_about(void **state)
{
	struct vbuf *v = *state;
	struct vbuf_run run;

	assert_ok(vbuf_commit(v, 0, 2 * PAGE));
	assert_ok(vbuf_protect(v, 2 * PAGE, PAGE, VBUF_PROT_RO));
	assert_ok(vbuf_commit(v, 2 * PAGE, 3 * PAGE));
	assert_ok(vbuf_query(v, PAGE, &run));
	assert_int_equal(run.state, VBUF_STATE_RW);
	assert_int_equal(run.size, 4 * PAGE);
}

static void
purge_keeps_what_each_page_allows(void **state)
{
	struct vbuf *v = *state;
	const enum vbuf_prot prots[] = { VBUF_PROT_RW, VBUF_PROT_RO, VBUF_PROT_NONE, VBUF_PROT_RX };
	const enum vbuf_state states[] = { VBUF_STATE_RW, VBUF_STATE_RO, VBUF_STATE_NONE,
		                           VBUF_STATE_RX };

	assert_ok(vbuf_commit(v, 0, 4 * PAGE));
	memset(v->base, 0xa5, 4 * PAGE);
	for (size_t i = 0; i < 4; i++)
		assert_ok(vbuf_protect(v, i * PAGE, PAGE, prots[i]));
	assert_ok(vbuf_purge(v, 0, v->size));
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(state_at(v, i * PAGE), states[i]);
	assert_int_equal(state_at(v, 4 * PAGE), VBUF_STATE_RESERVED);
	assert_int_equal(resident_in(v, 0, v->size), 0);
	assert_ok(vbuf_commit(v, 0, 4 * PAGE));
	assert_all(v->base, 4 * PAGE, 0);
}

static void
discard_refuses_pages_not_committed_and_changes_none(void **state)
{
	struct vbuf *v = *state;

	assert_ok(vbuf_commit(v, 0, 4 * PAGE));
	memset(v->base, 0xa5, 4 * PAGE);
	assert_result(vbuf_discard(v, 0, 5 * PAGE), VBUF_EACCES);
	assert_all(v->base, 4 * PAGE, 0xa5);
}

static void
unlock_is_legal_whatever_the_state_of_the_pages(void **state)
{
	struct vbuf *v = *state;

	assert_ok(vbuf_commit(v, 0, 4 * PAGE));
	v->base[PAGE] = 3;
	assert_ok(vbuf_lock(v, 0, 2 * PAGE));
	assert_ok(vbuf_protect(v, 3 * PAGE, PAGE, VBUF_PROT_NONE));
	assert_ok(vbuf_unlock(v, 0, v->size));
	assert_ok(vbuf_unlock(v, 0, v->size));
	assert_int_equal(v->base[PAGE], 3);
}

/* More than memory and page file together: an error, and the process lives to tell. */
static void
a_commit_beyond_the_machine_is_an_error_and_no_crash(void **state)
{
	struct vbuf v;
	MEMORYSTATUSEX machine = { .dwLength = sizeof machine };

	assert_true(GlobalMemoryStatusEx(&machine));
	size_t size = vbuf_align_up((size_t)(machine.ullTotalPageFile + GIB), PAGE);

	(void)state;
	if (size > TEST_RESERVE_LIMIT)
		skip();
	assert_ok(vbuf_reserve(&v, size, NULL));
	assert_ok(vbuf_commit(&v, 0, PAGE));
	v.base[0] = 7;
	assert_result(vbuf_commit(&v, 0, size), VBUF_ECOMMIT);
	assert_true(vbuf_sys_error() != 0);
	assert_int_equal(v.base[0], 7);
	assert_int_equal(state_at(&v, PAGE), VBUF_STATE_RESERVED);
	assert_ok(vbuf_commit(&v, PAGE, MIB));
	memset(v.base + PAGE, 1, MIB);
	assert_ok(vbuf_unreserve(&v));
}

static void
what_windows_lacks_is_said(void **state)
{
	struct vbuf v;
	const struct vbuf_options o = {
		.size = sizeof o,
		.huge = VBUF_HUGE_PREFER,
		.charge = VBUF_CHARGE_NONE,
		.no_dump = true,
		.name = "windows",
	};

	(void)state;
	assert_ok(vbuf_reserve(&v, 4 * MIB, &o));
	assert_int_equal(v.unmet, VBUF_UNMET_HUGE | VBUF_UNMET_NO_DUMP | VBUF_UNMET_CHARGE |
	                                  VBUF_UNMET_NAME);
	assert_ok(vbuf_commit(&v, 0, 4 * MIB));
	assert_result(vbuf_collapse(&v, 0, 4 * MIB), VBUF_ENOTSUP);
	assert_result(vbuf_advise_huge(&v, 0, 4 * MIB, VBUF_HUGE_NEVER), VBUF_ENOTSUP);
	assert_int_equal(vbuf_sys_error(), ERROR_NOT_SUPPORTED);
	assert_result(vbuf_numa(&v, VBUF_NUMA_BIND, 1), VBUF_ENOTSUP);
	assert_int_equal(vbuf_sys_error(), ERROR_NOT_SUPPORTED);
	assert_ok(vbuf_unreserve(&v));
}

static void
fork_and_small_pages_are_as_asked_where_there_is_no_other_way(void **state)
{
	struct vbuf v;

	(void)state;
	for (int fork = VBUF_FORK_INHERIT; fork <= VBUF_FORK_WIPE; fork++) {
		const struct vbuf_options o = {
			.size = sizeof o,
			.fork = (enum vbuf_fork)fork,
			.huge = VBUF_HUGE_NEVER,
		};
		assert_ok(vbuf_reserve(&v, PAGE, &o));
		assert_int_equal(v.unmet, 0);
		assert_ok(vbuf_commit(&v, 0, PAGE));
		assert_ok(vbuf_decommit(&v, 0, PAGE));
		assert_ok(vbuf_unreserve(&v));
	}
}

static void
a_systems_text_is_one_clean_line(void **state)
{
	char text[256];
	size_t len = vbuf_sys_strerror(ERROR_INVALID_ADDRESS, text, sizeof text);

	(void)state;
	assert_true(len > 0);
	assert_int_equal(strlen(text), len);
	assert_null(strpbrk(text, "\r\n"));
	assert_true(text[len - 1] != '.' && text[len - 1] != ' ');
}

#define EACH(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_system_is_one_that_we_know),
		cmocka_unit_test(a_reservation_begins_at_the_granularity),
		cmocka_unit_test(a_guard_before_a_hint_is_rounded_up_to_the_granularity),
		cmocka_unit_test(an_address_that_no_program_may_have_is_refused),
		EACH(pages_without_access_are_told_from_pages_not_committed),
		EACH(runs_of_one_state_are_one_however_they_came_about),
		EACH(purge_keeps_what_each_page_allows),
		EACH(discard_refuses_pages_not_committed_and_changes_none),
		EACH(unlock_is_legal_whatever_the_state_of_the_pages),
		cmocka_unit_test(a_commit_beyond_the_machine_is_an_error_and_no_crash),
		cmocka_unit_test(what_windows_lacks_is_said),
		cmocka_unit_test(fork_and_small_pages_are_as_asked_where_there_is_no_other_way),
		cmocka_unit_test(a_systems_text_is_one_clean_line),
	};

	return run_group("win32", tests);
}
