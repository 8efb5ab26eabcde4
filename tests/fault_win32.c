/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * One floor below os.h: system calls of src/win32 fail with each code they may have.
 * What they leave behind, and what the user is told.
 */
#include <vbuf/reclaim.h>

#include "access.h"
#include "fault.h"
#include "test.h"

/* Codes of the system, by their names in its headers. */
enum {
	ACCESS_DENIED = 5,
	NOT_ENOUGH_MEMORY = 8,
	NOT_SUPPORTED = 50,
	INVALID_PARAMETER = 87,
	NOT_LOCKED = 158,
	INVALID_ADDRESS = 487,
	NOACCESS = 998,
	PRIVILEGE_NOT_HELD = 1314,
	NO_SYSTEM_RESOURCES = 1450,
	WORKING_SET_QUOTA = 1453,
	PAGEFILE_QUOTA = 1454,
	COMMITMENT_LIMIT = 1455,
	DYNAMIC_CODE_BLOCKED = 1655,
	NOT_ENOUGH_QUOTA = 1816,
	NOBODY_KNOWS = 31,
};

enum { PAGES = 16 };

/* Eight pages committed and full of ones, eight reserved. */
static int
setup(void **state)
{
	static struct vbuf v;
	const struct vbuf_options o = { .size = sizeof o, .exec = true };

	assert_ok(vbuf_reserve(&v, PAGES * PAGE, &o));
	assert_ok(vbuf_commit(&v, 0, 8 * PAGE));
	memset(v.base, 1, 8 * PAGE);
	*state = &v;
	return 0;
}

static int
teardown(void **state)
{
	fault_disarm();
	return vbuf_unreserve(*state);
}

static void
what_the_system_says_of_a_reserve_has_its_error(void **state)
{
	const struct {
		int code, err;
	} expected[] = {
		{ NOT_ENOUGH_MEMORY, VBUF_ENOADDR },   { INVALID_ADDRESS, VBUF_ENOADDR },
		{ INVALID_PARAMETER, VBUF_ENOADDR },   { COMMITMENT_LIMIT, VBUF_ENOADDR },
		{ NO_SYSTEM_RESOURCES, VBUF_ENOADDR }, { NOT_ENOUGH_QUOTA, VBUF_ERLIMIT },
		{ ACCESS_DENIED, VBUF_EPERM },         { NOBODY_KNOWS, VBUF_ESYS },
	};
	struct vbuf v;

	(void)state;
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		fault_always(FAULT_SYSTEM, "VirtualAlloc", expected[i].code);
		assert_result(vbuf_reserve(&v, PAGE, NULL), expected[i].err);
		assert_int_equal(vbuf_sys_error(), expected[i].code);
		assert_true(fault_disarm());
		assert_int_equal(v.size, 0);
	}
}

static void
what_the_system_says_of_a_commit_has_its_error(void **state)
{
	const struct {
		int code, err;
	} expected[] = {
		{ NOT_ENOUGH_MEMORY, VBUF_ECOMMIT }, { COMMITMENT_LIMIT, VBUF_ECOMMIT },
		{ PAGEFILE_QUOTA, VBUF_ECOMMIT },    { ACCESS_DENIED, VBUF_ECOMMIT },
		{ NOT_ENOUGH_QUOTA, VBUF_ERLIMIT },  { DYNAMIC_CODE_BLOCKED, VBUF_EPERM },
		{ NOT_SUPPORTED, VBUF_ENOTSUP },     { NOBODY_KNOWS, VBUF_ESYS },
	};
	struct vbuf *v = *state;

	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		fault_arm(FAULT_SYSTEM, 1, expected[i].code);
		assert_result(vbuf_commit(v, 0, v->size), expected[i].err);
		assert_int_equal(vbuf_sys_error(), expected[i].code);
		assert_true(fault_disarm());
		assert_int_equal(state_at(v, 8 * PAGE), VBUF_STATE_RESERVED);
	}
	assert_all(v->base, 8 * PAGE, 1);
}

/* Every operation, its Nth system call failing: an error, and then it works. */
static int
run_decommit(struct vbuf *v)
{
	return vbuf_decommit(v, 0, 4 * PAGE);
}

static int
run_prefault(struct vbuf *v)
{
	return vbuf_prefault(v, 0, 8 * PAGE, NULL);
}

static int
run_protect(struct vbuf *v)
{
	return vbuf_protect(v, 0, v->size, VBUF_PROT_NONE);
}

static int
run_purge(struct vbuf *v)
{
	return vbuf_purge(v, 0, v->size);
}

static int
run_discard(struct vbuf *v)
{
	return vbuf_discard(v, 0, 8 * PAGE);
}

static int
run_query(struct vbuf *v)
{
	struct vbuf_run run;

	return vbuf_query(v, 0, &run);
}

static int
run_resident(struct vbuf *v)
{
	size_t bytes;

	return vbuf_resident(v, 0, v->size, &bytes);
}

static int
run_unlock(struct vbuf *v)
{
	return vbuf_unlock(v, 0, v->size);
}

static int
run_unreserve(struct vbuf *v)
{
	struct vbuf copy = *v;

	return vbuf_unreserve(&copy) == VBUF_OK ? (*v = copy, VBUF_OK) : VBUF_ESYS;
}

static void
an_operation_that_fails_anywhere_says_so_and_can_be_repeated(void **state)
{
	/* discard is not here: where a call fails it has another */
	int (*const operations[])(struct vbuf *) = { run_decommit, run_prefault, run_protect,
		                                     run_query,    run_resident, run_unlock };
	struct vbuf *v = *state;

	for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
		for (unsigned n = 1;; n++) {
			fault_arm(FAULT_SYSTEM, n, NOBODY_KNOWS);
			int err = operations[i](v);
			bool hit = fault_disarm();
			if (!hit) {
				assert_ok(err);
				assert_true(n > 1);
				break;
			}
			if (strcmp(fault_name(), "LOCKED") == 0)
				continue; /* that is no failure, and changes no result here */
			assert_result(err, VBUF_ESYS);
			assert_int_equal(vbuf_sys_error(), NOBODY_KNOWS);
		}
		assert_ok(vbuf_commit(v, 0, 8 * PAGE));
		memset(v->base, 1, 8 * PAGE);
	}
}

static void
an_unreserve_that_fails_leaves_the_buffer(void **state)
{
	struct vbuf *v = *state;

	fault_arm(FAULT_SYSTEM, 1, NOBODY_KNOWS);
	assert_result(run_unreserve(v), VBUF_ESYS);
	assert_true(fault_disarm());
	assert_all(v->base, 8 * PAGE, 1);
}

static void
a_purge_that_cannot_commit_anew_leaves_the_range_reserved(void **state)
{
	struct vbuf *v = *state;

	fault_always(FAULT_SYSTEM, "VirtualAlloc", COMMITMENT_LIMIT);
	assert_result(run_purge(v), VBUF_ECOMMIT);
	assert_int_equal(vbuf_sys_error(), COMMITMENT_LIMIT);
	assert_true(fault_disarm());
	assert_int_equal(state_at(v, 0), VBUF_STATE_RESERVED);
	assert_true(access_faults(v->base, ACCESS_READ));
	assert_ok(vbuf_commit(v, 0, 8 * PAGE));
	assert_all(v->base, 8 * PAGE, 0);
}

static void
a_purge_that_cannot_decommit_changes_nothing(void **state)
{
	struct vbuf *v = *state;

	fault_always(FAULT_SYSTEM, "VirtualFree", NOBODY_KNOWS);
	assert_result(run_purge(v), VBUF_ESYS);
	assert_true(fault_disarm());
	assert_all(v->base, 8 * PAGE, 1);
}

static void
locked_pages_are_not_purged(void **state)
{
	struct vbuf *v = *state;

	fault_always(FAULT_SYSTEM, "LOCKED", 0);
	assert_result(run_purge(v), VBUF_EBUSY);
	assert_true(fault_disarm());
	assert_all(v->base, 8 * PAGE, 1);
	assert_ok(run_purge(v));
	assert_all(v->base, 8 * PAGE, 0);
}

static void
discard_goes_on_by_the_older_call_where_the_newer_fails(void **state)
{
	struct vbuf *v = *state;

	fault_always(FAULT_SYSTEM, "DiscardVirtualMemory", INVALID_PARAMETER);
	assert_ok(run_discard(v));
	assert_int_equal(fault_count(FAULT_SYSTEM, "VirtualAlloc"), 1);
	fault_also(FAULT_SYSTEM, "VirtualAlloc", NOBODY_KNOWS);
	assert_result(run_discard(v), VBUF_ESYS);
	assert_true(fault_disarm());
	assert_ok(run_discard(v));
}

static void
discard_takes_pages_that_cannot_be_written(void **state)
{
	struct vbuf *v = *state;

	assert_ok(vbuf_protect(v, 2 * PAGE, PAGE, VBUF_PROT_RO));
	fault_arm(FAULT_SYSTEM, 1000, 0); /* to count from here */
	assert_ok(run_discard(v));
	assert_int_equal(fault_count(FAULT_SYSTEM, "DiscardVirtualMemory"), 2);
	assert_int_equal(fault_count(FAULT_SYSTEM, "VirtualAlloc"), 1);
	assert_int_equal(state_at(v, 2 * PAGE), VBUF_STATE_RO);
}

static void
what_the_system_says_of_a_lock_has_its_error(void **state)
{
	const struct {
		int code, err;
	} expected[] = {
		{ WORKING_SET_QUOTA, VBUF_ELOCKED }, { ACCESS_DENIED, VBUF_ELOCKED },
		{ NOT_ENOUGH_MEMORY, VBUF_ECOMMIT }, { COMMITMENT_LIMIT, VBUF_ECOMMIT },
		{ PRIVILEGE_NOT_HELD, VBUF_EPERM },  { NOT_ENOUGH_QUOTA, VBUF_ERLIMIT },
		{ NOACCESS, VBUF_EACCES },           { NOBODY_KNOWS, VBUF_ESYS },
	};
	struct vbuf *v = *state;

	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		fault_arm(FAULT_SYSTEM, 1, expected[i].code);
		assert_result(vbuf_lock(v, 0, PAGE), expected[i].err);
		assert_int_equal(vbuf_sys_error(), expected[i].code);
		fault_arm(FAULT_SYSTEM, 1, expected[i].code);
		assert_result(vbuf_lock(v, 0, v->size), VBUF_EACCES);
		assert_int_equal(vbuf_sys_error(), expected[i].code);
	}
	assert_true(fault_disarm());
}

static void
pages_that_were_not_locked_are_unlocked_one_by_one(void **state)
{
	struct vbuf *v = *state;
	const int harmless[] = { NOT_LOCKED, INVALID_ADDRESS, NOACCESS };

	for (int i = 0; i < 3; i++) {
		fault_arm(FAULT_SYSTEM, 1, harmless[i]);
		assert_ok(vbuf_unlock(v, 0, 4 * PAGE));
		assert_int_equal(fault_count(FAULT_SYSTEM, "VirtualUnlock"), 1 + 4);
		fault_always(FAULT_SYSTEM, "VirtualUnlock", harmless[i]);
		assert_ok(vbuf_unlock(v, 0, 4 * PAGE));
	}
	assert_true(fault_disarm());
}

static void
the_working_set_that_cannot_be_read_is_no_reason_not_to_purge(void **state)
{
	struct vbuf *v = *state;

	fault_always(FAULT_SYSTEM, "K32QueryWorkingSetEx", NOBODY_KNOWS);
	assert_result(run_resident(v), VBUF_ESYS);
	assert_ok(run_purge(v));
	assert_true(fault_disarm());
	assert_all(v->base, 8 * PAGE, 0);
}

static void
a_jobs_limit_is_the_least_of_its_two(void **state)
{
	struct vbuf_limits limits;

	(void)state;
	fault_always(FAULT_SYSTEM, "JOB_LIMIT", 0);
	assert_ok(vbuf_get_limits(&limits, sizeof limits));
	assert_true(fault_disarm());
	assert_true(limits.memory_limit == GIB);
}

static void
what_the_system_does_not_tell_is_unlimited(void **state)
{
	struct vbuf_limits limits;

	(void)state;
	fault_always(FAULT_SYSTEM, "QueryInformationJobObject", ACCESS_DENIED); /* in no job */
	fault_also(FAULT_SYSTEM, "GlobalMemoryStatusEx", NOBODY_KNOWS);
	assert_ok(vbuf_get_limits(&limits, sizeof limits));
	assert_true(fault_disarm());
	assert_true(limits.memory_limit == VBUF_UNLIMITED);
	assert_true(limits.commit_headroom == VBUF_UNLIMITED);
}

static void
without_fiber_local_storage_there_is_no_record_of_self(void **state)
{
	static const char *const calls[] = { "FlsAlloc", "FlsSetValue" };
	struct vbuf_domain_stats s;
	struct vbuf_record *r;
	struct vbuf_domain *d;

	(void)state;
	assert_ok(vbuf_domain_create(&d, NULL));
	for (int i = 0; i < 2; i++) {
		fault_always(FAULT_SYSTEM, calls[i], NO_SYSTEM_RESOURCES);
		assert_result(vbuf_domain_self(d, &r), VBUF_ERLIMIT);
		assert_int_equal(vbuf_sys_error(), NO_SYSTEM_RESOURCES);
		assert_true(fault_disarm());
		assert_null(r);
		assert_ok(vbuf_domain_get_stats(d, &s, sizeof s));
		assert_int_equal(s.attached, 0);
	}
	assert_ok(vbuf_domain_self(d, &r));
	assert_ok(vbuf_domain_destroy(&d));
}

#define EACH(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_system_says_of_a_reserve_has_its_error),
		EACH(what_the_system_says_of_a_commit_has_its_error),
		EACH(an_operation_that_fails_anywhere_says_so_and_can_be_repeated),
		EACH(an_unreserve_that_fails_leaves_the_buffer),
		EACH(a_purge_that_cannot_commit_anew_leaves_the_range_reserved),
		EACH(a_purge_that_cannot_decommit_changes_nothing),
		EACH(locked_pages_are_not_purged),
		EACH(discard_goes_on_by_the_older_call_where_the_newer_fails),
		EACH(discard_takes_pages_that_cannot_be_written),
		EACH(what_the_system_says_of_a_lock_has_its_error),
		EACH(pages_that_were_not_locked_are_unlocked_one_by_one),
		cmocka_unit_test(a_jobs_limit_is_the_least_of_its_two),
		cmocka_unit_test(what_the_system_does_not_tell_is_unlimited),
		cmocka_unit_test(without_fiber_local_storage_there_is_no_record_of_self),
		EACH(the_working_set_that_cannot_be_read_is_no_reason_not_to_purge),
	};

	return run_group("fault_win32", tests);
}
