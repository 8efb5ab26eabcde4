/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The same one floor below: each system call of src/posix fails at its Nth
 * occurrence, with each code that it may have. No address space may leak, and the
 * buffer works on.
 */
#include <errno.h>
#include <stdio.h>

#include "fault.h"
#include "test.h"

enum { PAGES = 16 };

static const int codes[] = { ENOMEM, EAGAIN, EINVAL, EPERM, EACCES, ENOSYS, EEXIST, EBUSY, EIO };

enum { CODES = sizeof codes / sizeof *codes };

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

/* Pages of address space that the process has. */
static unsigned long
address_space(void)
{
	unsigned long pages = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	if (!f || fscanf(f, "%lu", &pages) != 1)
		skip();
	fclose(f);
	return pages;
}

static void
a_reserve_that_fails_anywhere_leaks_no_address_space(void **state)
{
	const struct vbuf_options *options[] = { NULL, &everything };

	(void)state;
	(void)address_space(); /* stdio has its memory now */
	for (int o = 0; o < 2; o++) {
		for (int c = 0; c < CODES; c++) {
			for (unsigned n = 1;; n++) {
				struct vbuf v;
				unsigned long before = address_space();
				fault_arm(FAULT_SYSTEM, n, codes[c]);
				int err = vbuf_reserve(&v, PAGES * PAGE, options[o]);
				bool hit = fault_disarm();
				if (err) {
					assert_true(hit);
					assert_int_equal(v.size, 0);
				} else {
					assert_ok(vbuf_commit(&v, 0, v.size));
					memset(v.base, 1, v.size);
					assert_ok(vbuf_unreserve(&v));
				}
				assert_int_equal(address_space(), before);
				if (!hit) {
					assert_true(fault_count(FAULT_SYSTEM, "mmap") > 0);
					break;
				}
			}
		}
	}
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

/* What is done to a buffer whose first half is committed and holds ones. */
static int
run_commit(struct vbuf *v)
{
	return vbuf_commit(v, 0, v->size);
}

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
	return vbuf_protect(v, 0, 4 * PAGE, VBUF_PROT_RO);
}

static int
run_purge(struct vbuf *v)
{
	return vbuf_purge(v, 0, 4 * PAGE);
}

static int
run_discard(struct vbuf *v)
{
	return vbuf_discard(v, 0, 4 * PAGE);
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
run_lock(struct vbuf *v)
{
	return vbuf_lock(v, 0, 4 * PAGE);
}

static int
run_unlock(struct vbuf *v)
{
	return vbuf_unlock(v, 0, 4 * PAGE);
}

static int
run_numa(struct vbuf *v)
{
	return vbuf_numa(v, VBUF_NUMA_INTERLEAVE, 1);
}

static int
run_advise_huge(struct vbuf *v)
{
	return vbuf_advise_huge(v, 0, v->size, VBUF_HUGE_NEVER);
}

static int
run_limits(struct vbuf *v)
{
	struct vbuf_limits limits;

	(void)v;
	return vbuf_get_limits(&limits, sizeof limits);
}

static void
any_system_call_may_fail_and_the_buffer_works_on(void **state)
{
	int (*const operations[])(struct vbuf *) = {
		run_commit,  run_decommit,    run_prefault, run_protect, run_purge,
		run_discard, run_query,       run_resident, run_lock,    run_unlock,
		run_numa,    run_advise_huge, run_limits,
	};
	const struct vbuf_options *options[] = { NULL, &everything };

	(void)state;
	for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
		for (int c = 0; c < CODES * 2; c++) {
			for (unsigned n = 1;; n++) {
				struct vbuf v;
				unsigned long before = address_space();
				assert_ok(vbuf_reserve(&v, PAGES * PAGE, options[c % 2]));
				assert_ok(vbuf_commit(&v, 0, 8 * PAGE));
				memset(v.base, 1, 8 * PAGE);
				fault_arm(FAULT_SYSTEM, n, codes[c / 2]);
				int err = operations[i](&v);
				bool hit = fault_disarm();
				assert_true(hit || err == VBUF_OK || err == VBUF_ELOCKED ||
				            err == VBUF_ENOTSUP || err == VBUF_EPERM);
				/* the half that no operation names is as it was */
				assert_all(v.base + 4 * PAGE, 4 * PAGE, 1);
				assert_ok(vbuf_unlock(&v, 0, v.size));
				assert_ok(vbuf_commit(&v, 0, v.size));
				memset(v.base, 2, v.size);
				assert_ok(vbuf_decommit(&v, 0, v.size));
				assert_ok(vbuf_commit(&v, 0, v.size));
				assert_all(v.base, v.size, 0);
				assert_ok(vbuf_unreserve(&v));
				assert_int_equal(address_space(), before);
				if (!hit)
					break;
			}
		}
	}
}

static void
the_systems_code_survives_the_clean_up(void **state)
{
	struct vbuf v;

	(void)state;
	for (unsigned n = 1;; n++) {
		fault_arm(FAULT_SYSTEM, n, EIO);
		int err = vbuf_reserve(&v, PAGES * PAGE, &everything);
		uint32_t code = vbuf_sys_error();
		bool hit = fault_disarm();
		if (err)
			assert_int_equal(code, EIO);
		else
			assert_ok(vbuf_unreserve(&v));
		if (!hit)
			break;
	}
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
	assert_ok(vbuf_reserve(&v, PAGES * PAGE, NULL));
	assert_ok(vbuf_commit(&v, 0, 8 * PAGE));
	assert_ok(vbuf_protect(&v, 2 * PAGE, PAGE, VBUF_PROT_RO));
	fault_always(FAULT_SYSTEM, "madvise", EINVAL);
	fault_also(FAULT_SYSTEM, "syscall", EPERM);
	assert_result(vbuf_prefault(&v, 0, v.size, &done), VBUF_EACCES);
	assert_int_equal(done, 2 * PAGE);
	assert_result(vbuf_prefault(&v, 4 * PAGE, 8 * PAGE, &done), VBUF_EACCES);
	assert_int_equal(done, 4 * PAGE);
	assert_result(vbuf_prefault(&v, 8 * PAGE, PAGE, &done), VBUF_EACCES);
	assert_int_equal(done, 0);
	assert_true(fault_disarm());
	assert_ok(vbuf_unreserve(&v));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reserve_that_fails_anywhere_leaks_no_address_space),
		cmocka_unit_test(an_exact_reserve_on_a_kernel_that_takes_it_for_a_hint_is_busy),
		cmocka_unit_test(any_system_call_may_fail_and_the_buffer_works_on),
		cmocka_unit_test(the_systems_code_survives_the_clean_up),
		cmocka_unit_test(prefault_works_on_kernels_older_than_populate),
		cmocka_unit_test(prefault_works_where_a_sandbox_refuses_the_futex_call_too),
		cmocka_unit_test(prefault_of_reserved_pages_is_refused_there_not_fatal),
	};

	return run_group("fault posix", tests);
}
