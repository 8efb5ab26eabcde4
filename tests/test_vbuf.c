/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What is done with the pages of a buffer. */
#include "access.h"
#include "system.h"
#include "test.h"

enum { PAGES = 64 };

static int
setup(void **state)
{
	static struct vbuf v;
	const struct vbuf_options o = { .size = sizeof o, .exec = true };

	*state = &v;
	return vbuf_reserve(&v, PAGES * PAGE, &o);
}

static int
teardown(void **state)
{
	return vbuf_unreserve(*state);
}

static void
committed_pages_read_zero_and_can_be_written(void **state)
{
	struct vbuf *v = *state;

	assert_ok(vbuf_commit(v, 2 * PAGE, 3 * PAGE));
	assert_all(v->base + 2 * PAGE, 3 * PAGE, 0);
	memset(v->base + 2 * PAGE, 7, 3 * PAGE);
	assert_all(v->base + 2 * PAGE, 3 * PAGE, 7);
	assert_true(access_faults(v->base + 2 * PAGE - 1, ACCESS_READ));
	assert_true(access_faults(v->base + 5 * PAGE, ACCESS_READ));
}

static void
commit_keeps_existing_bytes(void **state)
{
	struct vbuf *v = *state;

	assert_ok(vbuf_commit(v, PAGE, PAGE));
	memset(v->base + PAGE, 9, PAGE);
	assert_ok(vbuf_commit(v, 0, 4 * PAGE));
	assert_ok(vbuf_commit(v, PAGE, PAGE));
	assert_all(v->base + PAGE, PAGE, 9);
	assert_all(v->base, PAGE, 0);
	assert_all(v->base + 2 * PAGE, 2 * PAGE, 0);
}

static void
decommitted_pages_fault_and_read_zero_when_committed_again(void **state)
{
	struct vbuf *v = *state;

	assert_ok(vbuf_commit(v, 0, 4 * PAGE));
	memset(v->base, 5, 4 * PAGE);
	assert_ok(vbuf_decommit(v, PAGE, 2 * PAGE));
	assert_true(access_faults(v->base + PAGE, ACCESS_READ));
	assert_true(access_faults(v->base + 3 * PAGE - 1, ACCESS_WRITE));
	assert_all(v->base, PAGE, 5);
	assert_all(v->base + 3 * PAGE, PAGE, 5);
	assert_ok(vbuf_commit(v, 0, 4 * PAGE));
	assert_all(v->base + PAGE, 2 * PAGE, 0);
	assert_all(v->base, PAGE, 5);
}

static void
decommit_is_legal_on_pages_that_are_not_committed(void **state)
{
	struct vbuf *v = *state;

	assert_ok(vbuf_decommit(v, 0, v->size));
	assert_ok(vbuf_commit(v, 8 * PAGE, PAGE));
	assert_ok(vbuf_decommit(v, 0, v->size));
	assert_ok(vbuf_decommit(v, 0, v->size));
	assert_true(access_faults(v->base + 8 * PAGE, ACCESS_READ));
}

static void
decommit_gives_the_memory_back(void **state)
{
	struct vbuf *v = *state;

	needs(SYSTEM_RESIDENCY);
	assert_ok(vbuf_commit(v, 0, v->size));
	memset(v->base, 1, v->size);
	assert_int_equal(resident_in(v, 0, v->size), v->size);
	assert_ok(vbuf_decommit(v, 0, v->size));
	assert_int_equal(resident_in(v, 0, v->size), 0);
}

static void
committed_pages_are_not_resident_before_they_are_written(void **state)
{
	struct vbuf *v = *state;
	const size_t size = 8 * PAGE; /* in which no huge page has room */

	assert_ok(vbuf_commit(v, 0, size));
	assert_int_equal(resident_in(v, 0, size), 0);
	v->base[3 * PAGE] = 1;
	assert_int_equal(resident_in(v, 0, size), PAGE);
	assert_int_equal(resident_in(v, 3 * PAGE, PAGE), PAGE);
	assert_int_equal(resident_in(v, 4 * PAGE, PAGE), 0);
}

static void
every_call_refuses_a_misused_range(void **state)
{
	struct vbuf *v = *state;
	struct vbuf none = { 0 };
	struct vbuf_run run;
	size_t n;
	const struct {
		struct vbuf *v;
		size_t offset, size;
		int err;
	} bad[] = {
		{ NULL, 0, PAGE, VBUF_EINVAL },
		{ &none, 0, PAGE, VBUF_EINVAL },
		{ v, 0, 0, VBUF_EINVAL },
		{ v, 1, PAGE, VBUF_EINVAL },
		{ v, 0, PAGE - 1, VBUF_EINVAL },
		{ v, PAGE / 2, PAGE / 2, VBUF_EINVAL },
		{ v, 0, SIZE_MAX, VBUF_EINVAL },
		{ v, SIZE_MAX, PAGE, VBUF_EINVAL },
		{ v, 0, (PAGES + 1) * PAGE, VBUF_ERANGE },
		{ v, PAGES * PAGE, PAGE, VBUF_ERANGE },
		{ v, (PAGES - 1) * PAGE, 2 * PAGE, VBUF_ERANGE },
		{ v, SIZE_MAX - (PAGE - 1), 2 * PAGE, VBUF_ERANGE },
		{ v, PAGE, SIZE_MAX - (PAGE - 1), VBUF_ERANGE },
		{ v, SIZE_MAX - (PAGE - 1), SIZE_MAX - (PAGE - 1), VBUF_ERANGE },
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct vbuf *b = bad[i].v;
		size_t offset = bad[i].offset, size = bad[i].size;
		int err = bad[i].err;
		assert_result(vbuf_commit(b, offset, size), err);
		assert_result(vbuf_decommit(b, offset, size), err);
		n = 5;
		assert_result(vbuf_prefault(b, offset, size, &n), err);
		assert_int_equal(n, 0);
		assert_result(vbuf_prefault(b, offset, size, NULL), err);
		assert_result(vbuf_protect(b, offset, size, VBUF_PROT_RO), err);
		assert_result(vbuf_freeze(b, offset, size), err);
		assert_result(vbuf_purge(b, offset, size), err);
		assert_result(vbuf_discard(b, offset, size), err);
		n = 5;
		assert_result(vbuf_resident(b, offset, size, &n), err);
		assert_int_equal(n, 0);
		assert_result(vbuf_advise_huge(b, offset, size, VBUF_HUGE_NEVER), err);
		assert_result(vbuf_collapse(b, offset, size), err);
		assert_result(vbuf_lock(b, offset, size), err);
		assert_result(vbuf_unlock(b, offset, size), err);
	}
	assert_result(vbuf_query(NULL, 0, &run), VBUF_EINVAL);
	assert_int_equal(run.size, 0);
	assert_result(vbuf_query(&none, 0, &run), VBUF_EINVAL);
	assert_result(vbuf_query(v, 1, &run), VBUF_EINVAL);
	assert_result(vbuf_query(v, v->size, &run), VBUF_ERANGE);
	assert_result(vbuf_query(v, 0, NULL), VBUF_EINVAL);
	assert_result(vbuf_resident(v, 0, PAGE, NULL), VBUF_EINVAL);
	assert_result(vbuf_protect(v, 0, PAGE, (enum vbuf_prot)4), VBUF_EINVAL);
	assert_result(vbuf_protect(v, 0, PAGE, (enum vbuf_prot) - 1), VBUF_EINVAL);
	assert_result(vbuf_advise_huge(v, 0, PAGE, (enum vbuf_huge)3), VBUF_EINVAL);
	assert_result(vbuf_numa(v, VBUF_NUMA_BIND, 0), VBUF_EINVAL);
	assert_result(vbuf_numa(v, VBUF_NUMA_DEFAULT, 1), VBUF_EINVAL);
	assert_result(vbuf_numa(v, (enum vbuf_numa)3, 1), VBUF_EINVAL);
	assert_result(vbuf_numa(&none, VBUF_NUMA_BIND, 1), VBUF_EINVAL);
	assert_result(vbuf_numa(NULL, VBUF_NUMA_BIND, 1), VBUF_EINVAL);
}

static void
prefault_makes_every_page_resident_and_keeps_the_bytes(void **state)
{
	struct vbuf *v = *state;
	size_t done;

	needs(SYSTEM_RESIDENCY);
	assert_ok(vbuf_commit(v, 0, v->size));
	memset(v->base + 5 * PAGE, 3, PAGE);
	assert_ok(vbuf_prefault(v, 0, v->size, &done));
	assert_int_equal(done, v->size);
	assert_int_equal(resident_in(v, 0, v->size), v->size);
	assert_all(v->base + 5 * PAGE, PAGE, 3);
	assert_all(v->base, 5 * PAGE, 0);
	assert_ok(vbuf_prefault(v, 0, v->size, NULL));
}

static void
prefault_tells_how_far_it_came(void **state)
{
	struct vbuf *v = *state;
	size_t done;

	needs(SYSTEM_RESIDENCY);
	needs(BACKEND_STATES);
	assert_result(vbuf_prefault(v, 0, PAGE, &done), VBUF_EACCES);
	assert_int_equal(done, 0);
	assert_ok(vbuf_commit(v, 0, 10 * PAGE));
	assert_result(vbuf_prefault(v, 0, v->size, &done), VBUF_EACCES);
	assert_int_equal(done, 10 * PAGE);
	assert_int_equal(resident_in(v, 0, 10 * PAGE), 10 * PAGE);
	assert_ok(vbuf_protect(v, 4 * PAGE, PAGE, VBUF_PROT_RO));
	assert_result(vbuf_prefault(v, PAGE, 9 * PAGE, &done), VBUF_EACCES);
	assert_int_equal(done, 3 * PAGE);
}

static void
protection_allows_and_forbids_access(void **state)
{
	struct vbuf *v = *state;

	assert_ok(vbuf_commit(v, 0, 4 * PAGE));
	memset(v->base, 6, 4 * PAGE);
	assert_ok(vbuf_protect(v, PAGE, PAGE, VBUF_PROT_RO));
	assert_false(access_faults(v->base + PAGE, ACCESS_READ));
	assert_true(access_faults(v->base + PAGE, ACCESS_WRITE));
	assert_ok(vbuf_protect(v, PAGE, PAGE, VBUF_PROT_RX));
	assert_false(access_faults(v->base + PAGE, ACCESS_READ));
	assert_true(access_faults(v->base + PAGE, ACCESS_WRITE));
	assert_ok(vbuf_protect(v, PAGE, PAGE, VBUF_PROT_NONE));
	assert_true(access_faults(v->base + PAGE, ACCESS_READ));
	assert_ok(vbuf_protect(v, PAGE, PAGE, VBUF_PROT_RW));
	assert_false(access_faults(v->base + PAGE, ACCESS_WRITE));
	assert_all(v->base, 4 * PAGE, 6);
}

static void
commit_makes_protected_pages_writable_again(void **state)
{
	struct vbuf *v = *state;
	const enum vbuf_prot prots[] = { VBUF_PROT_NONE, VBUF_PROT_RO, VBUF_PROT_RX };

	assert_ok(vbuf_commit(v, 0, PAGE));
	v->base[7] = 7;
	for (int i = 0; i < 3; i++) {
		assert_ok(vbuf_protect(v, 0, PAGE, prots[i]));
		assert_ok(vbuf_commit(v, 0, PAGE));
		assert_false(access_faults(v->base, ACCESS_WRITE));
		assert_int_equal(v->base[7], 7);
	}
}

static void
protect_commits_pages_that_were_only_reserved(void **state)
{
	struct vbuf *v = *state;

	assert_ok(vbuf_protect(v, 0, 2 * PAGE, VBUF_PROT_RO));
	assert_all(v->base, 2 * PAGE, 0);
	assert_true(access_faults(v->base, ACCESS_WRITE));
	assert_ok(vbuf_protect(v, 4 * PAGE, 2 * PAGE, VBUF_PROT_RW));
	v->base[4 * PAGE] = 1;
	assert_ok(vbuf_protect(v, 8 * PAGE, PAGE, VBUF_PROT_NONE));
	assert_true(access_faults(v->base + 8 * PAGE, ACCESS_READ));
	assert_int_equal(state_at(v, 8 * PAGE), VBUF_STATE_RESERVED);
}

static void
execution_needs_the_option(void **state)
{
	struct vbuf v;

	(void)state;
	assert_ok(vbuf_reserve(&v, PAGE, NULL));
	assert_ok(vbuf_commit(&v, 0, PAGE));
	assert_result(vbuf_protect(&v, 0, PAGE, VBUF_PROT_RX), VBUF_EPERM);
	assert_false(access_faults(v.base, ACCESS_WRITE));
	assert_ok(vbuf_unreserve(&v));
}

static void
a_frozen_buffer_can_be_read_and_nothing_else(void **state)
{
	struct vbuf *v = *state;
	size_t done = 5;

	assert_ok(vbuf_commit(v, 0, 4 * PAGE));
	memset(v->base, 8, 4 * PAGE);
	assert_ok(vbuf_freeze(v, 0, 4 * PAGE));
	assert_all(v->base, 4 * PAGE, 8);
	assert_true(access_faults(v->base, ACCESS_WRITE));
	assert_true(access_faults(v->base + 4 * PAGE - 1, ACCESS_WRITE));
	assert_true(access_faults(v->base + 4 * PAGE, ACCESS_READ));
	assert_result(vbuf_commit(v, 0, PAGE), VBUF_EPERM);
	assert_result(vbuf_commit(v, 8 * PAGE, PAGE), VBUF_EPERM);
	assert_result(vbuf_decommit(v, 0, PAGE), VBUF_EPERM);
	assert_result(vbuf_prefault(v, 0, PAGE, &done), VBUF_EPERM);
	assert_int_equal(done, 0);
	assert_result(vbuf_protect(v, 0, PAGE, VBUF_PROT_RW), VBUF_EPERM);
	assert_result(vbuf_freeze(v, 0, PAGE), VBUF_EPERM);
	assert_result(vbuf_purge(v, 0, PAGE), VBUF_EPERM);
	assert_result(vbuf_discard(v, 0, PAGE), VBUF_EPERM);
	assert_int_equal(resident_in(v, 0, 4 * PAGE), 4 * PAGE);
	assert_int_equal(state_at(v, 0), VBUF_STATE_RO);
}

static void
purged_pages_stay_accessible_and_read_zero(void **state)
{
	struct vbuf *v = *state;

	assert_ok(vbuf_commit(v, 0, 8 * PAGE));
	memset(v->base, 4, 8 * PAGE);
	assert_ok(vbuf_purge(v, 2 * PAGE, 4 * PAGE));
	assert_int_equal(resident_in(v, 2 * PAGE, 4 * PAGE), 0);
	assert_all(v->base + 2 * PAGE, 4 * PAGE, 0);
	assert_all(v->base, 2 * PAGE, 4);
	assert_all(v->base + 6 * PAGE, 2 * PAGE, 4);
	v->base[3 * PAGE] = 1;
}

static void
purge_leaves_reserved_and_protected_pages_what_they_are(void **state)
{
	struct vbuf *v = *state;

	needs(BACKEND_STATES);
	assert_ok(vbuf_commit(v, 0, 4 * PAGE));
	memset(v->base, 4, 4 * PAGE);
	assert_ok(vbuf_protect(v, PAGE, PAGE, VBUF_PROT_RO));
	assert_ok(vbuf_purge(v, 0, 8 * PAGE));
	assert_all(v->base, 4 * PAGE, 0);
	assert_true(access_faults(v->base + PAGE, ACCESS_WRITE));
	assert_true(access_faults(v->base + 4 * PAGE, ACCESS_READ));
}

static void
discarded_pages_read_as_before_or_zero_until_written(void **state)
{
	struct vbuf *v = *state;

	assert_ok(vbuf_commit(v, 0, 8 * PAGE));
	memset(v->base, 4, 8 * PAGE);
	assert_ok(vbuf_discard(v, 0, 4 * PAGE));
	for (size_t i = 0; i < 4 * PAGE; i++) {
		unsigned char c = v->base[i];
		assert_true(c == 4 || c == 0);
	}
	memset(v->base, 3, 4 * PAGE);
	assert_all(v->base, 4 * PAGE, 3);
	assert_all(v->base + 4 * PAGE, 4 * PAGE, 4);
}

static void
query_tells_state_and_extent_of_each_run(void **state)
{
	struct vbuf *v = *state;
	struct vbuf_run run;
	const struct {
		size_t pages;
		enum vbuf_state state;
	} expected[] = {
		{ 3, VBUF_STATE_RESERVED }, { 5, VBUF_STATE_RW },
		{ 1, VBUF_STATE_RO },       { 2, VBUF_STATE_RX },
		{ 4, VBUF_STATE_RW },       { PAGES - 15, VBUF_STATE_RESERVED },
	};

	needs(SYSTEM_EXEC);
	(void)state_at(v, 0);
	assert_ok(vbuf_commit(v, 3 * PAGE, 12 * PAGE));
	assert_ok(vbuf_protect(v, 8 * PAGE, PAGE, VBUF_PROT_RO));
	assert_ok(vbuf_protect(v, 9 * PAGE, 2 * PAGE, VBUF_PROT_RX));
	size_t at = 0;
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		assert_ok(vbuf_query(v, at, &run));
		assert_int_equal(run.state, expected[i].state);
		assert_int_equal(run.size, expected[i].pages * PAGE);
		at += run.size;
	}
	assert_int_equal(at, v->size);
	assert_ok(vbuf_query(v, 5 * PAGE, &run));
	assert_int_equal(run.state, VBUF_STATE_RW);
	assert_int_equal(run.size, 3 * PAGE);
}

static void
pages_without_access_keep_their_bytes(void **state)
{
	struct vbuf *v = *state;

	assert_ok(vbuf_commit(v, 0, PAGE));
	v->base[0] = 42;
	assert_ok(vbuf_protect(v, 0, PAGE, VBUF_PROT_NONE));
	enum vbuf_state none = state_at(v, 0);
	assert_true(none == VBUF_STATE_RESERVED || none == VBUF_STATE_NONE);
	assert_ok(vbuf_protect(v, 0, PAGE, VBUF_PROT_RO));
	assert_int_equal(v->base[0], 42);
}

/* Lock the range, or skip the test where that cannot be. */
static void
lock_or_skip(struct vbuf *v, size_t offset, size_t size)
{
#ifdef TEST_NO_LOCKS
	skip();
#endif
	int err = vbuf_lock(v, offset, size);

	if (err == VBUF_ELOCKED || err == VBUF_EPERM)
		skip();
	assert_ok(err);
}

static void
locked_pages_are_resident_and_unlock_is_legal_on_any(void **state)
{
	struct vbuf *v = *state;

	assert_ok(vbuf_commit(v, 0, 4 * PAGE));
	lock_or_skip(v, 0, 4 * PAGE);
	assert_int_equal(resident_in(v, 0, 4 * PAGE), 4 * PAGE);
	assert_ok(vbuf_unlock(v, 0, 4 * PAGE));
	assert_ok(vbuf_unlock(v, 0, 4 * PAGE));
	assert_ok(vbuf_unlock(v, 0, v->size));
}

static void
locking_pages_that_are_not_committed_is_refused(void **state)
{
	struct vbuf *v = *state;

	assert_ok(vbuf_commit(v, PAGE, PAGE));
	lock_or_skip(v, PAGE, PAGE);
	assert_result(vbuf_lock(v, 0, 4 * PAGE),
	              system_answers(BACKEND_STATES) ? VBUF_EACCES : VBUF_ELOCKED);
}

static void
decommit_unlocks(void **state)
{
	struct vbuf *v = *state;

	assert_ok(vbuf_commit(v, 0, 4 * PAGE));
	lock_or_skip(v, 0, 4 * PAGE);
	assert_ok(vbuf_decommit(v, 0, 4 * PAGE));
	assert_ok(vbuf_commit(v, 0, 4 * PAGE));
	assert_int_equal(resident_in(v, 0, 4 * PAGE), 0);
}

static void
purge_of_locked_pages_empties_them_or_is_busy(void **state)
{
	struct vbuf *v = *state;

	needs(SYSTEM_ADVICE);
	assert_ok(vbuf_commit(v, 0, 4 * PAGE));
	memset(v->base, 1, 4 * PAGE);
	lock_or_skip(v, 0, 4 * PAGE);
	int err = vbuf_purge(v, 0, 4 * PAGE);
	assert_true(err == VBUF_OK || err == VBUF_EBUSY);
	assert_all(v->base, 4 * PAGE, err == VBUF_OK ? 0 : 1);
}

static void
a_numa_policy_is_taken_or_not_supported(void **state)
{
	struct vbuf *v = *state;

	int err = vbuf_numa(v, VBUF_NUMA_INTERLEAVE, 1);
	assert_true(err == VBUF_OK || err == VBUF_ENOTSUP || err == VBUF_EPERM);
	if (err != VBUF_OK)
		skip();
	assert_ok(vbuf_numa(v, VBUF_NUMA_BIND, 1));
	assert_result(vbuf_numa(v, VBUF_NUMA_BIND, UINT64_C(1) << 63), VBUF_EINVAL);
	assert_ok(vbuf_commit(v, 0, 4 * PAGE));
	memset(v->base, 1, 4 * PAGE);
	assert_ok(vbuf_decommit(v, 0, 4 * PAGE));
	assert_ok(vbuf_commit(v, 0, 4 * PAGE));
	assert_all(v->base, 4 * PAGE, 0);
	assert_ok(vbuf_numa(v, VBUF_NUMA_DEFAULT, 0));
}

static void
collapse_makes_huge_pages_and_keeps_the_bytes(void **state)
{
	struct vbuf_limits limits;
	struct vbuf v;
	const struct vbuf_options o = { .size = sizeof o, .align = 4 * MIB };

	(void)state;
	assert_ok(vbuf_get_limits(&limits, sizeof limits));
	assert_ok(vbuf_reserve(&v, 8 * MIB, &o));
	assert_ok(vbuf_commit(&v, 0, v.size));
	memset(v.base, 7, v.size);
	int err = vbuf_collapse(&v, 0, v.size);
	if (limits.huge_page_size == 0)
		assert_int_equal(err, VBUF_ENOTSUP);
	else
		assert_true(err == VBUF_OK || err == VBUF_ENOTSUP || err == VBUF_EBUSY ||
		            err == VBUF_ECOMMIT || limits.huge_page_size > 8 * MIB);
	assert_all(v.base, v.size, 7);
	if (limits.huge_page_size)
		assert_result(vbuf_collapse(&v, PAGE,
		                            limits.huge_page_size <= 4 * MIB ? limits.huge_page_size
		                                                             : PAGE),
		              VBUF_EINVAL);
	assert_ok(vbuf_unreserve(&v));
}

static void
huge_page_advice_is_taken_or_not_supported(void **state)
{
	struct vbuf *v = *state;
	struct vbuf_limits limits;

	assert_ok(vbuf_get_limits(&limits, sizeof limits));
	int err = vbuf_advise_huge(v, 0, v->size, VBUF_HUGE_PREFER);
	assert_true(err == VBUF_ENOTSUP || (err == VBUF_OK && limits.huge_page_size));
	err = vbuf_advise_huge(v, 0, v->size, VBUF_HUGE_NEVER);
	assert_true(err == VBUF_ENOTSUP || err == VBUF_OK);
	assert_result(vbuf_advise_huge(v, 0, v->size, VBUF_HUGE_DEFAULT), VBUF_ENOTSUP);
}

static void
more_than_the_system_will_promise_is_refused(void **state)
{
	struct vbuf_limits limits;
	struct vbuf v;
	size_t size = (size_t)(4 * TIB);

	(void)state;
	assert_ok(vbuf_get_limits(&limits, sizeof limits));
	if (limits.overcommit == 1 || limits.overcommit == -1 || TEST_RESERVE_LIMIT < 4 * TIB)
		skip();
	assert_ok(vbuf_reserve(&v, size, NULL));
	assert_ok(vbuf_commit(&v, 0, PAGE));
	v.base[0] = 1;
	assert_result(vbuf_commit(&v, 0, size), VBUF_ECOMMIT);
	assert_int_equal(v.base[0], 1);
	assert_ok(vbuf_commit(&v, PAGE, PAGE));
	assert_ok(vbuf_unreserve(&v));
}

#define EACH(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(committed_pages_read_zero_and_can_be_written),
		EACH(commit_keeps_existing_bytes),
		EACH(decommitted_pages_fault_and_read_zero_when_committed_again),
		EACH(decommit_is_legal_on_pages_that_are_not_committed),
		EACH(decommit_gives_the_memory_back),
		EACH(committed_pages_are_not_resident_before_they_are_written),
		EACH(every_call_refuses_a_misused_range),
		EACH(prefault_makes_every_page_resident_and_keeps_the_bytes),
		EACH(prefault_tells_how_far_it_came),
		EACH(protection_allows_and_forbids_access),
		EACH(commit_makes_protected_pages_writable_again),
		EACH(protect_commits_pages_that_were_only_reserved),
		cmocka_unit_test(execution_needs_the_option),
		EACH(a_frozen_buffer_can_be_read_and_nothing_else),
		EACH(purged_pages_stay_accessible_and_read_zero),
		EACH(purge_leaves_reserved_and_protected_pages_what_they_are),
		EACH(discarded_pages_read_as_before_or_zero_until_written),
		EACH(query_tells_state_and_extent_of_each_run),
		EACH(pages_without_access_keep_their_bytes),
		EACH(locked_pages_are_resident_and_unlock_is_legal_on_any),
		EACH(locking_pages_that_are_not_committed_is_refused),
		EACH(decommit_unlocks),
		EACH(purge_of_locked_pages_empties_them_or_is_busy),
		EACH(a_numa_policy_is_taken_or_not_supported),
		cmocka_unit_test(collapse_makes_huge_pages_and_keeps_the_bytes),
		EACH(huge_page_advice_is_taken_or_not_supported),
		cmocka_unit_test(more_than_the_system_will_promise_is_refused),
	};

	return run_group("vbuf", tests);
}
