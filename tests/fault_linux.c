/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Kernels of Linux that are older than a call, and sandboxes that refuse it: what is done
 * instead, and what is said of it. */
#include <errno.h>
#include <stdio.h>

#include <vbuf/reclaim.h>

#include "fault_linux.h"
#include "smaps.h"
#include "system.h"
#include "test.h"

enum { PAGES = 16 };

static const struct vbuf_options everything = {
	.size = sizeof everything,
	.align = (size_t)1 << 20,
	.guard_before = (size_t)1 << 16,
	.guard_after = (size_t)1 << 16,
	.huge = VBUF_HUGE_NEVER,
	.fork = VBUF_FORK_DROP,
	.charge = VBUF_CHARGE_NONE,
	.no_dump = true,
	.name = "fault",
};

/* Pages of address space that the process has; 0 where an emulator has some, too. */
static unsigned long
address_space(void)
{
	unsigned long pages = 0;

	if (!system_answers(SYSTEM_ADDRESSES))
		return 0;
	FILE *f = fopen("/proc/self/statm", "r");

	if (!f || fscanf(f, "%lu", &pages) != 1)
		skip();
	fclose(f);
	return pages;
}

static void
an_exact_reserve_on_a_kernel_that_takes_it_for_a_hint_is_busy(void **state)
{
	struct vbuf wall, v;
	struct vbuf_options o = { .size = sizeof o, .place = VBUF_PLACE_EXACT };

	(void)state;
	assert_ok(vbuf_reserve(&wall, PAGES * PAGE, NULL));
	o.addr = wall.base;
	unsigned long before = address_space();
	fault_always(FAULT_SYSTEM, "MAP_FIXED_NOREPLACE", 0);
	assert_result(vbuf_reserve(&v, PAGE, &o), VBUF_EBUSY);
	assert_true(fault_disarm());
	assert_int_equal(address_space(), before);
	assert_ok(vbuf_unreserve(&wall));
}

static void
the_systems_code_is_that_of_the_promise_that_failed(void **state)
{
	struct vbuf v;

	(void)state;
	assert_ok(vbuf_reserve(&v, PAGES * PAGE, &everything));
	int numa = vbuf_numa(&v, VBUF_NUMA_BIND, 1);
	fault_always(FAULT_SYSTEM, "madvise", EIO);
	fault_also(FAULT_SYSTEM, "syscall", EPERM);
	assert_result(vbuf_decommit(&v, 0, PAGE), VBUF_ESYS);
	assert_int_equal(vbuf_sys_error(), EIO);
	assert_int_equal(fault_count(FAULT_SYSTEM, "syscall"), numa == VBUF_OK);
	assert_true(fault_disarm());
	assert_ok(vbuf_unreserve(&v));
}

static void
options_that_a_decommit_lost_are_back_after_the_next_commit(void **state)
{
	struct vbuf v;

	(void)state;
	needs(SYSTEM_ADVICE);
	assert_ok(vbuf_reserve(&v, PAGES * PAGE, &everything));
	assert_ok(vbuf_commit(&v, 0, v.size));
	fault_always(FAULT_SYSTEM, "madvise", EIO);
	assert_result(vbuf_decommit(&v, 0, 4 * PAGE), VBUF_ESYS);
	assert_true(fault_disarm());
	assert_int_equal(smaps_of(v.base, v.size, "dd").flagged, v.size - 4 * PAGE);
	assert_int_equal(smaps_of(v.base, v.size, "dc").flagged, v.size - 4 * PAGE);
	assert_ok(vbuf_commit(&v, 8 * PAGE, PAGE)); /* of any range */
	assert_int_equal(smaps_of(v.map_, v.map_size_, "dd").flagged, v.map_size_);
	assert_int_equal(smaps_of(v.map_, v.map_size_, "dc").flagged, v.map_size_);
	assert_ok(vbuf_unreserve(&v));
}

static void
every_node_named_reaches_the_kernel(void **state)
{
	const uint64_t sets[] = {
		1, 2, 3, UINT64_C(1) << 31, UINT64_C(1) << 32, UINT64_C(1) << 63 | 1, UINT64_MAX
	};
	struct vbuf v;

	(void)state;
	assert_ok(vbuf_reserve(&v, PAGES * PAGE, NULL));
	for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
		fault_always(FAULT_SYSTEM, "syscall", EINVAL);
		assert_result(vbuf_numa(&v, VBUF_NUMA_BIND, sets[i]), VBUF_EINVAL);
		assert_true(fault_disarm());
		assert_true(fault_nodes == sets[i]);
	}
	if (vbuf_numa(&v, VBUF_NUMA_INTERLEAVE, 1) == VBUF_OK) {
		fault_nodes = 0;
		assert_ok(vbuf_decommit(&v, 0, PAGE));
		assert_true(fault_nodes == 1);
	}
	assert_ok(vbuf_unreserve(&v));
}

static void
collapse_passes_by_what_is_not_committed_alike(void **state)
{
	struct vbuf_limits limits;
	struct vbuf v;

	(void)state;
	assert_ok(vbuf_get_limits(&limits, sizeof limits));
	size_t huge = limits.huge_page_size;
	if (huge == 0 || huge > 64 * MIB)
		skip();
	struct vbuf_options o = { .size = sizeof o, .align = huge };
	assert_ok(vbuf_reserve(&v, 3 * huge, &o));
	assert_ok(vbuf_commit(&v, 0, huge + huge / 2));
	assert_ok(vbuf_commit(&v, 2 * huge, huge));
	memset(v.base, 1, huge + huge / 2);
	memset(v.base + 2 * huge, 1, huge);
	assert_ok(vbuf_protect(&v, 2 * huge, huge / 2, VBUF_PROT_RO));
	int err = vbuf_collapse(&v, 0, v.size);
	if (err != VBUF_ENOTSUP && err != VBUF_ECOMMIT && err != VBUF_EBUSY)
		assert_ok(err);
	assert_all(v.base, huge + huge / 2, 1);
	assert_all(v.base + 2 * huge, huge, 1);
	assert_ok(vbuf_unreserve(&v));
}

static void
collapse_tells_why_the_kernel_refused(void **state)
{
	const struct {
		int code, err;
	} cases[] = {
		{ EINVAL, VBUF_ENOTSUP }, /* older than 6.1 */
		{ ENOMEM, VBUF_ECOMMIT }, { EAGAIN, VBUF_EBUSY },
		{ EBUSY, VBUF_EBUSY },    { EPERM, VBUF_EPERM },
	};
	struct vbuf_limits limits;
	struct vbuf v;

	(void)state;
	assert_ok(vbuf_get_limits(&limits, sizeof limits));
	if (limits.huge_page_size == 0 || limits.huge_page_size > 64 * MIB)
		skip();
	assert_ok(vbuf_reserve(&v, 2 * limits.huge_page_size, NULL));
	assert_ok(vbuf_commit(&v, 0, v.size));
	memset(v.base, 1, v.size);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		fault_always(FAULT_SYSTEM, "madvise", cases[i].code);
		assert_result(vbuf_collapse(&v, 0, v.size), cases[i].err);
		assert_int_equal(vbuf_sys_error(), cases[i].code);
		assert_true(fault_disarm());
	}
	assert_all(v.base, v.size, 1);
	assert_ok(vbuf_unreserve(&v));
}

static void
discard_on_kernels_older_than_the_advice_empties_at_once(void **state)
{
	struct vbuf v;

	(void)state;
	assert_ok(vbuf_reserve(&v, PAGES * PAGE, NULL));
	assert_ok(vbuf_commit(&v, 0, v.size));
	memset(v.base, 1, v.size);
	fault_arm(FAULT_SYSTEM, 1, EINVAL);
	assert_ok(vbuf_discard(&v, 0, 4 * PAGE));
	assert_true(fault_disarm());
	assert_all(v.base, 4 * PAGE, 0);
	assert_all(v.base + 4 * PAGE, v.size - 4 * PAGE, 1);
	assert_ok(vbuf_unreserve(&v));
}

static void
prefault_works_on_kernels_older_than_populate(void **state)
{
	struct vbuf v;
	size_t done;

	(void)state;
	assert_ok(vbuf_reserve(&v, PAGES * PAGE, NULL));
	assert_ok(vbuf_commit(&v, 0, v.size));
	fault_always(FAULT_SYSTEM, "madvise", EINVAL);
	assert_ok(vbuf_prefault(&v, 0, v.size, &done));
	assert_int_equal(fault_count(FAULT_SYSTEM, "syscall"), PAGES);
	assert_true(fault_disarm());
	assert_int_equal(done, v.size);
	assert_int_equal(resident_in(&v, 0, v.size), v.size);
	assert_ok(vbuf_unreserve(&v));
}

static void
prefault_works_where_a_sandbox_refuses_the_futex_call_too(void **state)
{
	struct vbuf v;
	size_t done;

	(void)state;
	needs(SYSTEM_STATES);
	assert_ok(vbuf_reserve(&v, PAGES * PAGE, NULL));
	assert_ok(vbuf_commit(&v, 0, v.size));
	memset(v.base + PAGE, 6, PAGE);
	fault_always(FAULT_SYSTEM, "madvise", EINVAL);
	fault_also(FAULT_SYSTEM, "syscall", EPERM);
	assert_ok(vbuf_prefault(&v, 0, v.size, &done));
	assert_true(fault_disarm());
	assert_int_equal(done, v.size);
	assert_int_equal(resident_in(&v, 0, v.size), v.size);
	assert_all(v.base + PAGE, PAGE, 6);
	assert_ok(vbuf_unreserve(&v));
}

static void
prefault_of_reserved_pages_is_refused_there_not_fatal(void **state)
{
	struct vbuf v;
	size_t done;

	(void)state;
	needs(SYSTEM_STATES);
	assert_ok(vbuf_reserve(&v, PAGES * PAGE, NULL));
	assert_ok(vbuf_commit(&v, 0, 8 * PAGE));
	assert_ok(vbuf_protect(&v, 2 * PAGE, PAGE, VBUF_PROT_RO));
	fault_always(FAULT_SYSTEM, "madvise", EINVAL);
	fault_also(FAULT_SYSTEM, "syscall", EPERM);
	assert_result(vbuf_prefault(&v, 0, v.size, &done), VBUF_EACCES);
	assert_int_equal(vbuf_sys_error(), EFAULT);
	assert_int_equal(done, 2 * PAGE);
	assert_result(vbuf_prefault(&v, 4 * PAGE, 8 * PAGE, &done), VBUF_EACCES);
	assert_int_equal(done, 4 * PAGE);
	assert_result(vbuf_prefault(&v, 8 * PAGE, PAGE, &done), VBUF_EACCES);
	assert_int_equal(done, 0);
	assert_true(fault_disarm());
	assert_ok(vbuf_unreserve(&v));
}

static void
prefault_tells_why_no_page_came(void **state)
{
	const struct {
		int code, err;
	} cases[] = { { EFAULT, VBUF_EACCES }, { ENOMEM, VBUF_ECOMMIT }, { EIO, VBUF_ESYS } };
	struct vbuf v;
	size_t done;

	(void)state;
	assert_ok(vbuf_reserve(&v, PAGES * PAGE, NULL));
	assert_ok(vbuf_commit(&v, 0, v.size));
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		done = 5;
		fault_always(FAULT_SYSTEM, "madvise", EINVAL);
		fault_also(FAULT_SYSTEM, "syscall", cases[i].code);
		assert_result(vbuf_prefault(&v, 0, v.size, &done), cases[i].err);
		assert_int_equal(vbuf_sys_error(), cases[i].code);
		assert_true(fault_disarm());
		assert_int_equal(done, 0);
	}
	assert_ok(vbuf_unreserve(&v));
}

static int
domain_of(enum vbuf_fence fence, struct vbuf_domain **ret)
{
	struct vbuf_domain_options o = { .size = sizeof o, .fence = fence };

	return vbuf_domain_create(ret, &o);
}

static struct vbuf_domain_stats
stats_of(struct vbuf_domain *d)
{
	struct vbuf_domain_stats s;

	assert_ok(vbuf_domain_get_stats(d, &s, sizeof s));
	return s;
}

/* By a kernel older than 4.14, or a sandbox. */
static void
where_membarrier_is_refused_a_domain_is_symmetric(void **state)
{
	static const int refusals[] = { EINVAL, ENOSYS, EPERM };
	struct vbuf_domain *d;

	(void)state;
	for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
		fault_always(FAULT_SYSTEM, "syscall", refusals[i]);
		assert_result(domain_of(VBUF_FENCE_ASYMMETRIC, &d), VBUF_ENOTSUP);
		assert_null(d);
		assert_ok(domain_of(VBUF_FENCE_AUTO, &d));
		assert_true(fault_disarm());
		assert_true(stats_of(d).symmetric);
		assert_ok(vbuf_domain_destroy(&d));
	}
	fault_always(FAULT_SYSTEM, "syscall", EPERM);
	assert_ok(domain_of(VBUF_FENCE_SYMMETRIC, &d)); /* which does not even ask */
	assert_int_equal(fault_count(FAULT_SYSTEM, "syscall"), 0);
	(void)fault_disarm();
	assert_ok(vbuf_domain_destroy(&d));
}

static unsigned reclaimed;

static void
count_reclaimed(struct vbuf_retired *object, void *arg)
{
	(void)object;
	(void)arg;
	reclaimed++;
}

/* By a filter that was installed after the start. */
static void
when_membarrier_is_refused_later_nothing_is_reclaimed(void **state)
{
	static struct vbuf_retired objects[200];
	struct vbuf_record *r, *idle;
	struct vbuf_domain *d;

	(void)state;
	if (domain_of(VBUF_FENCE_ASYMMETRIC, &d) != VBUF_OK)
		skip();
	assert_ok(vbuf_domain_attach(d, &r));
	assert_ok(vbuf_domain_attach(d, &idle));
	reclaimed = 0;
	fault_always(FAULT_SYSTEM, "syscall", EPERM);
	for (size_t i = 0; i < 200; i++)
		vbuf_retire(r, &objects[i], 0, count_reclaimed, NULL);
	assert_int_equal(vbuf_reclaim(r, 0), 0);
	assert_int_equal(stats_of(d).heavy_failed, fault_count(FAULT_SYSTEM, "syscall"));
	assert_true(fault_disarm());
	assert_int_equal(stats_of(d).heavy, 0);
	assert_int_equal(stats_of(d).garbage, 200);
	assert_int_equal(reclaimed, 0);
	assert_int_equal(vbuf_reclaim(r, 0), 200);
	assert_int_equal(reclaimed, 200);
	assert_ok(vbuf_domain_detach(&r));
	assert_ok(vbuf_domain_detach(&idle));
	assert_ok(vbuf_domain_destroy(&d));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_exact_reserve_on_a_kernel_that_takes_it_for_a_hint_is_busy),
		cmocka_unit_test(the_systems_code_is_that_of_the_promise_that_failed),
		cmocka_unit_test(options_that_a_decommit_lost_are_back_after_the_next_commit),
		cmocka_unit_test(every_node_named_reaches_the_kernel),
		cmocka_unit_test(collapse_passes_by_what_is_not_committed_alike),
		cmocka_unit_test(collapse_tells_why_the_kernel_refused),
		cmocka_unit_test(discard_on_kernels_older_than_the_advice_empties_at_once),
		cmocka_unit_test(prefault_works_on_kernels_older_than_populate),
		cmocka_unit_test(prefault_works_where_a_sandbox_refuses_the_futex_call_too),
		cmocka_unit_test(prefault_of_reserved_pages_is_refused_there_not_fatal),
		cmocka_unit_test(prefault_tells_why_no_page_came),
		cmocka_unit_test(where_membarrier_is_refused_a_domain_is_symmetric),
		cmocka_unit_test(when_membarrier_is_refused_later_nothing_is_reclaimed),
	};

	struct vbuf_limits limits;
	if (vbuf_get_limits(&limits, sizeof limits) != VBUF_OK) /* cached, before faults hide it */
		return 1;
	return run_group("fault linux", tests);
}
