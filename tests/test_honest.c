/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Is what the contract says was given back really back, and what it says was done really
 * done? The kernel is asked. */
#include <errno.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "child.h"
#include "smaps.h"
#include "system.h"
#include "test.h"

/* Guards keep the kernel from merging what is measured with what lies beside it. */
static struct vbuf_options
guarded(void)
{
	return (struct vbuf_options){
		.size = sizeof(struct vbuf_options),
		.guard_before = 16 * PAGE,
		.guard_after = 16 * PAGE,
	};
}

static struct smaps
whole(const struct vbuf *v, const char *flag)
{
	return smaps_of(v->map_, v->map_size_, flag);
}

static size_t
charged(const struct vbuf *v)
{
	return whole(v, "ac").flagged;
}

static void
decommit_gives_back_memory_charge_and_mappings(void **state)
{
	const struct vbuf_options o = guarded();
	struct vbuf v;

	(void)state;
	assert_ok(vbuf_reserve(&v, 64 * MIB, &o));
	struct smaps fresh = whole(&v, "ac");
	size_t mappings = count_mappings();
	assert_int_equal(fresh.mappings, 1);
	assert_int_equal(fresh.flagged, 0);
	assert_int_equal(fresh.resident, 0);

	assert_ok(vbuf_commit(&v, 0, 8 * MIB));
	assert_ok(vbuf_commit(&v, 16 * MIB, 8 * MIB));
	memset(v.base + 16 * MIB, 1, 8 * MIB);
	assert_ok(vbuf_protect(&v, 18 * MIB, MIB, VBUF_PROT_RO));
	struct smaps used = whole(&v, "ac");
	assert_int_equal(used.flagged, 16 * MIB);
	assert_int_equal(used.resident, 8 * MIB);
	assert_true(used.mappings > 1);

	assert_ok(vbuf_decommit(&v, 16 * MIB, 4 * MIB));
	used = whole(&v, "ac");
	assert_int_equal(used.flagged, 12 * MIB);
	assert_int_equal(used.resident, 4 * MIB);

	assert_ok(vbuf_decommit(&v, 0, v.size));
	struct smaps back = whole(&v, "ac");
	assert_memory_equal(&back, &fresh, sizeof back);
	assert_true(count_mappings() <= mappings);
	assert_ok(vbuf_unreserve(&v));
}

static void
purge_gives_back_memory_and_keeps_the_charge(void **state)
{
	const struct vbuf_options o = guarded();
	struct vbuf v;

	(void)state;
	assert_ok(vbuf_reserve(&v, 16 * MIB, &o));
	assert_ok(vbuf_commit(&v, 0, v.size));
	memset(v.base, 1, v.size);
	size_t mappings = whole(&v, "ac").mappings;
	assert_ok(vbuf_purge(&v, 4 * MIB, 8 * MIB));
	struct smaps now = whole(&v, "ac");
	assert_int_equal(now.flagged, 16 * MIB);
	assert_int_equal(now.resident, 8 * MIB);
	assert_int_equal(now.mappings, mappings);
	assert_ok(vbuf_unreserve(&v));
}

/* The kernel may take the memory at any time, and once in a while does. */
static void
discard_leaves_the_memory_for_the_kernel_to_take(void **state)
{
	const struct vbuf_options o = guarded();
	struct smaps now = { 0 };
	struct vbuf v;

	(void)state;
	assert_ok(vbuf_reserve(&v, 4 * MIB, &o));
	assert_ok(vbuf_commit(&v, 0, v.size));
	if (madvise(v.base, v.size, MADV_FREE) != 0)
		skip(); /* Linux before 4.5 */
	for (int i = 0; i < 20 && (now.lazy < MIB || now.resident < 4 * MIB); i++) {
		memset(v.base, 1, v.size);
		assert_ok(vbuf_discard(&v, MIB, 2 * MIB));
		now = whole(&v, "ac");
	}
	assert_true(now.lazy >= MIB && now.lazy <= 2 * MIB); /* it marks by batches */
	assert_int_equal(now.resident, 4 * MIB);
	assert_int_equal(now.flagged, 4 * MIB);
	assert_ok(vbuf_unreserve(&v));
}

static void
prefault_leaves_every_page_resident(void **state)
{
	const struct vbuf_options o = guarded();
	struct vbuf v;

	(void)state;
	assert_ok(vbuf_reserve(&v, 64 * MIB, &o));
	assert_ok(vbuf_commit(&v, 0, 40 * MIB));
	assert_int_equal(whole(&v, "").resident, 0);
	assert_ok(vbuf_prefault(&v, 0, 40 * MIB, NULL));
	assert_int_equal(whole(&v, "").resident, 40 * MIB);
	assert_ok(vbuf_unreserve(&v));
}

/* The machine's own count, in which all its programs share: so a large part of the
 * memory, and several tries until nobody disturbs. */
static bool
charge_comes_and_goes(size_t size)
{
	struct vbuf v;
	const struct vbuf_options o = guarded();
	uint64_t slack = size / 4;

	assert_ok(vbuf_reserve(&v, size, &o));
	uint64_t before = meminfo_bytes("Committed_AS:");
	int err = vbuf_commit(&v, 0, size);
	if (err == VBUF_ECOMMIT || err == VBUF_ERLIMIT)
		skip();
	assert_ok(err);
	for (size_t at = 0; at < size; at += 2 * MIB)
		v.base[at] = 1;
	uint64_t during = meminfo_bytes("Committed_AS:");
	assert_ok(vbuf_decommit(&v, 0, size));
	uint64_t after = meminfo_bytes("Committed_AS:");
	assert_ok(vbuf_unreserve(&v));
	return during + slack > before + size && during < before + size + slack &&
	       after + slack > before && after < before + slack;
}

static void
the_machines_commit_charge_rises_by_commit_and_falls_by_decommit(void **state)
{
	size_t size = (size_t)(meminfo_bytes("MemTotal:") / 8) / (2 * MIB) * (2 * MIB);
	bool seen = false;

	(void)state;
	if (size > TEST_RESERVE_LIMIT)
		skip();
	for (int i = 0; i < 20 && !seen; i++)
		seen = charge_comes_and_goes(size);
	assert_true(seen);
}

/* Options that split and merge mappings in their own way each. */
static const struct vbuf_options sets[] = {
	{ .size = 0 },
	{
		.size = sizeof(struct vbuf_options),
		.name = "honest",
		.no_dump = true,
		.huge = VBUF_HUGE_NEVER,
		.fork = VBUF_FORK_WIPE,
	},
	{
		.size = sizeof(struct vbuf_options),
		.name = "honest",
		.no_dump = true,
		.huge = VBUF_HUGE_PREFER,
		.fork = VBUF_FORK_DROP,
		.charge = VBUF_CHARGE_NONE,
	},
};

enum { SETS = sizeof sets / sizeof *sets };

static void
reserve_with(struct vbuf *v, size_t size, int set)
{
	struct vbuf_options o = sets[set];

	o.size = sizeof o;
	o.guard_before = o.guard_after = 16 * PAGE;
	o.fork = fork_if_known(o.fork);
	assert_ok(vbuf_reserve(v, size, &o));
}

/* Up to 64 islands are alive at a time, anywhere, of 1 to 16 pages each; they may
 * overlap. */
static void
ten_thousand_sparse_cycles_leave_no_extra_mappings(void **state)
{
	enum { CYCLES = 10000, ALIVE = 64 };
	static struct {
		size_t at, size;
	} islands[ALIVE];
	uint64_t seed = test_seed();
	size_t pages = 256 * MIB / PAGE;

	(void)state;
	for (int set = 0; set < SETS; set++) {
		struct vbuf v;
		reserve_with(&v, pages * PAGE, set);
		struct smaps fresh = whole(&v, "ac");
		size_t mappings = count_mappings();
		memset(islands, 0, sizeof islands);
		for (int i = 0; i < CYCLES + ALIVE; i++) {
			size_t at = (size_t)(next_random(&seed) % (pages - 16)) * PAGE;
			size_t size = (size_t)(1 + next_random(&seed) % 16) * PAGE;
			if (islands[i % ALIVE].size)
				assert_ok(vbuf_decommit(&v, islands[i % ALIVE].at,
				                        islands[i % ALIVE].size));
			islands[i % ALIVE].at = at;
			islands[i % ALIVE].size = i < CYCLES ? size : 0;
			if (i >= CYCLES)
				continue;
			assert_ok(vbuf_commit(&v, at, size));
			v.base[at] = 1;
			v.base[at + size - 1] = 2;
		}
		struct smaps back = whole(&v, "ac");
		assert_memory_equal(&back, &fresh, sizeof back);
		assert_true(count_mappings() <= mappings);
		assert_ok(vbuf_commit(&v, 0, v.size));
		assert_int_equal(smaps_of(v.base, v.size, "").mappings, 1);
		assert_ok(vbuf_unreserve(&v));
	}
}

static void
the_mappings_of_a_thousand_islands_return(void **state)
{
	enum { ISLANDS = 1000 };

	(void)state;
	for (int set = 0; set < SETS; set++) {
		for (int at_once = 0; at_once < 2; at_once++) {
			struct vbuf v;
			reserve_with(&v, ISLANDS * 4 * PAGE, set);
			struct smaps fresh = whole(&v, "ac");
			for (size_t i = 0; i < ISLANDS; i++) {
				assert_ok(vbuf_commit(&v, (4 * i + 1) * PAGE, 2 * PAGE));
				v.base[(4 * i + 1) * PAGE] = 1;
			}
			assert_int_equal(whole(&v, "").mappings, 2 * ISLANDS + 1);
			if (at_once)
				assert_ok(vbuf_decommit(&v, 0, v.size));
			for (size_t i = 0; i < ISLANDS && !at_once; i++)
				assert_ok(vbuf_decommit(&v, (4 * i + 1) * PAGE, 2 * PAGE));
			struct smaps back = whole(&v, "ac");
			assert_memory_equal(&back, &fresh, sizeof back);
			assert_ok(vbuf_unreserve(&v));
		}
	}
}

static void
unreserve_leaves_nothing(void **state)
{
	(void)state;
	for (int set = 0; set < SETS; set++) {
		struct vbuf v;
		reserve_with(&v, 16 * MIB, set);
		const struct vbuf was = v;
		assert_ok(vbuf_commit(&v, 4 * MIB, 4 * MIB));
		memset(v.base + 4 * MIB, 1, 4 * MIB);
		assert_ok(vbuf_unreserve(&v));
		assert_int_equal(whole(&was, "").bytes, 0);
	}
}

static void
the_slack_of_an_alignment_is_given_back(void **state)
{
	struct vbuf v;
	const struct vbuf_options o = { .size = sizeof o, .align = 64 * MIB };

	(void)state;
	for (int i = 0; i < 100; i++) {
		uint64_t before = status_bytes("VmSize:");
		assert_ok(vbuf_reserve(&v, MIB, &o));
		assert_int_equal(status_bytes("VmSize:"), before + MIB);
		assert_ok(vbuf_unreserve(&v));
		assert_int_equal(status_bytes("VmSize:"), before);
	}
}

static void
huge_page_advice_covers_the_reservation_and_survives_decommit(void **state)
{
	const struct {
		enum vbuf_huge huge;
		const char *flag;
	} cases[] = { { VBUF_HUGE_PREFER, "hg" }, { VBUF_HUGE_NEVER, "nh" } };

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct vbuf v;
		struct vbuf_options o = guarded();
		o.huge = cases[i].huge;
		assert_ok(vbuf_reserve(&v, 16 * MIB, &o));
		if (v.unmet & VBUF_UNMET_HUGE || whole(&v, cases[i].flag).flagged == 0)
			skip(); /* a kernel without huge pages */
		assert_int_equal(whole(&v, cases[i].flag).flagged, v.map_size_);
		assert_ok(vbuf_commit(&v, 0, 8 * MIB));
		memset(v.base, 1, 8 * MIB);
		assert_ok(vbuf_decommit(&v, MIB, PAGE));
		assert_int_equal(whole(&v, cases[i].flag).flagged, v.map_size_);
		assert_ok(vbuf_decommit(&v, 0, 8 * MIB));
		assert_int_equal(whole(&v, cases[i].flag).flagged, v.map_size_);
		assert_ok(vbuf_commit(&v, 0, v.size));
		assert_int_equal(whole(&v, cases[i].flag).flagged, v.map_size_);
		assert_ok(vbuf_unreserve(&v));
	}
}

/* Reserve four huge pages and commit them; skips where none can be made. */
static size_t
reserve_huge(struct vbuf *v, enum vbuf_huge huge)
{
	struct vbuf_limits limits;
	struct vbuf_options o = guarded();

	assert_ok(vbuf_get_limits(&limits, sizeof limits));
	if (limits.huge_page_size == 0 || limits.huge_page_size > 64 * MIB)
		skip();
	o.huge = huge;
	o.align = limits.huge_page_size;
	assert_ok(vbuf_reserve(v, 4 * limits.huge_page_size, &o));
	assert_ok(vbuf_commit(v, 0, v->size));
	return limits.huge_page_size;
}

static bool
can_collapse(void)
{
	return system_answers(BACKEND_LINUX) && madvise(NULL, 0, 25) == 0; /* MADV_COLLAPSE */
}

static void
collapse_or_skip(struct vbuf *v, size_t offset, size_t size)
{
	int err = vbuf_collapse(v, offset, size);

	if (err == VBUF_ECOMMIT || err == VBUF_EBUSY) /* no huge page is free just now */
		skip();
	if (err == VBUF_ENOTSUP && !can_collapse())
		skip();
	assert_ok(err);
}

static void
collapse_makes_a_huge_page_of_each_slot_with_a_page_and_passes_by_the_empty(void **state)
{
	struct vbuf v;

	(void)state;
	size_t huge = reserve_huge(&v, VBUF_HUGE_DEFAULT);
	/* one byte in the second slot, and one in the third, which the range does not hold */
	v.base[huge + 5] = 7;
	v.base[2 * huge + 5] = 8;
	if (whole(&v, "").huge != 0)
		skip(); /* the kernel makes huge pages for everybody */
	collapse_or_skip(&v, 0, 3 * huge - PAGE);
	assert_int_equal(whole(&v, "").huge, huge);
	assert_int_equal(resident_in(&v, 0, huge), 0);
	assert_int_equal(resident_in(&v, huge, huge), huge);
	assert_int_equal(v.base[huge + 5], 7);
	assert_int_equal(v.base[2 * huge + 5], 8);
	collapse_or_skip(&v, PAGE, v.size - PAGE);
	assert_int_equal(whole(&v, "").huge, 2 * huge);
	assert_ok(vbuf_unreserve(&v));
}

static void
collapse_is_refused_where_huge_pages_are_forbidden(void **state)
{
	struct vbuf v;

	(void)state;
	size_t huge = reserve_huge(&v, VBUF_HUGE_NEVER);
	v.base[huge] = 7;
	if (!can_collapse())
		skip();
	assert_result(vbuf_collapse(&v, 0, v.size), VBUF_EPERM);
	assert_int_equal(vbuf_sys_error(), EINVAL);
	assert_int_equal(whole(&v, "").huge, 0);
	assert_int_equal(v.base[huge], 7);
	assert_ok(vbuf_unreserve(&v));
}

/* The policy that the kernel has for a page: 0 default, 2 bind, 3 interleave. */
static int
policy_of(const void *p)
{
	int mode = -1;

	if (syscall(SYS_get_mempolicy, &mode, NULL, 0, p, 2 /* MPOL_F_ADDR */) != 0)
		skip();
	return mode;
}

static void
a_numa_policy_covers_the_reservation_and_survives_decommit(void **state)
{
	const struct vbuf_options o = guarded();
	struct vbuf v;

	(void)state;
	assert_ok(vbuf_reserve(&v, 16 * MIB, &o));
	assert_int_equal(policy_of(v.base), 0);
	if (vbuf_numa(&v, VBUF_NUMA_BIND, 1) == VBUF_ENOTSUP)
		skip();
	for (int mode = 2; mode <= 3; mode++) {
		assert_ok(vbuf_numa(&v, mode == 2 ? VBUF_NUMA_BIND : VBUF_NUMA_INTERLEAVE, 1));
		assert_ok(vbuf_commit(&v, MIB, 8 * MIB));
		assert_int_equal(policy_of(v.base), mode);
		assert_int_equal(policy_of(v.base + MIB), mode);
		assert_int_equal(policy_of(v.base + v.size - 1), mode);
		assert_ok(vbuf_decommit(&v, 2 * MIB, 4 * MIB));
		assert_int_equal(policy_of(v.base + 2 * MIB), mode);
		assert_int_equal(policy_of(v.base + 6 * MIB - 1), mode);
	}
	assert_ok(vbuf_numa(&v, VBUF_NUMA_DEFAULT, 0));
	assert_int_equal(policy_of(v.base + 2 * MIB), 0);
	assert_ok(vbuf_decommit(&v, 0, v.size));
	assert_int_equal(policy_of(v.base + 2 * MIB), 0);
	assert_ok(vbuf_unreserve(&v));
}

static void
advice_for_a_range_ends_with_its_decommit(void **state)
{
	const struct vbuf_options o = guarded();
	struct vbuf v;

	(void)state;
	assert_ok(vbuf_reserve(&v, 16 * MIB, &o));
	assert_ok(vbuf_commit(&v, 0, 8 * MIB));
	if (vbuf_advise_huge(&v, 0, 4 * MIB, VBUF_HUGE_NEVER) != VBUF_OK)
		skip();
	assert_int_equal(whole(&v, "nh").flagged, 4 * MIB);
	assert_ok(vbuf_decommit(&v, 0, 2 * MIB));
	assert_int_equal(whole(&v, "nh").flagged, 2 * MIB);
	assert_ok(vbuf_decommit(&v, 0, v.size));
	assert_int_equal(whole(&v, "nh").flagged, 0);
	assert_int_equal(whole(&v, "").mappings, 1);
	assert_ok(vbuf_unreserve(&v));
}

static void
without_charge_more_than_there_is_can_be_committed(void **state)
{
	struct vbuf_options o = guarded();
	size_t size = (size_t)(4 * TIB);
	struct vbuf v;

	(void)state;
	if (TEST_RESERVE_LIMIT < 4 * TIB)
		skip();
	o.charge = VBUF_CHARGE_NONE;
	assert_ok(vbuf_reserve(&v, size, &o));
	if (v.unmet & VBUF_UNMET_CHARGE)
		skip();
	for (int i = 0; i < 2; i++) { /* fresh, and after a decommit */
		assert_int_equal(whole(&v, "nr").flagged, v.map_size_);
		assert_ok(vbuf_commit(&v, 0, size));
		v.base[0] = v.base[size / 2] = v.base[size - 1] = 1;
		assert_int_equal(whole(&v, "nr").flagged, v.map_size_);
		assert_int_equal(charged(&v), 0);
		assert_ok(vbuf_decommit(&v, 0, size));
	}
	assert_ok(vbuf_unreserve(&v));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decommit_gives_back_memory_charge_and_mappings),
		cmocka_unit_test(purge_gives_back_memory_and_keeps_the_charge),
		cmocka_unit_test(discard_leaves_the_memory_for_the_kernel_to_take),
		cmocka_unit_test(prefault_leaves_every_page_resident),
		cmocka_unit_test(the_machines_commit_charge_rises_by_commit_and_falls_by_decommit),
		cmocka_unit_test(ten_thousand_sparse_cycles_leave_no_extra_mappings),
		cmocka_unit_test(the_mappings_of_a_thousand_islands_return),
		cmocka_unit_test(unreserve_leaves_nothing),
		cmocka_unit_test(the_slack_of_an_alignment_is_given_back),
		cmocka_unit_test(huge_page_advice_covers_the_reservation_and_survives_decommit),
		cmocka_unit_test(
			collapse_makes_a_huge_page_of_each_slot_with_a_page_and_passes_by_the_empty),
		cmocka_unit_test(collapse_is_refused_where_huge_pages_are_forbidden),
		cmocka_unit_test(a_numa_policy_covers_the_reservation_and_survives_decommit),
		cmocka_unit_test(advice_for_a_range_ends_with_its_decommit),
		cmocka_unit_test(without_charge_more_than_there_is_can_be_committed),
	};

	return run_group("honest", tests);
}
