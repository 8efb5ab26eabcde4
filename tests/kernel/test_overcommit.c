/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A kernel that promises no more than it has (vm.overcommit_memory 2), one that promises
 * anything (1), and the charge that it keeps count of. */
#include <vbuf/cvec.h>
#include <vbuf/slotmap.h>
#include <vbuf/vec.h>

#include "smaps.h"
#include "test.h"
#include "throwaway.h"

VBUF_VEC(longs, long);
VBUF_CVEC(shared_longs, long);
VBUF_SLOTMAP(long_map, long);

#define STEP (8 * MIB)
#define SLACK (4 * MIB) /* that the kernel, and what else runs, may take meanwhile */

static int
strict(void **state)
{
	(void)state;
	write_to("/proc/sys/vm/overcommit_ratio", "40");
	write_to("/proc/sys/vm/overcommit_memory", "2");
	return 0;
}

static int
lenient(void **state)
{
	(void)state;
	write_to("/proc/sys/vm/overcommit_memory", "0");
	return 0;
}

static uint64_t
charged(void)
{
	return meminfo_bytes("Committed_AS:");
}

static uint64_t
room(void)
{
	return meminfo_bytes("CommitLimit:") - charged();
}

static struct vbuf_limits
limits(void)
{
	struct vbuf_limits l;

	assert_ok(vbuf_get_limits(&l, sizeof l));
	return l;
}

/* Differ by less than the slack? */
static void
assert_near(uint64_t a, uint64_t b)
{
	if ((a > b ? a - b : b - a) >= SLACK)
		fail_msg("%llu KiB and %llu KiB", (unsigned long long)a >> 10,
		         (unsigned long long)b >> 10);
}

/* Commit until the kernel refuses; the bytes that it did not refuse. */
static size_t
commit_all(struct vbuf *v)
{
	size_t size = 0;
	int err;

	while ((err = vbuf_commit(v, size, STEP)) == VBUF_OK) {
		v->base[size] = 7;
		size += STEP;
		assert_true(size + STEP <= v->size);
	}
	assert_result(err, VBUF_ECOMMIT);
	assert_int_equal(vbuf_sys_error(), 12); /* ENOMEM */
	return size;
}

static void
a_reservation_is_not_charged(void **state)
{
	struct vbuf v;
	uint64_t before = charged();

	(void)state;
	assert_ok(vbuf_reserve(&v, TEST_RESERVE_LIMIT, NULL));
	assert_near(charged(), before);
	assert_ok(vbuf_unreserve(&v));
}

static void
a_commit_is_charged_and_a_decommit_returns_the_charge(void **state)
{
	struct vbuf v;

	(void)state;
	assert_ok(vbuf_reserve(&v, 256 * MIB, NULL));
	uint64_t before = charged();
	for (int i = 0; i < 3; i++) {
		assert_ok(vbuf_commit(&v, 0, 128 * MIB));
		assert_near(charged(), before + 128 * MIB); /* without a touch */
		memset(v.base, 1, 128 * MIB);
		assert_near(charged(), before + 128 * MIB);
		assert_ok(vbuf_purge(&v, 0, 128 * MIB));
		assert_near(charged(), before + 128 * MIB); /* which purge keeps */
		assert_ok(vbuf_decommit(&v, 0, 64 * MIB));
		assert_near(charged(), before + 64 * MIB);
		assert_ok(vbuf_decommit(&v, 64 * MIB, 64 * MIB));
		assert_near(charged(), before);
	}
	assert_ok(vbuf_commit(&v, 0, v.size));
	assert_ok(vbuf_unreserve(&v));
	assert_near(charged(), before);
}

static void
a_commit_beyond_the_limit_is_refused_and_the_buffer_works_on(void **state)
{
	struct vbuf v, other;

	(void)state;
	assert_ok(vbuf_reserve(&v, 4 * GIB, NULL));
	assert_ok(vbuf_reserve(&other, STEP, NULL));
	uint64_t had = room(), promised = limits().commit_headroom;
	size_t size = commit_all(&v);
	assert_true(size + STEP + SLACK >= promised && size <= had + SLACK);
	for (size_t at = 0; at < size; at += STEP)
		assert_int_equal(v.base[at], 7);
	assert_result(vbuf_commit(&other, 0, STEP), VBUF_ECOMMIT);
	/* All that was promised is there to be written; so for one half, the memory being no more.
	 */
	assert_ok(vbuf_prefault(&v, 0, size / 2 / STEP * STEP, NULL));

	/* What one gives back another gets. */
	assert_ok(vbuf_decommit(&v, size - 2 * STEP, 2 * STEP));
	assert_ok(vbuf_commit(&other, 0, STEP));
	memset(other.base, 3, STEP);
	assert_ok(vbuf_commit(&v, size - 2 * STEP, STEP));
	assert_int_equal(v.base[size - 2 * STEP], 0);
	assert_result(vbuf_commit(&v, 0, v.size), VBUF_ECOMMIT);
	assert_int_equal(v.base[0], 7);
	assert_ok(vbuf_unreserve(&v));
	assert_ok(vbuf_unreserve(&other));
	assert_near(room(), had);
}

static void
the_headroom_reported_is_what_can_be_committed(void **state)
{
	struct vbuf v;

	(void)state;
	uint64_t before = limits().commit_headroom;
	assert_ok(vbuf_reserve(&v, 4 * GIB, NULL));
	struct vbuf_limits l = limits();
	assert_int_equal(l.overcommit, 2);
	assert_true(l.commit_headroom < before && l.commit_headroom < room());
	assert_ok(vbuf_commit(&v, 0, vbuf_align_down((size_t)l.commit_headroom - SLACK, PAGE)));
	assert_true(limits().commit_headroom < 2 * SLACK);
	/* and little more: what only the privileged get, as we are */
	assert_result(vbuf_commit(&v, (size_t)(2 * GIB), 8 * SLACK), VBUF_ECOMMIT);
	assert_ok(vbuf_unreserve(&v));
}

static void
nothing_goes_uncharged_and_the_option_says_so(void **state)
{
	const struct vbuf_options o = { .size = sizeof o, .charge = VBUF_CHARGE_NONE };
	struct vbuf v;

	(void)state;
	assert_ok(vbuf_reserve(&v, 4 * GIB, &o));
	assert_int_equal(v.unmet, VBUF_UNMET_CHARGE);
	(void)commit_all(&v);
	assert_ok(vbuf_unreserve(&v));
}

/* Pages that become readable may be charged only when they become writable. */
static void
pages_protected_read_only_can_be_refused_later(void **state)
{
	struct vbuf v, wall;

	(void)state;
	assert_ok(vbuf_reserve(&v, 64 * MIB, NULL));
	assert_ok(vbuf_reserve(&wall, 4 * GIB, NULL));
	assert_ok(vbuf_protect(&v, 0, v.size, VBUF_PROT_RO));
	assert_int_equal(v.base[5], 0);
	(void)commit_all(&wall);
	assert_result(vbuf_commit(&v, 0, v.size), VBUF_ECOMMIT);
	assert_int_equal(v.base[5], 0);
	assert_ok(vbuf_unreserve(&wall));
	assert_ok(vbuf_commit(&v, 0, v.size));
	memset(v.base, 1, v.size);
	assert_ok(vbuf_unreserve(&v));
}

static void
a_vector_stops_at_the_limit_and_goes_on_when_there_is_room(void **state)
{
	struct vbuf wall;
	struct longs v = { 0 };
	int err = VBUF_OK;

	(void)state;
	assert_ok(vbuf_reserve(&wall, 4 * GIB, NULL));
	assert_ok(longs_push(&v, 0));
	size_t size = commit_all(&wall);
	assert_ok(vbuf_decommit(&wall, size - 4 * STEP, 4 * STEP));
	while (err == VBUF_OK)
		err = longs_push(&v, (long)v.len);
	assert_result(err, VBUF_ECOMMIT);
	assert_true(v.len * sizeof(long) > STEP);
	size_t len = v.len;
	assert_ok(vbuf_decommit(&wall, 0, 8 * STEP));
	for (size_t i = 0; i < STEP / sizeof(long); i++)
		assert_ok(longs_push(&v, (long)v.len));
	assert_true(v.len > len);
	for (size_t i = 0; i < v.len; i++)
		if (v.data[i] != (long)i)
			fail_msg("element %zu is %ld", i, v.data[i]);
	assert_ok(longs_fini(&v));
	assert_ok(vbuf_unreserve(&wall));
}

static void
so_does_a_concurrent_vector(void **state)
{
	const struct vbuf_cvec_options o = { .size = sizeof o, .max = 64 * MIB };
	struct vbuf wall;
	struct shared_longs v;
	long n = 0;
	int err = VBUF_OK;

	(void)state;
	assert_ok(vbuf_reserve(&wall, 4 * GIB, NULL));
	assert_ok(shared_longs_create(&v, &o));
	assert_ok(shared_longs_push(v, n++, NULL));
	size_t size = commit_all(&wall);
	assert_ok(vbuf_decommit(&wall, size - 4 * STEP, 4 * STEP));
	while ((err = shared_longs_push(v, n, NULL)) == VBUF_OK)
		n++;
	assert_result(err, VBUF_ECOMMIT);
	assert_ok(vbuf_decommit(&wall, 0, 8 * STEP));
	for (long more = n + (long)(STEP / sizeof(long)); n < more; n++)
		assert_ok(shared_longs_push(v, n, NULL));
	assert_int_equal(shared_longs_prefix(v), (size_t)n);
	for (long i = 0; i < n; i++)
		if (shared_longs_data(v)[i] != i)
			fail_msg("element %ld is %ld", i, shared_longs_data(v)[i]);
	assert_ok(shared_longs_destroy(&v));
	assert_ok(vbuf_unreserve(&wall));
}

static void
so_does_a_slotmap(void **state)
{
	const struct vbuf_slotmap_options o = { .size = sizeof o, .max = 16 * MIB };
	struct vbuf wall;
	struct long_map m;
	struct vbuf_record *r;
	struct long_map_handle h, first;
	long n = 0;
	int err = VBUF_OK;

	(void)state;
	assert_ok(vbuf_reserve(&wall, 4 * GIB, NULL));
	assert_ok(long_map_create(&m, &o));
	assert_ok(vbuf_domain_attach(long_map_domain(m), &r));
	assert_ok(long_map_insert(m, r, n++, &first));
	size_t size = commit_all(&wall);
	assert_ok(vbuf_decommit(&wall, size - 4 * STEP, 4 * STEP));
	while ((err = long_map_insert(m, r, n, &h)) == VBUF_OK)
		n++;
	assert_result(err, VBUF_ECOMMIT);
	assert_true(n > 1000);
	assert_true(long_map_contains(m, first));
	assert_ok(vbuf_decommit(&wall, 0, 8 * STEP));
	assert_ok(long_map_insert(m, r, n, &h));
	assert_true(long_map_contains(m, h));
	assert_true(long_map_contains(m, first));
	assert_ok(vbuf_domain_detach(&r));
	assert_ok(long_map_destroy(&m));
	assert_ok(vbuf_unreserve(&wall));
}

static void
a_kernel_that_promises_anything_commits_more_than_there_is(void **state)
{
	struct vbuf v;
	size_t size = (size_t)TEST_RESERVE_LIMIT / 2;

	(void)state;
	write_to("/proc/sys/vm/overcommit_memory", "1");
	struct vbuf_limits l = limits();
	assert_int_equal(l.overcommit, 1);
	assert_true(l.commit_headroom == VBUF_UNLIMITED);
	assert_ok(vbuf_reserve(&v, size, NULL));
	assert_ok(vbuf_commit(&v, 0, size));
	v.base[size - 1] = 1;
	assert_ok(vbuf_decommit(&v, 0, size));
	assert_ok(vbuf_unreserve(&v));
}

int
main(void)
{
#define STRICT(name) cmocka_unit_test_setup_teardown(name, strict, lenient)
	const struct CMUnitTest tests[] = {
		STRICT(a_reservation_is_not_charged),
		STRICT(a_commit_is_charged_and_a_decommit_returns_the_charge),
		STRICT(a_commit_beyond_the_limit_is_refused_and_the_buffer_works_on),
		STRICT(the_headroom_reported_is_what_can_be_committed),
		STRICT(nothing_goes_uncharged_and_the_option_says_so),
		STRICT(pages_protected_read_only_can_be_refused_later),
		STRICT(a_vector_stops_at_the_limit_and_goes_on_when_there_is_room),
		STRICT(so_does_a_concurrent_vector),
		STRICT(so_does_a_slotmap),
		cmocka_unit_test_teardown(
			a_kernel_that_promises_anything_commits_more_than_there_is, lenient),
	};

	return kernel_is_ours() ? run_group("overcommit", tests) : 77;
}
