/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The same one floor below: each system call of src/posix fails at its Nth
 * occurrence, with each code that it may have. No address space may leak, and the
 * buffer works on.
 */
#include <errno.h>
#include <stdio.h>

#include "fault.h"
#include "system.h"
#include "test.h"

enum { PAGES = 16 };

static const int codes[] = { ENOMEM, EAGAIN, EINVAL, EPERM, EACCES, ENOSYS, EEXIST, EBUSY, EIO };

enum { CODES = sizeof codes / sizeof *codes };

static struct vbuf_options everything = {
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
a_reserve_that_fails_anywhere_leaks_no_address_space(void **state)
{
	const struct vbuf_options *options[] = { NULL, &everything };

	(void)state;
	needs(SYSTEM_ADDRESSES);
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
	size_t done;
	int err = vbuf_prefault(v, 0, 8 * PAGE, &done);

	assert_true(err != VBUF_OK || done == 8 * PAGE);
	return err;
}

static int
run_protect(struct vbuf *v)
{
	return vbuf_protect(v, 0, 4 * PAGE, VBUF_PROT_RO);
}

static int
run_purge(struct vbuf *v)
{
	int err = vbuf_purge(v, 0, 4 * PAGE);

	if (err == VBUF_OK)
		assert_all(v->base, 4 * PAGE, 0);
	return err;
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

	int err = vbuf_query(v, 0, &run);

	if (err == VBUF_OK)
		assert_int_equal(run.state, VBUF_STATE_RW);
	return err;
}

static int
run_resident(struct vbuf *v)
{
	size_t bytes;

	int err = vbuf_resident(v, 0, v->size, &bytes);

	if (err == VBUF_OK)
		assert_int_equal(bytes, 8 * PAGE);
	return err;
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

/* An operation, and whose failure it may make good: by another call, or because the
 * result is advice or says what is unknown. Any other is the operation's. */
struct operation {
	int (*run)(struct vbuf *v);
	struct {
		const char *name;
		unsigned from; /* this call on, of all that the operation makes */
		int code;      /* 0: any */
	} forgiven[6];
};

static const struct operation operations[] = {
	{ run_commit, { { NULL, 0, 0 } } },
	/* mmap(), no-dump, fork, huge, name */
	{ run_decommit, { { "madvise", 4, 0 }, { "prctl", 5, 0 } } },
	/* A kernel that cannot populate is asked to touch, and where it is not allowed to, we do.
	 * The list of mappings, where it is looked at, may outgrow its room: once more. */
	{ run_prefault,
	  { { "madvise", 1, 0 },
	    { "syscall", 2, EINVAL },
	    { "syscall", 2, EPERM },
	    { "syscall", 2, EACCES },
	    { "syscall", 2, ENOSYS },
	    { "sysctl", 1, ENOMEM } } },
	{ run_protect, { { NULL, 0, 0 } } },
	{ run_purge,
	  { { "madvise", 1, EINVAL },
	    { "madvise", 1, EBUSY },
	    { "madvise", 1, EEXIST },
	    { "sysctl", 1, ENOMEM } } },
	{ run_discard,
	  { { "madvise", 1, EINVAL }, { "madvise", 1, EBUSY }, { "madvise", 1, EEXIST } } },
	/* /proc/self where there is no /proc/thread-self; reading a part is a part */
	{ run_query,
	  { { "open", 1, 0 },
	    { "read", 2, 0 },
	    { "sysctl", 1, ENOMEM },
	    { "vm_region_64", 2, 0 } } },
	{ run_resident, { { NULL, 0, 0 } } },
	{ run_lock, { { NULL, 0, 0 } } },
	{ run_unlock, { { NULL, 0, 0 } } },
	{ run_numa, { { NULL, 0, 0 } } },
	{ run_advise_huge, { { NULL, 0, 0 } } },
	{ run_limits, { { "open", 1, 0 }, { "read", 1, 0 } } },
};

/* What the list of mappings was in cannot be given back if the system does not want it. */
static bool
is_lost_list(const char *name)
{
	return strcmp(name, "munmap") == 0;
}

static bool
is_forgiven(const struct operation *o, const char *name, unsigned n, int code)
{
	if (is_lost_list(name))
		return true;
	for (int i = 0; i < 6; i++)
		if (o->forgiven[i].name && strcmp(o->forgiven[i].name, name) == 0 &&
		    n >= o->forgiven[i].from &&
		    (o->forgiven[i].code == 0 || o->forgiven[i].code == code))
			return true;
	return false;
}

static void
check_result_of(const struct operation *o, int err, bool hit, unsigned n, int code)
{
	if (!hit) /* this system may lack the call, or this process the right */
		assert_true(err == VBUF_OK || err == VBUF_ELOCKED || err == VBUF_ENOTSUP ||
		            err == VBUF_EPERM);
	else if (err == VBUF_OK && !is_forgiven(o, fault_name(), n, code))
		fail_msg("operation %d made light of call %u, %s, that failed with %d",
		         (int)(o - operations), n, fault_name(), code);
}

static void
any_system_call_may_fail_and_the_buffer_works_on(void **state)
{
	const struct vbuf_options *options[] = { NULL, &everything };

	(void)state;
	needs(SYSTEM_ADVICE);
	for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
		for (int c = 0; c < CODES * 2; c++) {
			for (unsigned n = 1;; n++) {
				struct vbuf v;
				unsigned long before = address_space();
				assert_ok(vbuf_reserve(&v, PAGES * PAGE, options[c % 2]));
				assert_ok(vbuf_commit(&v, 0, 8 * PAGE));
				memset(v.base, 1, 8 * PAGE);
				fault_arm(FAULT_SYSTEM, n, codes[c / 2]);
				int err = operations[i].run(&v);
				bool hit = fault_disarm();
				check_result_of(&operations[i], err, hit, n, codes[c / 2]);
				/* the half that no operation names is as it was */
				assert_all(v.base + 4 * PAGE, 4 * PAGE, 1);
				assert_ok(vbuf_unlock(&v, 0, v.size));
				assert_ok(vbuf_commit(&v, 0, v.size));
				memset(v.base, 2, v.size);
				assert_ok(vbuf_decommit(&v, 0, v.size));
				assert_ok(vbuf_commit(&v, 0, v.size));
				assert_all(v.base, v.size, 0);
				assert_ok(vbuf_unreserve(&v));
				if (!hit || !is_lost_list(fault_name()))
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reserve_that_fails_anywhere_leaks_no_address_space),
		cmocka_unit_test(any_system_call_may_fail_and_the_buffer_works_on),
		cmocka_unit_test(the_systems_code_survives_the_clean_up),
	};

	everything.fork = fork_if_known(everything.fork);
	struct vbuf_limits limits;
	if (vbuf_get_limits(&limits, sizeof limits) != VBUF_OK) /* cached, before faults hide it */
		return 1;
	return run_group("fault posix", tests);
}
