/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * What the library makes of the files by which the kernel tells its limits: they are
 * written here, as other machines have them. Each test has a process of its own, as
 * some answers are cached.
 */
#include <errno.h>
#include <ftw.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "child.h"
#include "fault_linux.h"
#include "test.h"

static char root[] = "/tmp/vbuf-files-XXXXXX";

/* Write a file below the root, its folders along with it. */
static void
put(const char *path, const char *text)
{
	char full[512];

	snprintf(full, sizeof full, "%s%s", root, path);
	for (char *slash = strchr(full + sizeof root, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		assert_true(mkdir(full, 0700) == 0 || errno == EEXIST);
		*slash = '/';
	}
	FILE *f = fopen(full, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static struct vbuf_limits
limits(void)
{
	struct vbuf_limits l;

	assert_ok(vbuf_get_limits(&l, sizeof l));
	return l;
}

/* Memory cgroups */

static void
without_files_every_limit_is_absent(void *arg)
{
	(void)arg;
	struct vbuf_limits l = limits();
	assert_true(l.memory_limit == VBUF_UNLIMITED);
	assert_true(l.commit_headroom == VBUF_UNLIMITED);
	assert_true(l.maps_limit == VBUF_UNLIMITED);
	assert_int_equal(l.maps, 0);
	assert_int_equal(l.overcommit, -1);
	assert_int_equal(l.huge_page_size, 0);
}

static void
the_limit_of_cgroup_2_is_the_least_up_to_the_root(void *arg)
{
	(void)arg;
	put("/proc/self/cgroup", "0::/a/b/c\n");
	put("/sys/fs/cgroup/a/b/c/memory.max", "max\n");
	assert_true(limits().memory_limit == VBUF_UNLIMITED);
	put("/sys/fs/cgroup/a/b/c/memory.max", "3000003\n");
	assert_int_equal(limits().memory_limit, 3000003);
	put("/sys/fs/cgroup/a/memory.max", "1000001\n");
	assert_int_equal(limits().memory_limit, 1000001);
	put("/sys/fs/cgroup/a/b/memory.max", "2000002\n");
	assert_int_equal(limits().memory_limit, 1000001);
	put("/sys/fs/cgroup/memory.max", "500000\n");
	assert_int_equal(limits().memory_limit, 500000);
}

static void
the_limit_of_cgroup_1_is_that_of_the_memory_controller(void *arg)
{
	(void)arg;
	put("/proc/self/cgroup", "12:pids:/x\n5:memory:/a/b\n1:cpu:/y\n0::/\n");
	put("/sys/fs/cgroup/memory/x/memory.limit_in_bytes", "1\n");
	put("/sys/fs/cgroup/memory/a/b/memory.limit_in_bytes", "9223372036854771712\n");
	assert_true(limits().memory_limit == VBUF_UNLIMITED);
	put("/sys/fs/cgroup/memory/a/b/memory.limit_in_bytes", "7000007\n");
	assert_int_equal(limits().memory_limit, 7000007);
	put("/sys/fs/cgroup/memory/memory.limit_in_bytes", "6000006\n");
	assert_int_equal(limits().memory_limit, 6000006);
	put("/sys/fs/cgroup/memory.max", "5000005\n"); /* both versions are there */
	assert_int_equal(limits().memory_limit, 5000005);
}

static void
a_container_that_sees_its_cgroup_as_the_root_has_that_limit(void *arg)
{
	(void)arg;
	put("/proc/self/cgroup", "0::/outside/name\n");
	put("/sys/fs/cgroup/memory.max", "4000004\n");
	assert_int_equal(limits().memory_limit, 4000004);
}

/* Commit charge */

static void
put_meminfo(const char *limit, const char *used)
{
	char text[256];

	snprintf(text, sizeof text,
	         "MemTotal:        8000000 kB\nCommitLimit:    %s kB\nCommitted_AS:   %s kB\n"
	         "VmallocTotal:   34359738367 kB\n",
	         limit, used);
	put("/proc/meminfo", text);
}

static void
where_the_kernel_keeps_count_the_headroom_is_what_is_left(void *arg)
{
	(void)arg;
	put("/proc/sys/vm/overcommit_memory", "0\n");
	put_meminfo("10000000", "4000001");
	assert_true(limits().commit_headroom == VBUF_UNLIMITED);
	assert_int_equal(limits().overcommit, 0);
	put("/proc/sys/vm/overcommit_memory", "2\n");
	assert_int_equal(limits().overcommit, 2);
	assert_int_equal(limits().commit_headroom, UINT64_C(5999999) * 1024);
	put_meminfo("4000000", "4000001");
	assert_int_equal(limits().commit_headroom, 0);
}

static void
the_headroom_is_less_what_the_kernel_keeps_for_others(void *arg)
{
	(void)arg;
	put("/proc/sys/vm/overcommit_memory", "2\n");
	put_meminfo("10000000", "4000000");
	put("/proc/self/status", "VmPeak:\t 9999999 kB\nVmSize:\t  320000 kB\n");
	put("/proc/sys/vm/user_reserve_kbytes", "131072\n");
	assert_int_equal(limits().commit_headroom, UINT64_C(5990000) * 1024);
	put("/proc/sys/vm/user_reserve_kbytes", "7000\n");
	assert_int_equal(limits().commit_headroom, UINT64_C(5993000) * 1024);
	put("/proc/sys/vm/admin_reserve_kbytes", "8000\n");
	assert_int_equal(limits().commit_headroom, UINT64_C(5985000) * 1024);
	put("/proc/sys/vm/admin_reserve_kbytes", "5993000\n");
	assert_int_equal(limits().commit_headroom, 0);
}

static void
where_the_kernel_keeps_count_nothing_goes_uncharged(void *arg)
{
	const struct vbuf_options o = { .size = sizeof o, .charge = VBUF_CHARGE_NONE };
	const char *modes[] = { "0\n", "1\n", "2\n" };
	struct vbuf v;

	(void)arg;
	for (int i = 0; i < 3; i++) {
		put("/proc/sys/vm/overcommit_memory", modes[i]);
		assert_ok(vbuf_reserve(&v, PAGE, &o));
		assert_int_equal(v.unmet, i == 2 ? VBUF_UNMET_CHARGE : 0);
		assert_ok(vbuf_unreserve(&v));
	}
}

/* Huge pages */

#define HUGE_PAGES "/sys/kernel/mm/transparent_hugepage"

static void
the_huge_page_size_is_the_one_the_kernel_names(void *arg)
{
	(void)arg;
	put(HUGE_PAGES "/enabled", "always [madvise] never\n");
	put(HUGE_PAGES "/hpage_pmd_size", "33554432\n");
	assert_int_equal(limits().huge_page_size, 33554432);
}

static void
huge_pages_that_are_switched_off_are_none(void *arg)
{
	const struct vbuf_options o = { .size = sizeof o, .huge = VBUF_HUGE_PREFER };
	struct vbuf v;

	(void)arg;
	put(HUGE_PAGES "/enabled", "always madvise [never]\n");
	put(HUGE_PAGES "/hpage_pmd_size", "2097152\n");
	assert_int_equal(limits().huge_page_size, 0);
	assert_ok(vbuf_reserve(&v, 4 * MIB, &o));
	assert_int_equal(v.unmet, VBUF_UNMET_HUGE);
	assert_ok(vbuf_commit(&v, 0, v.size));
	assert_result(vbuf_collapse(&v, 0, v.size), VBUF_ENOTSUP);
	assert_result(vbuf_advise_huge(&v, 0, v.size, VBUF_HUGE_PREFER), VBUF_ENOTSUP);
	assert_ok(vbuf_unreserve(&v));
}

/* Why there is no memory */

/* The error of a commit of one page to which the kernel says ENOMEM. */
static int
refused_commit(struct vbuf *v)
{
	fault_arm(FAULT_SYSTEM, 1, ENOMEM);
	int err = vbuf_commit(v, 0, PAGE);
	assert_true(fault_disarm());
	assert_int_equal(vbuf_sys_error(), ENOMEM);
	return err;
}

static void
a_refusal_means_the_mappings_where_two_more_are_too_many(void *arg)
{
	struct vbuf v;

	(void)arg;
	put("/proc/self/maps", "1000-2000 rw-p 0 0:0 0\n2000-3000 r--p 0 0:0 0\n"
	                       "4000-5000 rw-p 0 0:0 0\n");
	assert_ok(vbuf_reserve(&v, PAGE, NULL));
	assert_int_equal(limits().maps, 3);
	assert_result(refused_commit(&v), VBUF_ECOMMIT); /* no limit is known */
	put("/proc/sys/vm/max_map_count", "5\n");
	assert_int_equal(limits().maps_limit, 5);
	assert_result(refused_commit(&v), VBUF_ECOMMIT);
	put("/proc/sys/vm/max_map_count", "4\n");
	assert_result(refused_commit(&v), VBUF_EMAPS);
	assert_ok(vbuf_unreserve(&v));
}

static void
a_refusal_means_the_data_limit_where_the_size_goes_beyond_it(void *arg)
{
	struct rlimit limit = { .rlim_max = RLIM_INFINITY };
	const size_t kib = SIZE_MAX / 4 / 1024 / 64 * 64; /* more than anybody has */
	char text[128];
	struct vbuf v;

	(void)arg;
	assert_int_equal(getrlimit(RLIMIT_DATA, &limit), 0);
	limit.rlim_cur = (rlim_t)kib * 1024;
	if (limit.rlim_max < limit.rlim_cur)
		skip_here();
	assert_int_equal(setrlimit(RLIMIT_DATA, &limit), 0);
	assert_ok(vbuf_reserve(&v, PAGE, NULL));
	for (size_t room = 0; room <= 2 * PAGE; room += PAGE) {
		snprintf(text, sizeof text, "Name:\ttest\nVmData:\t%8zu kB\n", kib - room / 1024);
		put("/proc/self/status", text);
		assert_result(refused_commit(&v), room < PAGE ? VBUF_ERLIMIT : VBUF_ECOMMIT);
	}
	assert_ok(vbuf_unreserve(&v));
}

/* The mappings */

/* Pages [first, end) of the buffer, as a line of the file. */
static int
line(char *text, size_t size, const struct vbuf *v, size_t first, size_t end, const char *perms)
{
	uintptr_t base = (uintptr_t)v->base;

	return snprintf(text, size, "%jx-%jx %s 00000000 00:00 0 \n",
	                (uintmax_t)(base + first * PAGE), (uintmax_t)(base + end * PAGE), perms);
}

static void
put_maps(const char *path, const struct vbuf *v, const struct vbuf_run *runs, size_t count)
{
	static const char *const perms[] = { "---p", "", "r--p", "rw-p", "r-xp" };
	char text[1024];
	size_t at = 0;
	int n = snprintf(text, sizeof text, "1000-2000 r-xp 00000000 fd:01 99   /bin/a program\n");

	for (size_t i = 0; i < count; i++) {
		if (runs[i].state != VBUF_STATE_NONE) /* which here is a hole */
			n += line(text + n, sizeof text - (size_t)n, v, at, at + runs[i].size,
			          perms[runs[i].state]);
		at += runs[i].size;
	}
	put(path, text);
}

static void
query_joins_what_is_alike_and_ends_at_a_hole(void *arg)
{
	const struct vbuf_run runs[] = {
		{ 2, VBUF_STATE_RW },   { 1, VBUF_STATE_RW },       { 1, VBUF_STATE_NONE },
		{ 2, VBUF_STATE_RW },   { 1, VBUF_STATE_RO },       { 1, VBUF_STATE_RX },
		{ 1, VBUF_STATE_NONE }, { 2, VBUF_STATE_RESERVED }, { 9, VBUF_STATE_RESERVED },
	};
	const struct vbuf_run expected[] = {
		[0] = { 3, VBUF_STATE_RW },       [2] = { 1, VBUF_STATE_RW },
		[4] = { 2, VBUF_STATE_RW },       [5] = { 1, VBUF_STATE_RW },
		[6] = { 1, VBUF_STATE_RO },       [7] = { 1, VBUF_STATE_RX },
		[9] = { 7, VBUF_STATE_RESERVED },
	};
	struct vbuf_run run;
	struct vbuf v;

	(void)arg;
	assert_ok(vbuf_reserve(&v, 16 * PAGE, NULL));
	put_maps("/proc/self/maps", &v, runs, sizeof runs / sizeof *runs);
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		if (expected[i].size == 0)
			continue;
		assert_ok(vbuf_query(&v, i * PAGE, &run));
		assert_int_equal(run.state, expected[i].state);
		assert_int_equal(run.size, expected[i].size * PAGE);
	}
	assert_result(vbuf_query(&v, 3 * PAGE, &run), VBUF_ESYS);
	assert_int_equal(vbuf_sys_error(), EFAULT);
	assert_int_equal(run.size, 0);
	assert_result(vbuf_query(&v, 8 * PAGE, &run), VBUF_ESYS);
	assert_ok(vbuf_unreserve(&v));
}

static void
the_calling_thread_is_asked_before_the_main_thread(void *arg)
{
	const struct vbuf_run ours[] = { { 4, VBUF_STATE_RX } },
			      main_s[] = { { 4, VBUF_STATE_RO } };
	struct vbuf v;

	(void)arg;
	assert_ok(vbuf_reserve(&v, 4 * PAGE, NULL));
	put_maps("/proc/self/maps", &v, main_s, 1);
	assert_int_equal(state_at(&v, 0), VBUF_STATE_RO); /* Linux before 3.17 */
	put_maps("/proc/thread-self/maps", &v, ours, 1);
	assert_int_equal(state_at(&v, 0), VBUF_STATE_RX);
	assert_ok(vbuf_unreserve(&v));
}

/* One process, and one root, for each. */

struct body {
	void (*run)(void *arg);
};

static int
make_root(void **state)
{
	(void)state;
	strcpy(root + sizeof root - 7, "XXXXXX");
	fault_root = root;
	return mkdtemp(root) ? 0 : -1;
}

static int
remove_one(const char *path, const struct stat *info, int kind, struct FTW *ftw)
{
	(void)info;
	(void)kind;
	(void)ftw;
	return remove(path);
}

static int
remove_root(void **state)
{
	(void)state;
	fault_root = "";
	return nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void
run_in_child(void **state)
{
	const struct body *body = *state;

	in_child(body->run, NULL);
}

#define IN_CHILD(test)                                                                             \
	{                                                                                          \
#test, run_in_child, make_root, remove_root, &(struct body)                        \
		{                                                                                  \
			test                                                                       \
		}                                                                                  \
	}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_CHILD(without_files_every_limit_is_absent),
		IN_CHILD(the_limit_of_cgroup_2_is_the_least_up_to_the_root),
		IN_CHILD(the_limit_of_cgroup_1_is_that_of_the_memory_controller),
		IN_CHILD(a_container_that_sees_its_cgroup_as_the_root_has_that_limit),
		IN_CHILD(where_the_kernel_keeps_count_the_headroom_is_what_is_left),
		IN_CHILD(the_headroom_is_less_what_the_kernel_keeps_for_others),
		IN_CHILD(where_the_kernel_keeps_count_nothing_goes_uncharged),
		IN_CHILD(the_huge_page_size_is_the_one_the_kernel_names),
		IN_CHILD(huge_pages_that_are_switched_off_are_none),
		IN_CHILD(a_refusal_means_the_mappings_where_two_more_are_too_many),
		IN_CHILD(a_refusal_means_the_data_limit_where_the_size_goes_beyond_it),
		IN_CHILD(query_joins_what_is_alike_and_ends_at_a_hole),
		IN_CHILD(the_calling_thread_is_asked_before_the_main_thread),
	};

	return run_group("files", tests);
}
