/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Every failure of the system that os.h can report, at every point where it can
 * happen: the Nth call of an operation fails, for N = 1, 2, ... until none is left
 * to fail. After each the buffer must be as the contract says, still work, and be
 * given back.
 */
#include "../src/os.h"
#include "access.h"
#include "fault.h"
#include "system.h"
#include "test.h"

enum { PAGES = 16 };

static const struct vbuf empty;

static struct vbuf_options everything = {
	.size = sizeof everything,
	.align = (size_t)1 << 20,
	.guard_before = (size_t)1 << 16,
	.guard_after = (size_t)1 << 16,
	.huge = VBUF_HUGE_NEVER,
	.fork = VBUF_FORK_WIPE,
	.charge = VBUF_CHARGE_NONE,
	.no_dump = true,
	.exec = true,
	.name = "fault",
};

static const int errors[] = {
#define VALUE(name, value, text) name,
	VBUF_ERRORS(VALUE)
#undef VALUE
};

enum { ERRORS = sizeof errors / sizeof *errors };

/* The buffer still does all it should, wherever the fault hit. */
static void
assert_works(struct vbuf *v)
{
	assert_ok(vbuf_commit(v, 0, v->size));
	memset(v->base, 0xa5, v->size);
	assert_ok(vbuf_decommit(v, 0, v->size));
	assert_true(access_faults(v->base, ACCESS_READ));
	assert_ok(vbuf_commit(v, 0, v->size));
	assert_all(v->base, v->size, 0);
}

static void
a_reserve_that_fails_anywhere_leaves_the_empty_buffer(void **state)
{
	(void)state;
	for (int e = 0; e < ERRORS; e++) {
		for (unsigned n = 1;; n++) {
			struct vbuf v;
			memset(&v, 0x55, sizeof v);
			fault_arm(FAULT_OS, n, errors[e]);
			int err = vbuf_reserve(&v, PAGES * PAGE, &everything);
			bool hit = fault_disarm();
			if (hit && strcmp(fault_name(), "name") != 0) {
				assert_result(err, errors[e]);
				assert_memory_equal(&v, &empty, sizeof v);
				continue;
			}
			assert_ok(err); /* without a name it is as good */
			assert_true(!hit || v.unmet & VBUF_UNMET_NAME);
			assert_works(&v);
			assert_ok(vbuf_unreserve(&v));
			if (!hit)
				break;
		}
	}
}

static void
a_search_for_what_fits_that_fails_anywhere_holds_nothing_or_a_buffer(void **state)
{
	struct vbuf_options o = { .size = sizeof o, .min_size = PAGE };
	const int kinds[] = { VBUF_ENOADDR, VBUF_ESYS }; /* go on with less; give up */

	(void)state;
	fault_reserve_limit = 64 * MIB; /* Wine takes its time for what really fits */
	for (int e = 0; e < 2; e++) {
		for (unsigned n = 1;; n++) {
			struct vbuf v;
			memset(&v, 0x55, sizeof v);
			fault_arm(FAULT_OS, n, kinds[e]);
			int err = vbuf_reserve(&v, SIZE_MAX / 2 + 1, &o); /* never fits whole */
			bool hit = fault_disarm();
			if (err) {
				assert_true(hit);
				assert_result(err, kinds[e]);
				assert_memory_equal(&v, &empty, sizeof v);
				continue;
			}
			assert_true(v.size >= PAGE && v.size % PAGE == 0);
			assert_ok(vbuf_commit(&v, 0, PAGE));
			v.base[0] = 1;
			assert_ok(vbuf_unreserve(&v));
			if (!hit)
				break;
		}
	}
	fault_reserve_limit = SIZE_MAX;
}

static void
an_unreserve_that_fails_leaves_the_buffer_as_it_was(void **state)
{
	struct vbuf v;

	(void)state;
	assert_ok(vbuf_reserve(&v, PAGES * PAGE, &everything));
	struct vbuf before = v;
	fault_arm(FAULT_OS, 1, VBUF_EMAPS);
	assert_result(vbuf_unreserve(&v), VBUF_EMAPS);
	assert_true(fault_disarm());
	assert_memory_equal(&v, &before, sizeof v);
	assert_works(&v);
	assert_ok(vbuf_unreserve(&v));
}

/* The calls that do one thing: their failure is the system's, and nothing else. */
static int
run_commit(struct vbuf *v)
{
	return vbuf_commit(v, 4 * PAGE, 4 * PAGE);
}

static int
run_protect(struct vbuf *v)
{
	return vbuf_protect(v, 0, PAGE, VBUF_PROT_RO);
}

static int
run_purge(struct vbuf *v)
{
	return vbuf_purge(v, 0, 2 * PAGE);
}

static int
run_discard(struct vbuf *v)
{
	return vbuf_discard(v, 0, 2 * PAGE);
}

static int
run_query(struct vbuf *v)
{
	struct vbuf_run run;
	int err = vbuf_query(v, 0, &run);

	if (err) {
		assert_int_equal(run.size, 0);
		assert_int_equal(run.state, VBUF_STATE_RESERVED);
	}
	return err;
}

static int
run_resident(struct vbuf *v)
{
	size_t bytes = 5;
	int err = vbuf_resident(v, 0, v->size, &bytes);

	if (err)
		assert_int_equal(bytes, 0);
	return err;
}

static int
run_lock(struct vbuf *v)
{
	return vbuf_lock(v, 0, PAGE);
}

static int
run_unlock(struct vbuf *v)
{
	return vbuf_unlock(v, 0, PAGE);
}

static int
run_numa(struct vbuf *v)
{
	return vbuf_numa(v, VBUF_NUMA_BIND, 1);
}

static int
run_advise_huge(struct vbuf *v)
{
	return vbuf_advise_huge(v, 0, PAGE, VBUF_HUGE_NEVER);
}

static int
run_freeze(struct vbuf *v)
{
	return vbuf_freeze(v, 0, 4 * PAGE);
}

static void
a_call_that_fails_reports_the_error_and_the_buffer_works_on(void **state)
{
	int (*const operations[])(struct vbuf *) = {
		run_commit, run_protect, run_purge, run_discard, run_query,       run_resident,
		run_lock,   run_unlock,  run_numa,  run_freeze,  run_advise_huge,
	};

	(void)state;
	for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
		for (int e = 0; e < ERRORS; e++) {
			struct vbuf v;
			assert_ok(vbuf_reserve(&v, PAGES * PAGE, &everything));
			assert_ok(vbuf_commit(&v, 0, 4 * PAGE));
			memset(v.base, 1, 4 * PAGE);
			struct vbuf before = v;
			fault_arm(FAULT_OS, 1, errors[e]);
			int err = operations[i](&v);
			assert_true(fault_disarm());
			assert_memory_equal(&v, &before, sizeof v);
			if (operations[i] == run_purge && errors[e] == VBUF_ENOTSUP &&
			    !system_answers(BACKEND_IN_PLACE)) { /* there are other ways */
				assert_ok(err);
				assert_all(v.base, 2 * PAGE, 0);
			} else {
				assert_result(err, errors[e]);
				assert_all(v.base, 4 * PAGE, 1);
			}
			assert_works(&v);
			assert_ok(vbuf_unreserve(&v));
		}
	}
}

static void
a_decommit_that_the_system_refuses_changes_nothing(void **state)
{
	struct vbuf v;

	(void)state;
	assert_ok(vbuf_reserve(&v, PAGES * PAGE, &everything));
	assert_ok(vbuf_commit(&v, 0, v.size));
	memset(v.base, 3, v.size);
	fault_arm(FAULT_OS, 1, VBUF_EMAPS);
	assert_result(vbuf_decommit(&v, 0, v.size), VBUF_EMAPS);
	assert_true(fault_disarm());
	assert_string_equal(fault_name(), "decommit");
	assert_all(v.base, v.size, 3);
	assert_works(&v);
	assert_ok(vbuf_unreserve(&v));
}

static void
options_lost_by_a_decommit_are_mended_by_the_next_commit_or_it_fails(void **state)
{
	struct vbuf v;

	(void)state;
	needs(BACKEND_WIPES);
	assert_ok(vbuf_reserve(&v, PAGES * PAGE, &everything));
	assert_ok(vbuf_commit(&v, 0, v.size));
	memset(v.base, 3, v.size);
	fault_always(FAULT_OS, "advise", VBUF_EMAPS);
	assert_result(vbuf_decommit(&v, 0, 4 * PAGE), VBUF_ESYS);
	assert_true(fault_disarm());
	assert_true(access_faults(v.base, ACCESS_READ)); /* decommitted all the same */
	assert_all(v.base + 4 * PAGE, v.size - 4 * PAGE, 3);

	fault_always(FAULT_OS, "advise", VBUF_EMAPS);
	assert_result(vbuf_commit(&v, 8 * PAGE, PAGE), VBUF_EMAPS);
	assert_result(vbuf_commit(&v, 0, PAGE), VBUF_EMAPS);
	assert_result(vbuf_protect(&v, 0, PAGE, VBUF_PROT_RO), VBUF_EMAPS);
	assert_true(fault_disarm());
	assert_true(access_faults(v.base, ACCESS_READ));

	fault_arm(FAULT_OS, 100, VBUF_EMAPS); /* counts, and never fails */
	assert_ok(vbuf_commit(&v, 0, PAGE));
	assert_int_equal(fault_count(FAULT_OS, "advise"), 1);
	assert_ok(vbuf_commit(&v, 0, PAGE));
	assert_int_equal(fault_count(FAULT_OS, "advise"), 1); /* mended once for all */
	(void)fault_disarm();
	assert_ok(vbuf_unreserve(&v));
}

/* The other threads of the next test, which come while one mends. */
static struct vbuf shared;

static void
lose_options(void)
{
	fault_always(FAULT_OS, "advise", VBUF_EMAPS);
	assert_result(vbuf_decommit(&shared, 0, 4 * PAGE), VBUF_ESYS);
	assert_true(fault_disarm());
}

static void
mend_then_lose_options(void)
{
	assert_ok(vbuf_commit(&shared, 8 * PAGE, PAGE));
	lose_options();
}

static void
options_lost_while_another_thread_mends_are_mended_by_the_next_commit(void **state)
{
	void (*const meanwhile[])(void) = { lose_options, mend_then_lose_options };

	(void)state;
	needs(BACKEND_WIPES);
	for (int i = 0; i < 2; i++) {
		assert_ok(vbuf_reserve(&shared, PAGES * PAGE, &everything));
		lose_options();
		/* All is mended, which is not yet noted. */
		fault_after("advise", meanwhile[i]);
		assert_ok(vbuf_commit(&shared, 12 * PAGE, PAGE));
		fault_arm(FAULT_OS, 100, VBUF_EMAPS); /* counts, and never fails */
		assert_ok(vbuf_commit(&shared, 0, PAGE));
		assert_int_equal(fault_count(FAULT_OS, "advise"), 1);
		assert_ok(vbuf_commit(&shared, 0, PAGE));
		assert_int_equal(fault_count(FAULT_OS, "advise"), 1);
		(void)fault_disarm();
		assert_ok(vbuf_unreserve(&shared));
	}
}

static void
advice_that_a_decommit_cannot_give_again_fails_no_call(void **state)
{
	const struct vbuf_options advice = {
		.size = sizeof advice,
		.huge = VBUF_HUGE_NEVER,
		.name = "fault",
	};
	const char *const names[] = { "advise", "numa", "name" };

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct vbuf v;
		assert_ok(vbuf_reserve(&v, PAGES * PAGE, &advice));
		bool has_numa = vbuf_numa(&v, VBUF_NUMA_BIND, 1) == VBUF_OK;
		bool has_advice = v.attrs_ & VBUF_OS_NO_HUGE;
		bool given[] = { has_advice, has_numa, !(v.unmet & VBUF_UNMET_NAME) };
		assert_ok(vbuf_commit(&v, 0, v.size));
		fault_always(FAULT_OS, names[i], VBUF_EMAPS);
		assert_ok(vbuf_decommit(&v, 0, 4 * PAGE));
		assert_ok(vbuf_commit(&v, 0, 2 * PAGE));
		assert_ok(vbuf_protect(&v, 2 * PAGE, PAGE, VBUF_PROT_RO));
		assert_works(&v);
		assert_int_equal(fault_count(FAULT_OS, names[i]), given[i] ? 2 : 0);
		assert_int_equal(fault_disarm(), given[i]);
		assert_ok(vbuf_unreserve(&v));
	}
}

static void
a_decommit_fails_where_the_promises_fail_and_not_where_the_advice_does(void **state)
{
	(void)state;
	needs(BACKEND_WIPES);
	for (unsigned n = 1;; n++) {
		struct vbuf v;
		assert_ok(vbuf_reserve(&v, PAGES * PAGE, &everything));
		assert_ok(vbuf_commit(&v, 0, v.size));
		fault_arm(FAULT_OS, n, VBUF_EMAPS);
		int err = vbuf_decommit(&v, 0, 4 * PAGE);
		bool hit = fault_disarm();
		/* the decommit itself, fork and no-dump, then huge and name */
		assert_result(err, n == 1 ? VBUF_EMAPS : n == 2 ? VBUF_ESYS : VBUF_OK);
		assert_works(&v);
		assert_ok(vbuf_unreserve(&v));
		assert_true(hit || n > (system_answers(BACKEND_LINUX) ? 3 : 2));
		if (!hit)
			break;
	}
}

static void
prefault_without_populate_touches_each_page(void **state)
{
	struct vbuf v;
	size_t done;
	const int reasons[] = { VBUF_ENOTSUP, VBUF_ECOMMIT, VBUF_ESYS };

	(void)state;
	needs(SYSTEM_RESIDENCY);
	for (int i = 0; i < 3; i++) {
		assert_ok(vbuf_reserve(&v, PAGES * PAGE, NULL));
		assert_ok(vbuf_commit(&v, 0, 12 * PAGE));
		v.base[5 * PAGE] = 9;
		fault_always(FAULT_OS, "populate", reasons[i]);
		assert_ok(vbuf_prefault(&v, 0, 12 * PAGE, &done));
		assert_int_equal(fault_count(FAULT_OS, "touch"), 1);
		assert_int_equal(done, 12 * PAGE);
		assert_int_equal(resident_in(&v, 0, v.size), 12 * PAGE);
		assert_int_equal(v.base[5 * PAGE], 9);
		if (!system_answers(BACKEND_STATES)) {
			assert_true(fault_disarm());
			assert_ok(vbuf_unreserve(&v));
			continue;
		}
		/* past what is committed: the reason given is that of populate, where memory
		 * is short, else what touch found */
		assert_result(vbuf_prefault(&v, 8 * PAGE, 8 * PAGE, &done),
		              reasons[i] == VBUF_ECOMMIT ? VBUF_ECOMMIT : VBUF_EACCES);
		assert_int_equal(done, 4 * PAGE);
		assert_true(fault_disarm());
		assert_ok(vbuf_unreserve(&v));
	}
}

static void
prefault_works_on_when_one_piece_fails(void **state)
{
	struct vbuf v;
	size_t done, size = 40 * MIB; /* three pieces */

	(void)state;
	needs(SYSTEM_RESIDENCY);
	for (unsigned n = 1; n <= 3; n++) {
		assert_ok(vbuf_reserve(&v, size, NULL));
		assert_ok(vbuf_commit(&v, 0, size));
		fault_arm(FAULT_OS, n, VBUF_ESYS);
		int err = vbuf_prefault(&v, 0, size, &done);
		assert_true(fault_disarm());
		if (strcmp(fault_name(), "populate") != 0) { /* nothing is left to try there */
			assert_result(err, VBUF_ESYS);
			assert_true(done < size);
			err = vbuf_prefault(&v, 0, size, &done);
		}
		assert_ok(err);
		assert_int_equal(done, size);
		assert_int_equal(resident_in(&v, 0, size), size);
		assert_ok(vbuf_unreserve(&v));
	}
}

static void
misuse_never_reaches_the_system(void **state)
{
	struct vbuf v, other;
	size_t n;
	struct vbuf_run run;

	(void)state;
	assert_ok(vbuf_reserve(&v, PAGES * PAGE, NULL));
	fault_arm(FAULT_OS, 1, VBUF_ESYS);
	const size_t bad[][2] = { { 0, 0 },         { 1, PAGE },          { 0, 1 },
		                  { v.size, PAGE }, { 0, v.size + PAGE }, { PAGE, SIZE_MAX } };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		size_t at = bad[i][0], size = bad[i][1];
		assert_true(vbuf_commit(&v, at, size) != VBUF_OK);
		assert_true(vbuf_decommit(&v, at, size) != VBUF_OK);
		assert_true(vbuf_prefault(&v, at, size, &n) != VBUF_OK);
		assert_true(vbuf_protect(&v, at, size, VBUF_PROT_RO) != VBUF_OK);
		assert_true(vbuf_freeze(&v, at, size) != VBUF_OK);
		assert_true(vbuf_purge(&v, at, size) != VBUF_OK);
		assert_true(vbuf_discard(&v, at, size) != VBUF_OK);
		assert_true(vbuf_resident(&v, at, size, &n) != VBUF_OK);
		assert_true(vbuf_advise_huge(&v, at, size, VBUF_HUGE_NEVER) != VBUF_OK);
		assert_true(vbuf_collapse(&v, at, size) != VBUF_OK);
		assert_true(vbuf_lock(&v, at, size) != VBUF_OK);
		assert_true(vbuf_unlock(&v, at, size) != VBUF_OK);
	}
	assert_true(vbuf_query(&v, v.size, &run) != VBUF_OK);
	assert_true(vbuf_numa(&v, VBUF_NUMA_BIND, 0) != VBUF_OK);
	assert_true(vbuf_protect(&v, 0, PAGE, VBUF_PROT_RX) != VBUF_OK);
	assert_true(vbuf_reserve(&other, PAGE + 1, NULL) != VBUF_OK);
	assert_ok(vbuf_reserve(&other, 0, NULL));
	assert_ok(vbuf_unreserve(&other));
	vbuf_forget(&other);
	assert_false(fault_disarm());
	assert_ok(vbuf_unreserve(&v));
}

static void
a_frozen_buffer_never_reaches_the_system(void **state)
{
	struct vbuf v;
	size_t n;

	(void)state;
	assert_ok(vbuf_reserve(&v, PAGES * PAGE, NULL));
	assert_ok(vbuf_freeze(&v, 0, PAGE));
	fault_arm(FAULT_OS, 1, VBUF_ESYS);
	assert_result(vbuf_commit(&v, 0, PAGE), VBUF_EPERM);
	assert_result(vbuf_decommit(&v, 0, PAGE), VBUF_EPERM);
	assert_result(vbuf_prefault(&v, 0, PAGE, &n), VBUF_EPERM);
	assert_result(vbuf_protect(&v, 0, PAGE, VBUF_PROT_RW), VBUF_EPERM);
	assert_result(vbuf_purge(&v, 0, PAGE), VBUF_EPERM);
	assert_result(vbuf_discard(&v, 0, PAGE), VBUF_EPERM);
	assert_false(fault_disarm());
	assert_ok(vbuf_unreserve(&v));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reserve_that_fails_anywhere_leaves_the_empty_buffer),
		cmocka_unit_test(
			a_search_for_what_fits_that_fails_anywhere_holds_nothing_or_a_buffer),
		cmocka_unit_test(an_unreserve_that_fails_leaves_the_buffer_as_it_was),
		cmocka_unit_test(a_call_that_fails_reports_the_error_and_the_buffer_works_on),
		cmocka_unit_test(a_decommit_that_the_system_refuses_changes_nothing),
		cmocka_unit_test(
			options_lost_by_a_decommit_are_mended_by_the_next_commit_or_it_fails),
		cmocka_unit_test(
			options_lost_while_another_thread_mends_are_mended_by_the_next_commit),
		cmocka_unit_test(advice_that_a_decommit_cannot_give_again_fails_no_call),
		cmocka_unit_test(
			a_decommit_fails_where_the_promises_fail_and_not_where_the_advice_does),
		cmocka_unit_test(prefault_without_populate_touches_each_page),
		cmocka_unit_test(prefault_works_on_when_one_piece_fails),
		cmocka_unit_test(misuse_never_reaches_the_system),
		cmocka_unit_test(a_frozen_buffer_never_reaches_the_system),
	};

	everything.fork = fork_if_known(everything.fork);
	return run_group("fault", tests);
}
