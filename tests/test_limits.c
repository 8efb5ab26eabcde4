/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* At the limits of the process: which error it is, and what is true afterwards. Each
 * test lowers the limits of a child. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "access.h"
#include "child.h"
#include "sandbox.h"
#include "smaps.h"
#include "system.h"
#include "test.h"

static const struct vbuf empty;

static void
set_limit(int resource, uint64_t bytes)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(resource, &limit), 0);
	if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < bytes)
		skip_here();
	limit.rlim_cur = (rlim_t)bytes;
	assert_int_equal(setrlimit(resource, &limit), 0);
}

static struct vbuf_limits
limits(void)
{
	struct vbuf_limits l;

	assert_ok(vbuf_get_limits(&l, sizeof l));
	return l;
}

/* The buffer does all it should, in [offset, offset + size). */
static void
assert_works(struct vbuf *v, size_t offset, size_t size)
{
	assert_ok(vbuf_commit(v, offset, size));
	memset(v->base + offset, 0xa5, size);
	assert_ok(vbuf_decommit(v, offset, size));
	assert_true(access_faults(v->base + offset, ACCESS_READ));
	assert_ok(vbuf_commit(v, offset, size));
	assert_all(v->base + offset, size, 0);
	assert_ok(vbuf_decommit(v, offset, size));
}

/* RLIMIT_AS */

static void *
do_nothing(void *arg)
{
	return arg;
}

/* What the rest of a program wants of the addresses. */
static void
assert_room_is_left(void)
{
	pthread_t thread;
	volatile char *p = malloc(4 * MIB);

	assert_non_null(p);
	p[0] = p[4 * MIB - 1] = 1;
	free((void *)p);
	assert_int_equal(pthread_create(&thread, NULL, do_nothing, NULL), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
}

static void
reserve_beyond_the_address_space_limit(void *arg)
{
	struct vbuf_options o = { .size = sizeof o };
	struct vbuf v, more;

	(void)arg;
	set_limit(RLIMIT_AS, status_bytes("VmSize:") + 256 * MIB);
	memset(&v, 0x55, sizeof v);
	assert_result(vbuf_reserve(&v, (size_t)GIB, NULL), VBUF_ERLIMIT);
	assert_int_equal(vbuf_sys_error(), ENOMEM);
	assert_memory_equal(&v, &empty, sizeof v);
	assert_ok(vbuf_reserve(&v, 128 * MIB, NULL));
	assert_works(&v, 0, MIB);
	assert_result(vbuf_reserve(&more, 200 * MIB, NULL), VBUF_ERLIMIT);
	assert_ok(vbuf_unreserve(&v));

	/* as much as fits is most of what there is, and leaves some */
	o.min_size = 16 * MIB;
	assert_ok(vbuf_reserve(&v, (size_t)GIB, &o));
	assert_true(v.size >= 180 * MIB && v.size <= 230 * MIB);
	assert_room_is_left();
	assert_ok(vbuf_reserve(&more, 16 * MIB, NULL));
	assert_ok(vbuf_unreserve(&more));
	o.min_size = 128 * MIB;
	assert_result(vbuf_reserve(&more, (size_t)GIB, &o), VBUF_ERLIMIT);
	assert_ok(vbuf_commit(&v, v.size - MIB, MIB)); /* commit needs no addresses */
	assert_ok(vbuf_decommit(&v, 0, v.size));       /* nor does decommit */
	assert_ok(vbuf_unreserve(&v));
	assert_ok(vbuf_reserve(&v, 128 * MIB, NULL));
	assert_ok(vbuf_unreserve(&v));
}

static void
a_reserve_beyond_rlimit_as_says_so_and_min_size_finds_what_fits(void **state)
{
	(void)state;
	in_child(reserve_beyond_the_address_space_limit, NULL);
}

/* RLIMIT_DATA */

static void
commit_beyond_the_data_limit(void *arg)
{
	struct vbuf v;

	(void)arg;
	assert_ok(vbuf_reserve(&v, 256 * MIB, NULL));
	set_limit(RLIMIT_DATA, status_bytes("VmData:") + 64 * MIB);
	int err = vbuf_commit(&v, 0, 128 * MIB);
	if (err == VBUF_OK)
		skip_here(); /* Linux before 4.7, or told to ignore the limit */
	assert_result(err, VBUF_ERLIMIT);
	assert_int_equal(vbuf_sys_error(), ENOMEM);
	assert_ok(vbuf_decommit(&v, 0, v.size));

	assert_ok(vbuf_commit(&v, MIB, 16 * MIB));
	memset(v.base + MIB, 7, 16 * MIB);
	assert_result(vbuf_commit(&v, 0, v.size), VBUF_ERLIMIT);
	assert_result(vbuf_protect(&v, 32 * MIB, 128 * MIB, VBUF_PROT_RW), VBUF_ERLIMIT);
	assert_all(v.base + MIB, 16 * MIB, 7);
	assert_ok(vbuf_decommit(&v, 0, v.size));
	assert_true(access_faults(v.base + MIB, ACCESS_READ));
	assert_works(&v, 128 * MIB, 32 * MIB);
	assert_ok(vbuf_unreserve(&v));
	assert_ok(vbuf_reserve(&v, (size_t)GIB, NULL)); /* which needs no data */
	assert_ok(vbuf_unreserve(&v));
}

static void
a_commit_beyond_rlimit_data_says_so_and_the_buffer_works_on(void **state)
{
	(void)state;
	in_child(commit_beyond_the_data_limit, NULL);
}

/* RLIMIT_MEMLOCK */

/* A sanitizer replaces the calls by ones that do nothing and say yes. */
static void
skip_unless_locks_are_real(void)
{
	if (mlock(NULL, PAGE) == 0)
		skip_here();
}

static void
lock_beyond_the_limit(void *arg)
{
	/* one would have room where pages are large */
	const struct vbuf_options o = { .size = sizeof o, .huge = VBUF_HUGE_NEVER };
	struct vbuf v;

	(void)arg;
	skip_unless_locks_are_real();
	set_limit(RLIMIT_MEMLOCK, 16 * PAGE);
	become_nobody();
	assert_ok(vbuf_reserve(&v, 64 * PAGE, &o));
	assert_ok(vbuf_commit(&v, 0, v.size));
	memset(v.base, 7, PAGE);
	assert_ok(vbuf_lock(&v, 0, 8 * PAGE));
	assert_int_equal(status_bytes("VmLck:"), 8 * PAGE);
	assert_result(vbuf_lock(&v, 8 * PAGE, 16 * PAGE), VBUF_ELOCKED);
	assert_result(vbuf_lock(&v, 0, v.size), VBUF_ELOCKED);
	assert_int_equal(status_bytes("VmLck:"), 8 * PAGE);
	assert_int_equal(resident_in(&v, 8 * PAGE, 16 * PAGE), 0);
	assert_all(v.base, PAGE, 7);
	assert_ok(vbuf_unlock(&v, 0, v.size));
	assert_int_equal(status_bytes("VmLck:"), 0);
	assert_ok(vbuf_lock(&v, 32 * PAGE, 16 * PAGE));
	assert_ok(vbuf_decommit(&v, 0, v.size));
	assert_int_equal(status_bytes("VmLck:"), 0);
	assert_works(&v, 0, v.size);
	set_limit(RLIMIT_MEMLOCK, 0);
	assert_ok(vbuf_commit(&v, 0, PAGE));
	assert_result(vbuf_lock(&v, 0, PAGE), VBUF_EPERM);
	assert_ok(vbuf_unreserve(&v));
}

static void
a_lock_beyond_rlimit_memlock_says_so_and_locks_nothing(void **state)
{
	(void)state;
	in_child(lock_beyond_the_limit, NULL);
}

static void
lock_all_future_memory(size_t limit)
{
	skip_unless_locks_are_real();
	set_limit(RLIMIT_MEMLOCK, limit);
	become_nobody();
	assert_int_equal(mlockall(MCL_FUTURE), 0);
}

static void
reserve_beyond_the_lock_limit(void *arg)
{
	struct vbuf_options o = { .size = sizeof o, .min_size = PAGE };
	struct vbuf v;

	(void)arg;
	lock_all_future_memory(64 * PAGE);
	memset(&v, 0x55, sizeof v);
	assert_result(vbuf_reserve(&v, 65 * PAGE, NULL), VBUF_ELOCKED);
	assert_int_equal(vbuf_sys_error(), EAGAIN);
	assert_memory_equal(&v, &empty, sizeof v);
	assert_ok(vbuf_reserve(&v, 1024 * PAGE, &o));
	assert_true(v.size >= 48 * PAGE && v.size <= 56 * PAGE);
	assert_ok(vbuf_commit(&v, 0, v.size));
	assert_int_equal(resident_in(&v, 0, v.size), v.size);
	assert_ok(vbuf_unreserve(&v));
}

static void
after_mlockall_a_reserve_beyond_rlimit_memlock_says_so(void **state)
{
	(void)state;
	in_child(reserve_beyond_the_lock_limit, NULL);
}

static void
decommit_at_the_lock_limit(void *arg)
{
	struct vbuf v;

	(void)arg;
	lock_all_future_memory(64 * PAGE);
	assert_ok(vbuf_reserve(&v, 48 * PAGE, NULL));
	assert_ok(vbuf_commit(&v, 0, v.size));
	memset(v.base, 7, v.size);
	/* The kernel counts the new pages before it gives up the old ones. */
	assert_result(vbuf_decommit(&v, 0, 32 * PAGE), VBUF_ELOCKED);
	assert_all(v.base, v.size, 7);
	assert_ok(vbuf_decommit(&v, 0, 16 * PAGE));
	assert_true(access_faults(v.base, ACCESS_READ));
	assert_all(v.base + 16 * PAGE, 32 * PAGE, 7);
	assert_ok(vbuf_commit(&v, 0, 16 * PAGE));
	assert_all(v.base, 16 * PAGE, 0);
	assert_ok(vbuf_unreserve(&v));
}

static void
after_mlockall_a_decommit_at_the_limit_is_refused_with_the_data_intact(void **state)
{
	(void)state;
	in_child(decommit_at_the_lock_limit, NULL);
}

static bool
purges_locked_pages(void)
{
	return !system_answers(BACKEND_IN_PLACE) || /* which drops them, lock and all */
	       madvise(NULL, 0, 24) == 0;           /* MADV_DONTNEED_LOCKED, since Linux 5.18 */
}

static void
empty_locked_pages(void *arg)
{
	struct vbuf v;

	(void)arg;
	skip_unless_locks_are_real();
	set_limit(RLIMIT_MEMLOCK, 8 * PAGE);
	become_nobody();
	assert_ok(vbuf_reserve(&v, 16 * PAGE, NULL));
	assert_ok(vbuf_commit(&v, 0, v.size));
	memset(v.base, 7, v.size);
	assert_ok(vbuf_lock(&v, 0, 8 * PAGE));
	assert_result(vbuf_discard(&v, 0, 8 * PAGE), VBUF_EBUSY);
	assert_all(v.base, v.size, 7);
	int err = vbuf_purge(&v, 0, v.size);
	assert_result(err, purges_locked_pages() ? VBUF_OK : VBUF_EBUSY);
	assert_all(v.base, 8 * PAGE, err == VBUF_OK ? 0 : 7);
	assert_int_equal(status_bytes("VmLck:"), system_answers(BACKEND_IN_PLACE) ? 8 * PAGE : 0);
	assert_ok(vbuf_unlock(&v, 0, v.size));
	assert_ok(vbuf_purge(&v, 0, v.size));
	assert_all(v.base, v.size, 0);
	assert_ok(vbuf_unreserve(&v));
}

static void
locked_pages_can_be_purged_or_are_busy_and_are_not_discarded(void **state)
{
	(void)state;
	in_child(empty_locked_pages, NULL);
}

/* Every byte is value or 0. */
static void
assert_all_or_gone(const unsigned char *p, size_t size, unsigned char value)
{
	for (size_t i = 0; i < size; i++)
		assert_true(p[i] == value || p[i] == 0);
}

/* Pages of a range, of which some are locked. */
static void
empty_half_locked_pages(void *arg)
{
	struct vbuf v;

	(void)arg;
	skip_unless_locks_are_real();
	set_limit(RLIMIT_MEMLOCK, 8 * PAGE);
	become_nobody();
	assert_ok(vbuf_reserve(&v, 4 * PAGE, NULL));
	assert_ok(vbuf_commit(&v, 0, v.size));
	for (size_t locked = 0; locked < 4; locked++) {
		memset(v.base, 7, v.size);
		assert_ok(vbuf_lock(&v, locked * PAGE, PAGE));
		assert_result(vbuf_discard(&v, 0, v.size), VBUF_EBUSY);
		assert_all(v.base + locked * PAGE, PAGE, 7);
		assert_all_or_gone(v.base, v.size, 7);

		memset(v.base, 8, v.size);
		int err = vbuf_purge(&v, 0, v.size);
		assert_result(err, purges_locked_pages() ? VBUF_OK : VBUF_EBUSY);
		if (err == VBUF_OK)
			assert_all(v.base, v.size, 0);
		else
			assert_all(v.base + locked * PAGE, PAGE, 8);
		assert_all_or_gone(v.base, v.size, 8);
		assert_int_equal(status_bytes("VmLck:"),
		                 system_answers(BACKEND_IN_PLACE) ? PAGE : 0);
		assert_ok(vbuf_unlock(&v, 0, v.size));
	}
	assert_ok(vbuf_unreserve(&v));
}

static void
of_a_range_with_some_pages_locked_the_others_may_be_emptied(void **state)
{
	(void)state;
	in_child(empty_half_locked_pages, NULL);
}

/* vm.max_map_count */

/* A buffer with a run of pages, then room, then islands of one page as far apart, until
 * the process has all the mappings it may have. */
struct archipelago {
	struct vbuf v;
	size_t islands;
};

enum { RUN = 8, FIRST_ISLAND = 64, WRITTEN_EACH = 16 };

static size_t
island(size_t i)
{
	return (FIRST_ISLAND + 2 * i) * PAGE;
}

/* Only Linux is asked why it refuses. */
static bool
says_no_mappings(int err)
{
	if (system_answers(BACKEND_LINUX))
		return err == VBUF_EMAPS;
	return err == VBUF_ECOMMIT || err == VBUF_ENOADDR || err == VBUF_ESYS;
}

static void
use_up_all_mappings(struct archipelago *a)
{
	uint64_t most = number_in("/proc/sys/vm/max_map_count");
	int err = VBUF_OK;

	if (most > 1 << 18)
		skip_here(); /* it would take seconds, and gigabytes of charge */
	assert_ok(vbuf_reserve(&a->v, (FIRST_ISLAND + 2 * (size_t)most) * PAGE, NULL));
	assert_ok(vbuf_commit(&a->v, 0, RUN * PAGE));
	memset(a->v.base, 7, RUN * PAGE);
	for (a->islands = 0; a->islands < most; a->islands++) {
		err = vbuf_commit(&a->v, island(a->islands), PAGE);
		if (err != VBUF_OK)
			break;
		if (a->islands % WRITTEN_EACH == 0)
			memset(a->v.base + island(a->islands), 7, PAGE);
	}
	assert_true(says_no_mappings(err));
	assert_int_equal(vbuf_sys_error(), ENOMEM);
	assert_true(a->islands > most / 4);
}

static void
assert_no_data_lost(const struct archipelago *a)
{
	assert_all(a->v.base, RUN / 2 * PAGE, 7);
	for (size_t i = 0; i < a->islands; i += WRITTEN_EACH)
		assert_all(a->v.base + island(i), PAGE, 7);
}

static void
run_out_of_mappings(void *arg)
{
	struct archipelago a;
	size_t before = count_mappings();

	(void)arg;
	use_up_all_mappings(&a);
	struct vbuf *v = &a.v;
	if (system_answers(BACKEND_LINUX)) {
		struct vbuf_limits l = limits();
		assert_int_equal(l.maps_limit, number_in("/proc/sys/vm/max_map_count"));
		assert_true(l.maps + 4 > l.maps_limit && l.maps < l.maps_limit + 4);
	}

	/* What splits a mapping is refused, and leaves the bytes alone. */
	int err = vbuf_decommit(v, (RUN / 2 + 1) * PAGE, PAGE);
	assert_true(says_no_mappings(err) || err == VBUF_OK);
	assert_all(v->base, (RUN / 2 + 1) * PAGE, 7);
	assert_all(v->base + (RUN / 2 + 2) * PAGE, (RUN / 2 - 2) * PAGE, 7);
	if (says_no_mappings(err))
		assert_all(v->base + (RUN / 2 + 1) * PAGE, PAGE, 7);
	err = vbuf_protect(v, PAGE, PAGE, VBUF_PROT_RO);
	assert_true(says_no_mappings(err) || err == VBUF_OK);
	assert_ok(vbuf_protect(v, PAGE, PAGE, VBUF_PROT_RW));
	assert_no_data_lost(&a);

	/* What moves a border goes on: a run may grow, and shrink at its end. */
	assert_ok(vbuf_commit(v, RUN * PAGE, 4 * PAGE));
	memset(v->base + RUN * PAGE, 7, 4 * PAGE);
	assert_ok(vbuf_decommit(v, (RUN + 2) * PAGE, 2 * PAGE));
	assert_all(v->base + RUN * PAGE, 2 * PAGE, 7);
	assert_true(access_faults(v->base + (RUN + 2) * PAGE, ACCESS_READ));
	assert_true(vbuf_prefault(v, 0, RUN / 2 * PAGE, NULL) == VBUF_OK);

	/* An island given up is room for another. */
	for (size_t i = 1; i < 4; i++)
		assert_ok(vbuf_decommit(v, island(i), PAGE));
	assert_ok(vbuf_commit(v, island(a.islands), PAGE));
	assert_no_data_lost(&a);

	assert_ok(vbuf_unreserve(v));
	assert_true(count_mappings() <= before + 4); /* stdio took some */
	assert_ok(vbuf_reserve(v, 64 * PAGE, NULL));
	assert_works(v, 0, v->size);
	assert_ok(vbuf_unreserve(v));
}

static void
without_mappings_left_no_data_is_lost_and_runs_still_grow(void **state)
{
	(void)state;
	in_child(run_out_of_mappings, NULL);
}

static void
reserve_without_mappings_left(void *arg)
{
	struct archipelago a;
	struct vbuf more[64];
	struct vbuf_options o = { .size = sizeof o };
	int n, err = VBUF_OK;

	(void)arg;
	use_up_all_mappings(&a);
	/* Of two kinds by turns, as the kernel joins neighbours that are alike. */
	for (n = 0; n < 64 && err == VBUF_OK; n++) {
		o.charge = n % 2 ? VBUF_CHARGE_NONE : VBUF_CHARGE_DEFAULT;
		err = vbuf_reserve(&more[n], PAGE, &o);
	}
	assert_true(says_no_mappings(err));
	assert_memory_equal(&more[n - 1], &empty, sizeof empty);
	for (int i = 0; i < n; i++)
		assert_ok(vbuf_unreserve(&more[i]));
	assert_no_data_lost(&a);
	assert_ok(vbuf_decommit(&a.v, 0, a.v.size));
	assert_works(&a.v, 0, 64 * PAGE);
	assert_ok(vbuf_unreserve(&a.v));
}

static void
a_reserve_without_mappings_left_says_so(void **state)
{
	(void)state;
	in_child(reserve_without_mappings_left, NULL);
}

/* Options are given to the pages anew after a decommit, which may need mappings that
 * are not there; then no page may come back without them. */
static void
decommit_with_options_without_mappings_left(void *arg)
{
	struct archipelago a;
	struct vbuf v;
	const struct vbuf_options o = {
		.size = sizeof o,
		.fork = VBUF_FORK_WIPE,
		.no_dump = true,
	};

	(void)arg;
	assert_ok(vbuf_reserve(&v, 64 * PAGE, &o));
	assert_ok(vbuf_commit(&v, 0, v.size));
	memset(v.base, 7, v.size);
	use_up_all_mappings(&a);
	int err = vbuf_decommit(&v, 16 * PAGE, 8 * PAGE);
	assert_true(err == VBUF_OK || says_no_mappings(err) || err == VBUF_ESYS);
	assert_all(v.base, 16 * PAGE, 7);
	assert_all(v.base + 24 * PAGE, 40 * PAGE, 7);
	if (says_no_mappings(err))
		assert_all(v.base + 16 * PAGE, 8 * PAGE, 7);
	else
		assert_true(access_faults(v.base + 16 * PAGE, ACCESS_READ));
	int again = vbuf_commit(&v, 16 * PAGE, 8 * PAGE);
	assert_true(again == VBUF_OK || says_no_mappings(again));
	assert_ok(vbuf_unreserve(&a.v));
	assert_ok(vbuf_commit(&v, 0, v.size));
	assert_int_equal(smaps_of(v.base, v.size, "wf").flagged, v.size);
	if (!(v.unmet & VBUF_UNMET_NO_DUMP))
		assert_int_equal(smaps_of(v.base, v.size, "dd").flagged, v.size);
	assert_ok(vbuf_unreserve(&v));
}

static void
without_mappings_left_the_options_are_not_lost(void **state)
{
	(void)state;
	needs(BACKEND_WIPES);
	in_child(decommit_with_options_without_mappings_left, NULL);
}

/* The middle one of three neighbours that the kernel made one mapping of. */
static void
unreserve_without_mappings_left(void *arg)
{
	struct archipelago a;
	struct vbuf v[3], room;
	struct vbuf_options o = { .size = sizeof o, .place = VBUF_PLACE_EXACT };

	(void)arg;
	assert_ok(vbuf_reserve(&room, 48 * PAGE, NULL));
	unsigned char *at = room.base;
	assert_ok(vbuf_unreserve(&room));
	for (int i = 0; i < 3; i++) {
		o.addr = at + (size_t)i * 16 * PAGE;
		assert_ok(vbuf_reserve(&v[i], 16 * PAGE, &o));
	}
	use_up_all_mappings(&a);
	const struct vbuf was = v[1];
	int err = vbuf_unreserve(&v[1]);
	assert_true(err == VBUF_OK || says_no_mappings(err));
	assert_memory_equal(&v[1], err == VBUF_OK ? &empty : &was, sizeof was);
	assert_ok(vbuf_unreserve(&a.v));
	if (err != VBUF_OK)
		assert_works(&v[1], 0, v[1].size);
	for (int i = 0; i < 3; i++) {
		assert_ok(vbuf_unreserve(&v[i]));
		assert_int_equal(smaps_of(at, (size_t)(i + 1) * 16 * PAGE, "").bytes, 0);
	}
}

static void
an_unreserve_that_needs_a_mapping_works_or_leaves_the_buffer(void **state)
{
	(void)state;
	in_child(unreserve_without_mappings_left, NULL);
}

/* vbuf_get_limits() */

static void
report_the_limits(void *arg)
{
	uint64_t as = status_bytes("VmSize:") + GIB, data = status_bytes("VmData:") + GIB / 2;

	(void)arg;
	set_limit(RLIMIT_AS, as);
	set_limit(RLIMIT_DATA, data);
	set_limit(RLIMIT_MEMLOCK, 12345);
	struct vbuf_limits l = limits();
	assert_int_equal(l.address_space_limit, as);
	assert_int_equal(l.data_limit, data);
	assert_int_equal(l.locked_limit, 12345);
	if (system_answers(BACKEND_LINUX)) {
		assert_int_equal(l.overcommit, number_in("/proc/sys/vm/overcommit_memory"));
		assert_int_equal(l.maps_limit, number_in("/proc/sys/vm/max_map_count"));
	}
	assert_int_equal(l.page_size, sysconf(_SC_PAGESIZE));
}

static void
the_huge_page_size_is_that_of_the_kernel_or_none(void **state)
{
	size_t huge = limits().huge_page_size;

	(void)state;
	if (access("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size", R_OK) != 0)
		assert_int_equal(huge, 0);
	else if (huge)
		assert_int_equal(huge, number_in("/sys/kernel/mm/transparent_hugepage/"
		                                 "hpage_pmd_size"));
}

static void
the_limits_reported_are_those_of_the_process(void **state)
{
	(void)state;
	in_child(report_the_limits, NULL);
}

static void
an_absent_limit_is_reported_as_unlimited(void **state)
{
	struct rlimit limit;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_AS, &limit), 0);
	if (limit.rlim_cur != RLIM_INFINITY)
		skip();
	assert_true(limits().address_space_limit == VBUF_UNLIMITED);
}

static void
the_mappings_reported_follow_what_is_reserved(void **state)
{
	const struct vbuf_options o = {
		.size = sizeof o,
		.guard_before = 16 * PAGE,
		.guard_after = 16 * PAGE,
	};
	struct vbuf v;

	(void)state;
	needs(BACKEND_LINUX);
	assert_ok(vbuf_reserve(&v, 400 * PAGE, &o));
	(void)count_mappings();
	uint64_t before = limits().maps;
	assert_int_equal(before, count_mappings());
	for (size_t i = 0; i < 100; i++)
		assert_ok(vbuf_commit(&v, 4 * i * PAGE, PAGE));
	assert_int_equal(limits().maps, before + 200);
	assert_ok(vbuf_unreserve(&v));
}

/* A sandbox that refuses madvise() */

struct refusal {
	int code, err; /* what the sandbox says, and what we make of it */
};

static void
live_without_advice(void *arg)
{
	const struct refusal *how = arg;
	struct vbuf_options o = { .size = sizeof o };
	struct vbuf v;
	size_t done;

	if (!refuse_system_call(SYS_madvise, how->code))
		skip_here();
	assert_int_equal(madvise(NULL, 0, MADV_NORMAL), -1);
	assert_int_equal(errno, how->code);

	/* Advice that cannot be given is reported; a fork option is a promise. */
	o.no_dump = true;
	o.huge = VBUF_HUGE_PREFER;
	assert_ok(vbuf_reserve(&v, 16 * PAGE, &o));
	assert_int_equal(v.unmet, VBUF_UNMET_NO_DUMP | VBUF_UNMET_HUGE);
	assert_works(&v, 0, v.size);
	assert_ok(vbuf_unreserve(&v));
	o.fork = VBUF_FORK_WIPE;
	assert_result(vbuf_reserve(&v, 16 * PAGE, &o), how->err);
	assert_memory_equal(&v, &empty, sizeof v);
	o.fork = VBUF_FORK_DROP;
	assert_result(vbuf_reserve(&v, 16 * PAGE, &o), how->err);

	assert_ok(vbuf_reserve(&v, 16 * PAGE, NULL));
	assert_ok(vbuf_commit(&v, 0, 8 * PAGE));
	v.base[PAGE] = 7;
	assert_ok(vbuf_prefault(&v, 0, 8 * PAGE, &done));
	assert_int_equal(done, 8 * PAGE);
	assert_int_equal(resident_in(&v, 0, v.size), 8 * PAGE);
	assert_result(vbuf_prefault(&v, 4 * PAGE, 8 * PAGE, &done), VBUF_EACCES);
	assert_int_equal(done, 4 * PAGE);
	assert_result(vbuf_purge(&v, 0, 8 * PAGE), how->err);
	assert_result(vbuf_discard(&v, 0, 8 * PAGE), how->err);
	assert_result(vbuf_advise_huge(&v, 0, 8 * PAGE, VBUF_HUGE_NEVER), how->err);
	assert_int_equal(v.base[PAGE], 7);
	assert_works(&v, 0, v.size);
	assert_ok(vbuf_unreserve(&v));
}

static void
where_a_sandbox_refuses_advice_the_rest_works_and_prefault_touches(void **state)
{
	struct refusal how[] = { { ENOSYS, VBUF_ENOTSUP }, { EPERM, VBUF_EPERM } };

	(void)state;
	needs(BACKEND_LINUX);
	for (int i = 0; i < 2; i++)
		in_child(live_without_advice, &how[i]);
}

/* A container without /proc */

static void
live_without_proc(void *arg)
{
	struct vbuf_run run = { 1, VBUF_STATE_RW };
	struct vbuf v;

	(void)arg;
	uint64_t data = status_bytes("VmData:");
	if (!hide_folder("/proc") || access("/proc/self/maps", F_OK) == 0)
		skip_here();
	assert_ok(vbuf_reserve(&v, 64 * MIB, NULL));
	assert_result(vbuf_query(&v, 0, &run), VBUF_ENOTSUP);
	assert_int_equal(run.size, 0);
	assert_int_equal(run.state, VBUF_STATE_RESERVED);
	assert_works(&v, 0, 16 * PAGE);
	assert_ok(vbuf_commit(&v, 0, 16 * PAGE));
	assert_ok(vbuf_prefault(&v, 0, 16 * PAGE, NULL));
	assert_int_equal(resident_in(&v, 0, v.size), 16 * PAGE);
	assert_ok(vbuf_purge(&v, 0, 16 * PAGE));
	assert_int_equal(resident_in(&v, 0, v.size), 0);
	assert_ok(vbuf_protect(&v, 0, PAGE, VBUF_PROT_RO));
	assert_true(access_faults(v.base, ACCESS_WRITE));

	struct vbuf_limits l = limits();
	assert_int_equal(l.maps, 0);
	assert_true(l.maps_limit == VBUF_UNLIMITED);
	assert_true(l.memory_limit == VBUF_UNLIMITED);
	assert_true(l.commit_headroom == VBUF_UNLIMITED);
	assert_int_equal(l.overcommit, -1);

	if (mlock(NULL, PAGE) != 0) { /* else a sanitizer says yes to all */
		set_limit(RLIMIT_MEMLOCK, 4 * PAGE);
		become_nobody();
		assert_ok(vbuf_commit(&v, 0, 16 * PAGE));
		assert_result(vbuf_lock(&v, 0, 16 * PAGE), VBUF_ELOCKED);
		assert_ok(vbuf_lock(&v, 0, 4 * PAGE));
		assert_ok(vbuf_unlock(&v, 0, 4 * PAGE));
	}

	/* Why is harder to find out; that it failed is not. */
	set_limit(RLIMIT_DATA, data + 8 * MIB);
	int err = vbuf_commit(&v, 0, v.size);
	assert_true(err == VBUF_ERLIMIT || err == VBUF_ECOMMIT);
	assert_works(&v, MIB, MIB);
	assert_ok(vbuf_unreserve(&v));
}

static void
without_proc_query_is_not_supported_and_the_rest_works(void **state)
{
	(void)state;
	if (!system_answers(BACKEND_LINUX) && system_answers(BACKEND_STATES))
		skip_because("this backend has nothing to do with /proc");
	in_child(live_without_proc, NULL);
}

/* A program whose main thread has ended: /proc/self is then empty */

static struct rlimit data_limit;
static uint64_t mappings_before;

static void
await_the_end_of_the_main_thread(void)
{
	char byte;
	ssize_t n;

	do {
		int fd = open("/proc/self/maps", O_RDONLY);
		assert_true(fd >= 0);
		n = read(fd, &byte, 1);
		close(fd);
		sched_yield();
	} while (n > 0);
}

static void *
live_without_a_main_thread(void *arg)
{
	struct vbuf *v = arg;
	struct vbuf_run run;

	await_the_end_of_the_main_thread();
	assert_ok(vbuf_query(v, 0, &run));
	assert_int_equal(run.state, VBUF_STATE_RW);
	assert_int_equal(run.size, 16 * PAGE);
	assert_ok(vbuf_query(v, 16 * PAGE, &run));
	assert_int_equal(run.state, VBUF_STATE_RESERVED);
	assert_int_equal(run.size, v->size - 16 * PAGE);
	assert_true(limits().maps >= mappings_before);

	/* the size of the process is needed to tell why */
	assert_int_equal(setrlimit(RLIMIT_DATA, &data_limit), 0);
	int err = vbuf_commit(v, 0, v->size);
	if (err == VBUF_OK)
		skip_here(); /* Linux before 4.7, or told to ignore the limit */
	assert_result(err, VBUF_ERLIMIT);
	if (mlock(NULL, PAGE) != 0) /* else a sanitizer says yes to all */
		assert_result(vbuf_lock(v, 0, 32 * PAGE), VBUF_EACCES);
	assert_works(v, MIB, MIB);
	_exit(0);
}

static void
end_the_main_thread(void *arg)
{
	pthread_t thread;
	static struct vbuf v;

	(void)arg;
	assert_ok(vbuf_reserve(&v, 256 * MIB, NULL));
	assert_ok(vbuf_commit(&v, 0, 16 * PAGE));
	mappings_before = count_mappings();
	assert_int_equal(getrlimit(RLIMIT_DATA, &data_limit), 0);
	data_limit.rlim_cur = (rlim_t)(status_bytes("VmData:") + 64 * MIB);
	assert_int_equal(pthread_create(&thread, NULL, live_without_a_main_thread, &v), 0);
	pthread_exit(NULL);
}

static void
when_the_main_thread_has_ended_the_process_still_has_its_answers(void **state)
{
	(void)state;
	needs(BACKEND_LINUX);
	in_child(end_the_main_thread, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reserve_beyond_rlimit_as_says_so_and_min_size_finds_what_fits),
		cmocka_unit_test(a_commit_beyond_rlimit_data_says_so_and_the_buffer_works_on),
		cmocka_unit_test(a_lock_beyond_rlimit_memlock_says_so_and_locks_nothing),
		cmocka_unit_test(after_mlockall_a_reserve_beyond_rlimit_memlock_says_so),
		cmocka_unit_test(
			after_mlockall_a_decommit_at_the_limit_is_refused_with_the_data_intact),
		cmocka_unit_test(locked_pages_can_be_purged_or_are_busy_and_are_not_discarded),
		cmocka_unit_test(of_a_range_with_some_pages_locked_the_others_may_be_emptied),
		cmocka_unit_test(without_mappings_left_no_data_is_lost_and_runs_still_grow),
		cmocka_unit_test(a_reserve_without_mappings_left_says_so),
		cmocka_unit_test(without_mappings_left_the_options_are_not_lost),
		cmocka_unit_test(an_unreserve_that_needs_a_mapping_works_or_leaves_the_buffer),
		cmocka_unit_test(the_limits_reported_are_those_of_the_process),
		cmocka_unit_test(the_huge_page_size_is_that_of_the_kernel_or_none),
		cmocka_unit_test(an_absent_limit_is_reported_as_unlimited),
		cmocka_unit_test(the_mappings_reported_follow_what_is_reserved),
		cmocka_unit_test(
			where_a_sandbox_refuses_advice_the_rest_works_and_prefault_touches),
		cmocka_unit_test(without_proc_query_is_not_supported_and_the_rest_works),
		cmocka_unit_test(when_the_main_thread_has_ended_the_process_still_has_its_answers),
	};

	return run_group("limits", tests);
}
