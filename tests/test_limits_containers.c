/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The containers at the limits of the process and in sandboxes: what fails says so and
 * leaves all elements, the rest works. Each test takes something away from a child. */
#include <errno.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <vbuf/vec.h>

#include "child.h"
#include "kinds.h"
#include "sandbox.h"
#include "smaps.h"
#include "test.h"

enum { SOME = 20000, NO_LIMIT = 100000000 };

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

static void
skip_if_sanitized(void)
{
#if defined(TEST_NO_LOCKS) /* what it takes for itself would meet the limit first */
	skip_here();
#endif
}

/* Each kind in a child of its own. */
static void
each_kind(void (*body)(void *kind))
{
	for (int i = 0; i < KINDS; i++) {
		fprintf(stderr, "# %s\n", kinds[i].name);
		in_child(body, (void *)&kinds[i]);
	}
}

/* System calls that a sandbox refuses, from before the container is there or from when it
 * has elements. */

enum { BEGINNING = 1, GROWTH = 2, END = 4 };

struct refused {
	const struct kind *kind;
	long number;
	int code;
	unsigned needed_by;
};

static int
error_of(int code)
{
	return code == ENOSYS ? VBUF_ENOTSUP : VBUF_EPERM;
}

/* What a container that begins is told: by a C library that takes EPERM from mmap for a
 * kernel's mistake, as musl does, that there is no room. */
static int
error_at_the_beginning(int code)
{
	void *p = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p != MAP_FAILED)
		munmap(p, PAGE);
	return p == MAP_FAILED && errno == ENOMEM ? VBUF_ENOADDR : error_of(code);
}

static void
live_without_a_call(void *arg)
{
	const struct refused *r = arg;
	const struct kind *k = r->kind;

	assert_ok(vbuf_vec_cache_limit(0));
	size_t before = count_mappings();
	if (!refuse_system_call(r->number, r->code))
		skip_here();
	if (r->needed_by & BEGINNING) {
		int err = error_at_the_beginning(r->code);
		for (int i = 0; i < 3; i++)
			assert_result(k->create(0, VBUF_HUGE_DEFAULT), err);
	} else if (!(r->needed_by & END)) {
		live(k);
	}
	assert_int_equal(count_mappings(), before);
}

static void
lose_a_call(void *arg)
{
	const struct refused *r = arg;
	const struct kind *k = r->kind;

	assert_ok(vbuf_vec_cache_limit(0));
	size_t before = count_mappings();
	assert_ok(k->create(0, VBUF_HUGE_DEFAULT));
	assert_ok(k->add(SOME));
	if (!refuse_system_call(r->number, r->code))
		skip_here();
	size_t grown = k->len();
	if (r->needed_by & GROWTH) {
		assert_result(k->add(NO_LIMIT), error_of(r->code));
		grown = k->len();
		assert_true(grown >= SOME && grown < 2 * SOME + (4 << 20) / 8);
		assert_result(k->add(1), error_of(r->code));
	} else {
		assert_ok(k->add(SOME));
		grown += SOME;
	}
	assert_int_equal(k->len(), grown);
	k->check();
	(void)k->resident();
	(void)k->empty();
	assert_int_equal(k->len(), 0);
	int err = k->add(100); /* for which the memory that was kept may do */
	assert_true(err == VBUF_OK || ((r->needed_by & GROWTH) && err == error_of(r->code)));
	k->check();
	if (r->needed_by & END) {
		assert_result(k->destroy(), error_of(r->code));
		return;
	}
	assert_ok(k->destroy());
	assert_int_equal(count_mappings(), before);
}

static void
refuse(long number, unsigned needed_by)
{
	static const int codes[] = { EPERM, ENOSYS };

	for (int i = 0; i < KINDS; i++) {
		for (int c = 0; c < 2; c++) {
			struct refused r = { &kinds[i], number, codes[c], needed_by };
			fprintf(stderr, "# %s, %d\n", kinds[i].name, codes[c]);
			in_child(live_without_a_call, &r);
			in_child(lose_a_call, &r);
		}
	}
}

static void
without_madvise_containers_live(void **state)
{
	(void)state;
	refuse(SYS_madvise, 0);
}

static void
without_membarrier_containers_live(void **state)
{
	(void)state;
	refuse(SYS_membarrier, 0);
}

static void
without_mremap_containers_live(void **state)
{
	(void)state;
	refuse(SYS_mremap, 0);
}

static void
without_mincore_containers_live(void **state)
{
	(void)state;
	refuse(SYS_mincore, 0);
}

static void
without_mprotect_containers_say_so_and_keep_what_they_have(void **state)
{
	(void)state;
	refuse(SYS_mprotect, BEGINNING | GROWTH);
}

#if defined(SYS_mmap2)
enum { MMAP = SYS_mmap2 };
#else
enum { MMAP = SYS_mmap };
#endif

static void
without_mmap_no_container_begins_and_those_there_are_live(void **state)
{
	(void)state;
	refuse(MMAP, BEGINNING);
}

static void
without_munmap_an_end_says_so(void **state)
{
	(void)state;
	refuse(SYS_munmap, END);
}

/* /proc */

static void
live_without_proc(void *kind)
{
	if (!hide_folder("/proc") || access("/proc/self/maps", F_OK) == 0)
		skip_here();
	live(kind);
}

static void
without_proc_containers_live(void **state)
{
	(void)state;
	each_kind(live_without_proc);
}

static void
fail_without_proc(void *kind)
{
	const struct kind *k = kind;
	uint64_t data = status_bytes("VmData:");

	skip_if_sanitized();
	assert_ok(k->create(6 * MIB, VBUF_HUGE_DEFAULT));
	assert_ok(k->add(SOME));
	if (!hide_folder("/proc") || access("/proc/self/maps", F_OK) == 0)
		skip_here();
	set_limit(RLIMIT_DATA, data + 32 * MIB);
	int err = k->add(NO_LIMIT); /* why is harder to find out */
	assert_true(err == VBUF_ERLIMIT || err == VBUF_ECOMMIT);
	assert_true(k->len() > SOME);
	k->check();
	assert_ok(k->destroy());
}

static void
without_proc_a_failure_is_one_still(void **state)
{
	(void)state;
	each_kind(fail_without_proc);
}

/* Huge pages */

static void
live_without_huge_pages(void *kind)
{
	const struct kind *k = kind;

	if (prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0) != 0)
		skip_here();
	for (enum vbuf_huge huge = VBUF_HUGE_DEFAULT; huge <= VBUF_HUGE_NEVER; huge++) {
		assert_ok(k->create(0, huge));
		assert_ok(k->add(10 * SOME));
		assert_ok(k->prefault(10 * SOME));
		k->check();
		assert_true(k->resident() >= 10 * SOME * 8);
		assert_ok(k->empty());
		assert_ok(k->add(SOME));
		k->check();
		assert_ok(k->destroy());
	}
}

static void
where_there_are_no_huge_pages_containers_live(void **state)
{
	(void)state;
	each_kind(live_without_huge_pages);
}

/* The kernel's pool is for programs that ask for its pages. We do not, so that an empty one
 * ends nobody at the first touch, and a full one stays full. */
static void
leave_the_pool_alone(void *kind)
{
	static const char reserved[] = "/sys/kernel/mm/hugepages/hugepages-2048kB/resv_hugepages";
	static const char left[] = "/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages";
	const struct kind *k = kind;

	if (access(reserved, R_OK) != 0)
		skip_here();
	uint64_t promised = number_in(reserved), pages = number_in(left);
	assert_ok(k->create(0, VBUF_HUGE_PREFER));
	assert_ok(k->add(10 * SOME));
	assert_ok(k->prefault(10 * SOME));
	assert_int_equal(number_in(reserved), promised);
	assert_int_equal(number_in(left), pages);
	k->check();
	assert_ok(k->destroy());
}

static void
the_pool_of_huge_pages_is_left_alone_full_or_empty(void **state)
{
	(void)state;
	each_kind(leave_the_pool_alone);
}

/* RLIMIT_AS */

static void
live_in_little_room(void *kind)
{
	const struct kind *k = kind;

	skip_if_sanitized();
	assert_ok(vbuf_vec_cache_limit(0));
	size_t before = count_mappings();
	set_limit(RLIMIT_AS, status_bytes("VmSize:") + 128 * MIB);
	for (int i = 0; i < 3; i++)
		assert_result(k->create(40 * MIB, VBUF_HUGE_DEFAULT), VBUF_ERLIMIT);
	assert_int_equal(count_mappings(), before);
	live(k); /* of a million elements; vec: of what there is */
	assert_ok(k->create(SOME, VBUF_HUGE_DEFAULT));
	assert_ok(k->add(SOME));
	k->check();
	assert_ok(k->destroy());
	assert_int_equal(count_mappings(), before);
}

static void
at_the_limit_of_addresses_containers_say_so_and_small_ones_live(void **state)
{
	(void)state;
	each_kind(live_in_little_room);
}

/* RLIMIT_DATA */

static void
fill_what_may_be_had(void *kind)
{
	const struct kind *k = kind;
	size_t len[2];

	skip_if_sanitized();
	assert_ok(k->create(6 * MIB, VBUF_HUGE_DEFAULT));
	set_limit(RLIMIT_DATA, status_bytes("VmData:") + 16 * MIB);
	for (int i = 0; i < 2; i++) {
		int err = k->add(8 * MIB);
		if (err == VBUF_OK)
			skip_here(); /* Linux before 4.7, or told to ignore the limit */
		assert_result(err, VBUF_ERLIMIT);
		len[i] = k->len();
		/* not much of the limit is left: 24.13 bytes each are the most */
		assert_true(len[i] > 10 * MIB / 25 && len[i] <= 2 * MIB + MIB / 8);
		for (int again = 0; again < 3; again++)
			assert_result(k->add(1), VBUF_ERLIMIT);
		assert_int_equal(k->len(), len[i]);
		k->check();
		assert_ok(k->empty());
	}
	assert_true(len[1] >= len[0] - len[0] / 8); /* the limit leaks nothing */
	set_limit(RLIMIT_DATA, status_bytes("VmData:") + 64 * MIB);
	assert_ok(k->add(MIB));
	k->check();
	assert_ok(k->destroy());
}

static void
at_the_limit_of_data_nothing_is_lost_and_what_is_emptied_can_be_filled(void **state)
{
	(void)state;
	each_kind(fill_what_may_be_had);
}

/* vm.max_map_count: with no mapping left, and one, and two, ... */

static struct vbuf islands;
static size_t taken;

static void
take_all_mappings(void)
{
	uint64_t most = number_in("/proc/sys/vm/max_map_count");

	if (most > 1 << 18)
		skip_here(); /* it would take seconds, and gigabytes of charge */
	assert_ok(vbuf_reserve(&islands, (1 + 2 * (size_t)most) * PAGE, NULL));
	for (taken = 0; taken < most; taken++) {
		int err = vbuf_commit(&islands, (1 + 2 * taken) * PAGE, PAGE);
		if (err == VBUF_OK)
			continue;
		assert_result(err, VBUF_EMAPS);
		return;
	}
	fail_msg("%zu mappings and more to be had", taken);
}

/* Two at a time: the island and the sea behind it. */
static void
give_back_mappings(void)
{
	assert_true(taken > 0);
	taken--;
	assert_ok(vbuf_decommit(&islands, (1 + 2 * taken) * PAGE, PAGE));
}

enum { STEPS = 24 };

static void
create_at_the_edge(void *kind)
{
	const struct kind *k = kind;
	int created = 0;

	assert_ok(vbuf_vec_cache_limit(0));
	take_all_mappings();
	for (int step = 0; step < STEPS; step++) {
		size_t before = taken;
		int err = k->create(0, VBUF_HUGE_DEFAULT);
		if (err == VBUF_OK) {
			created++;
			err = k->add(SOME);
			assert_true(err == VBUF_OK || err == VBUF_EMAPS);
			k->check();
			if (err == VBUF_OK)
				assert_int_equal(k->len(), SOME);
			assert_ok(k->destroy());
		} else {
			assert_result(err, VBUF_EMAPS);
			assert_int_equal(created, 0); /* with more to be had it would not fail */
		}
		/* What it had is there again: an island may come back, no more than that. */
		give_back_mappings();
		assert_ok(vbuf_commit(&islands, (1 + 2 * taken) * PAGE, PAGE));
		assert_ok(vbuf_decommit(&islands, (1 + 2 * taken) * PAGE, PAGE));
		assert_int_equal(taken, before - 1);
	}
	assert_true(created > 0);
	assert_ok(vbuf_unreserve(&islands));
}

static void
with_any_number_of_mappings_left_a_container_begins_or_leaves_nothing(void **state)
{
	(void)state;
	each_kind(create_at_the_edge);
}

static void
grow_at_the_edge(void *kind)
{
	const struct kind *k = kind;
	int err = VBUF_EMAPS;

	assert_ok(k->create(0, VBUF_HUGE_DEFAULT));
	assert_ok(k->add(10));
	take_all_mappings();
	for (int step = 0; step < STEPS; step++) {
		err = k->add(SOME);
		assert_true(err == VBUF_OK || err == VBUF_EMAPS);
		k->check();
		if (step % 4 == 3) {
			int back = k->empty();
			assert_true(back == VBUF_OK || back == VBUF_EMAPS);
			assert_int_equal(k->len(), 0);
		}
		give_back_mappings();
	}
	assert_ok(err); /* in the end there is room */
	assert_ok(vbuf_unreserve(&islands));
	assert_ok(k->add(SOME));
	k->check();
	assert_ok(k->destroy());
}

static void
with_any_number_of_mappings_left_a_container_grows_or_keeps_what_it_has(void **state)
{
	(void)state;
	each_kind(grow_at_the_edge);
}

/* The end of all addresses */

static void
take_all_addresses(void *kind)
{
	const struct kind *k = kind;
	struct vbuf v[256];
	size_t n = 0;

	if (TEST_RESERVE_LIMIT < 64 * TIB)
		skip_here();
	assert_ok(vbuf_vec_cache_limit(0));
	assert_ok(k->create(0, VBUF_HUGE_DEFAULT));
	for (size_t size = (size_t)(16 * TIB); size >= MIB; size /= 2)
		while (n < 256 && vbuf_reserve(&v[n], size, NULL) == VBUF_OK)
			n++;
	assert_true(n < 256);
	assert_ok(k->add(SOME)); /* what has its addresses needs no more */
	k->check();
	assert_ok(k->destroy());
	for (size_t size = (size_t)(16 * TIB); size >= 64 * KIB; size /= 2)
		while (n < 256 && vbuf_reserve(&v[n], size, NULL) == VBUF_OK)
			n++;
	assert_result(k->create(MIB, VBUF_HUGE_DEFAULT), VBUF_ENOADDR);
	while (n > 0)
		assert_ok(vbuf_unreserve(&v[--n]));
	live(k);
}

static void
where_addresses_are_exhausted_containers_say_so_and_grow_in_place(void **state)
{
	(void)state;
	each_kind(take_all_addresses);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_madvise_containers_live),
		cmocka_unit_test(without_membarrier_containers_live),
		cmocka_unit_test(without_mremap_containers_live),
		cmocka_unit_test(without_mincore_containers_live),
		cmocka_unit_test(without_mprotect_containers_say_so_and_keep_what_they_have),
		cmocka_unit_test(without_mmap_no_container_begins_and_those_there_are_live),
		cmocka_unit_test(without_munmap_an_end_says_so),
		cmocka_unit_test(without_proc_containers_live),
		cmocka_unit_test(without_proc_a_failure_is_one_still),
		cmocka_unit_test(where_there_are_no_huge_pages_containers_live),
		cmocka_unit_test(the_pool_of_huge_pages_is_left_alone_full_or_empty),
		cmocka_unit_test(at_the_limit_of_addresses_containers_say_so_and_small_ones_live),
		cmocka_unit_test(
			at_the_limit_of_data_nothing_is_lost_and_what_is_emptied_can_be_filled),
		cmocka_unit_test(
			with_any_number_of_mappings_left_a_container_begins_or_leaves_nothing),
		cmocka_unit_test(
			with_any_number_of_mappings_left_a_container_grows_or_keeps_what_it_has),
		cmocka_unit_test(where_addresses_are_exhausted_containers_say_so_and_grow_in_place),
	};

	return run_group("limits of containers", tests);
}
