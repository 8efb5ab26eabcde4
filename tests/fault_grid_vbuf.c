/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The grid of a buffer: whatever its options are and whatever fails, a call that fails does
 * to the buffer what its contract says and no more, has the result it would have had when it
 * is repeated, and the buffer works on and can be given back.
 */
#include "../src/os.h"
#include "fault_grid.h"
#include "system.h"

enum {
	PLACE,
	HUGE_PAGES,
	FORK,
	CHARGE,
	DUMP,
	EXEC,
	GUARDS,
	ALIGN,
	NAME,
	LEAST,
	NUMA,
	LOST,
	FACTORS
};

_Static_assert((int)FACTORS <= (int)GRID_FACTORS, "the array has so many columns");

/* Half of the pages are committed and hold ones; operations change the first quarter. */
enum { PAGES = 16, ONES = PAGES / 2, CHANGED = PAGES / 4 };

static struct vbuf v, other;

/* Addresses that are free, or were a moment ago: in the middle of some. */
static void *
free_address(void)
{
	const struct vbuf_options o = { .size = sizeof o, .align = MIB };
	struct vbuf probe;

	assert_ok(vbuf_reserve(&probe, 4 * MIB, &o));
	unsigned char *p = probe.base + 2 * MIB;
	assert_ok(vbuf_unreserve(&probe));
	return p;
}

static struct vbuf_options
options_of(unsigned row)
{
	unsigned guards = grid_level(row, GUARDS, 3);
	enum vbuf_place place = (enum vbuf_place)grid_level(row, PLACE, 4);

	return (struct vbuf_options){
		.size = sizeof(struct vbuf_options),
		.min_size = grid_level(row, LEAST, 2) ? ONES * PAGE : 0,
		.align = (size_t[]){ 0, 65536, MIB }[grid_level(row, ALIGN, 3)],
		.guard_before = guards == 2 ? 65536 : 0,
		.guard_after = guards >= 1 ? 65536 : 0,
		.addr = place == VBUF_PLACE_ANY ? NULL : free_address(),
		.name = grid_level(row, NAME, 2) ? "grid" : NULL,
		.place = place,
		.huge = (enum vbuf_huge)grid_level(row, HUGE_PAGES, 3),
		.fork = fork_if_known((enum vbuf_fork)grid_level(row, FORK, 3)),
		.charge = (enum vbuf_charge)grid_level(row, CHARGE, 2),
		.no_dump = grid_level(row, DUMP, 2),
		.exec = grid_level(row, EXEC, 2),
	};
}

static struct vbuf_options options;

static void
begin(void)
{
	assert_int_equal(fault_reservations, 0);
	options = options_of(grid_now.row);
	assert_ok(vbuf_reserve(&v, PAGES * PAGE, &options));
	other = (struct vbuf){ 0 };
	if (grid_level(grid_now.row, NUMA, 2)) {
		int err = vbuf_numa(&v, VBUF_NUMA_INTERLEAVE, 1);
		assert_true(err == VBUF_OK || err == VBUF_ENOTSUP || err == VBUF_EPERM);
	}
	assert_ok(vbuf_commit(&v, 0, ONES * PAGE));
	memset(v.base, 1, ONES * PAGE);
	if (grid_level(grid_now.row, LOST, 2)) { /* promises that the next commit is to mend */
		fault_always(FAULT_OS, "advise", VBUF_EMAPS);
		(void)vbuf_decommit(&v, (PAGES - 1) * PAGE, PAGE);
		(void)fault_disarm();
	}
}

/* All pages can be had, written, given back, and had anew. */
static void
end(void)
{
	if (v.size && !(v.attrs_ & VBUF_OS_FROZEN)) {
		(void)vbuf_unlock(&v, 0, v.size);
		assert_ok(vbuf_commit(&v, 0, v.size));
		memset(v.base, 2, v.size);
		assert_ok(vbuf_decommit(&v, 0, v.size));
		assert_ok(vbuf_commit(&v, 0, v.size));
		assert_all(v.base, v.size, 0);
	}
	assert_ok(vbuf_unreserve(&v));
	assert_ok(vbuf_unreserve(&other));
	assert_int_equal(fault_reservations, 0);
}

/* --- the operations --- */

static int
run_reserve(void)
{
	struct vbuf_options o = options;

	if (o.place != VBUF_PLACE_ANY)
		o.addr = (unsigned char *)o.addr + 64 * MIB; /* where there may be something */
	memset(&other, 0x55, sizeof other);
	int err = vbuf_reserve(&other, PAGES * PAGE, &o);
	if (err != VBUF_OK)
		assert_all((const unsigned char *)&other, sizeof other, 0);
	else
		assert_true(other.size == PAGES * PAGE || (o.min_size && other.size >= o.min_size));
	return err;
}

static int
run_unreserve(void)
{
	return vbuf_unreserve(&v);
}

static int
run_commit(void)
{
	return vbuf_commit(&v, 0, v.size);
}

static int
run_decommit(void)
{
	return vbuf_decommit(&v, 0, CHANGED * PAGE);
}

static int
run_prefault(void)
{
	size_t done = 5;
	int err = vbuf_prefault(&v, 0, ONES * PAGE, &done);

	assert_true(err == VBUF_OK ? done == ONES * PAGE : done % PAGE == 0);
	return err;
}

static int
run_protect_none(void)
{
	return vbuf_protect(&v, 0, CHANGED * PAGE, VBUF_PROT_NONE);
}

static int
run_protect_ro(void)
{
	return vbuf_protect(&v, 0, CHANGED * PAGE, VBUF_PROT_RO);
}

static int
run_protect_rw(void)
{
	return vbuf_protect(&v, 0, v.size, VBUF_PROT_RW);
}

static int
run_protect_rx(void)
{
	return vbuf_protect(&v, 0, CHANGED * PAGE, VBUF_PROT_RX);
}

static int
run_freeze(void)
{
	return vbuf_freeze(&v, 0, CHANGED * PAGE);
}

static int
run_purge(void)
{
	int err = vbuf_purge(&v, 0, CHANGED * PAGE);

	if (err == VBUF_OK)
		assert_all(v.base, CHANGED * PAGE, 0);
	return err;
}

static int
run_discard(void)
{
	return vbuf_discard(&v, 0, CHANGED * PAGE);
}

static int
run_query(void)
{
	struct vbuf_run run = { 5, VBUF_STATE_RX };
	int err = vbuf_query(&v, 0, &run);

	assert_true(err == VBUF_OK ? run.size > 0 && run.state == VBUF_STATE_RW
	                           : run.size == 0 && run.state == VBUF_STATE_RESERVED);
	return err;
}

static int
run_resident(void)
{
	size_t bytes = 5;
	int err = vbuf_resident(&v, 0, v.size, &bytes);

	assert_true(err == VBUF_OK ? bytes <= v.size : bytes == 0);
	return err;
}

static int
run_advise_huge(void)
{
	return vbuf_advise_huge(&v, 0, v.size, VBUF_HUGE_PREFER);
}

static int
run_advise_never(void)
{
	return vbuf_advise_huge(&v, 0, v.size, VBUF_HUGE_NEVER);
}

static int
run_advise_default(void)
{
	return vbuf_advise_huge(&v, 0, v.size, VBUF_HUGE_DEFAULT);
}

/* Of a buffer of its own, as it takes a whole huge page. */
static int
run_collapse(void)
{
	size_t huge = vbuf_huge_page_size();

	if (huge == 0 || huge > 4 * MIB)
		return VBUF_ENOTSUP;
	if (!other.base) {
		assert_ok(vbuf_reserve(&other, 2 * huge, NULL));
		assert_ok(vbuf_commit(&other, 0, other.size));
	}
	return vbuf_collapse(&other, 0, other.size);
}

static int
run_lock(void)
{
	return vbuf_lock(&v, 0, CHANGED * PAGE);
}

static int
run_unlock(void)
{
	return vbuf_unlock(&v, 0, CHANGED * PAGE);
}

static int
run_numa(void)
{
	return vbuf_numa(&v, VBUF_NUMA_BIND, 1);
}

/* What of a failed call may have been done. */
enum { CHANGES_BYTES = 1, CHANGES_BUFFER = 2, MAKES_OTHER = 4, CHANGES_ACCESS = 8 };

static const struct operation {
	const char *function;
	int (*run)(void);
	int may;
} operations[] = {
	DRIVES(vbuf_reserve, run_reserve, 0),
	DRIVES(vbuf_unreserve, run_unreserve, 0),
	DRIVES(vbuf_commit, run_commit, CHANGES_BUFFER), /* what it mended before */
	DRIVES(vbuf_decommit, run_decommit, CHANGES_BYTES | CHANGES_BUFFER),
	DRIVES(vbuf_prefault, run_prefault, 0),
	DRIVES(vbuf_protect, run_protect_none, CHANGES_BUFFER | CHANGES_ACCESS),
	DRIVES(vbuf_protect, run_protect_ro, CHANGES_BUFFER | CHANGES_ACCESS),
	DRIVES(vbuf_protect, run_protect_rw, CHANGES_BUFFER | CHANGES_ACCESS),
	DRIVES(vbuf_protect, run_protect_rx, CHANGES_BUFFER | CHANGES_ACCESS),
	DRIVES(vbuf_freeze, run_freeze, CHANGES_BUFFER),
	DRIVES(vbuf_purge, run_purge, CHANGES_BYTES | CHANGES_BUFFER),
	DRIVES(vbuf_discard, run_discard, CHANGES_BYTES),
	DRIVES(vbuf_query, run_query, 0),
	DRIVES(vbuf_resident, run_resident, 0),
	DRIVES(vbuf_advise_huge, run_advise_huge, 0),
	DRIVES(vbuf_advise_huge, run_advise_never, 0),
	DRIVES(vbuf_advise_huge, run_advise_default, 0),
	DRIVES(vbuf_collapse, run_collapse, MAKES_OTHER),
	DRIVES(vbuf_lock, run_lock, 0),
	DRIVES(vbuf_unlock, run_unlock, 0),
	DRIVES(vbuf_numa, run_numa, 0),
};

/* What the operation says where nothing fails: not all systems can all of it. */
static int expected;

static void
assert_did_no_more_than_it_may(const struct operation *o, const struct vbuf *before)
{
	if (!(o->may & CHANGES_BUFFER))
		assert_memory_equal(&v, before, sizeof v);
	assert_false(v.attrs_ & VBUF_OS_FROZEN);
	if (o->may & CHANGES_ACCESS)
		assert_ok(vbuf_commit(&v, 0, ONES * PAGE));
	assert_all(v.base + CHANGED * PAGE, (ONES - CHANGED) * PAGE, 1);
	if (!(o->may & CHANGES_BYTES))
		assert_all(v.base, CHANGED * PAGE, 1);
	if (!(o->may & MAKES_OTHER))
		assert_int_equal(other.size, 0);
}

static void
begin_for(const struct operation *o)
{
	begin();
	if (o->run == run_collapse)
		(void)run_collapse();
	if (o->run == run_unlock)
		(void)run_lock();
}

static bool
one(void)
{
	const struct operation *o = &operations[grid_now.operation];

	begin_for(o);
	struct vbuf before = v;
	grid_arm();
	int err = o->run();
	bool hit = fault_disarm();
	if (err != VBUF_OK && hit) {
		grid_check_error(err);
		assert_did_no_more_than_it_may(o, &before);
		if (o->run == run_decommit || o->run == run_purge) /* part may be gone */
			assert_ok(vbuf_commit(&v, 0, CHANGED * PAGE));
		err = o->run();
	}
	if (!hit || expected == VBUF_OK)
		assert_result(err, expected);
	if (v.size && o->run != run_protect_none && o->run != run_decommit)
		assert_all(v.base + CHANGED * PAGE, (ONES - CHANGED) * PAGE, 1);
	end();
	return hit;
}

/* Emulators of programs forget to empty pages, know nothing of what is resident, and where
 * addresses are short they tell the state of their own pages. */
static bool
can_be_told(int (*run)(void))
{
	return (run != run_purge || system_answers(SYSTEM_ADVICE)) &&
	       (run != run_resident || system_answers(SYSTEM_RESIDENCY)) &&
	       (run != run_query || system_answers(SYSTEM_STATES));
}

static void
whatever_fails_a_buffer_of_any_options_is_whole(void **state)
{
	(void)state;
	for (size_t o = 0; o < COUNT(operations); o++) {
		unsigned failures = 0, possible = 0;
		if (!can_be_told(operations[o].run))
			continue;
		for (unsigned row = 0; row < GRID_ROWS; row += TEST_GRID_STEP) {
			grid_now = (struct grid_case){ .function = operations[o].function,
				                       .operation = o,
				                       .row = row };
			begin_for(&operations[o]);
			expected = operations[o].run();
			end();
			possible += expected == VBUF_OK;
			failures += grid_cases(operations[o].function, o, row, one);
		}
		fprintf(stderr, "%s: %u failures\n", operations[o].function, failures);
		if (failures < possible)
			fail_msg("too few to be true");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(whatever_fails_a_buffer_of_any_options_is_whole,
		                          grid_teardown),
	};

	return run_group("fault_grid_vbuf", tests);
}
