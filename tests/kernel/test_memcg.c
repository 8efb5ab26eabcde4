/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* In a memory cgroup, of version 2 or 1: it limits what is resident, not what is committed,
 * and ends who goes beyond. Each test runs in a child that joins it. */
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "test.h"
#include "throwaway.h"

#define LIMIT (64 * MIB)

/* The names of the same things. */
static const struct version {
	const char *outer, *inner, *limit, *usage;
} versions[] = {
	{ "/sys/fs/cgroup/memory/outer", "/sys/fs/cgroup/memory/outer/inner",
	  "memory.limit_in_bytes", "memory.usage_in_bytes" },
	{ "/sys/fs/cgroup/outer", "/sys/fs/cgroup/outer/inner", "memory.max", "memory.current" },
};

static const struct version *version;

static const char *
in(const char *folder, const char *file)
{
	static char path[128];

	snprintf(path, sizeof path, "%s/%s", folder, file);
	return path;
}

static void
write_number(const char *path, uint64_t n)
{
	char text[32];

	snprintf(text, sizeof text, "%llu", (unsigned long long)n);
	write_to(path, text);
}

/* The limit is on the outer one, the processes are in the inner one. */
static void
make_groups(void)
{
	version = &versions[getenv("TEST_CGROUP")[0] == '2'];
	if (version != versions)
		write_to("/sys/fs/cgroup/cgroup.subtree_control", "+memory");
	mkdir(version->outer, 0755);
	if (version != versions)
		write_to(in(version->outer, "cgroup.subtree_control"), "+memory");
	mkdir(version->inner, 0755);
	write_number(in(version->outer, version->limit), LIMIT);
}

static void
join_group(void)
{
	write_to(in(version->inner, "cgroup.procs"), "0");
}

static uint64_t
used(void)
{
	return read_number(in(version->outer, version->usage));
}

/* Aligned, as a huge page that is only partly given back stays whole for a while. */
static void
make(struct vbuf *v)
{
	const struct vbuf_options o = { .size = sizeof o, .align = LIMIT / 4 };

	assert_ok(vbuf_reserve(v, 4 * LIMIT, &o));
	assert_ok(vbuf_commit(v, 0, v->size)); /* never refused: nothing is there yet */
}

static void
report(void *arg)
{
	struct vbuf_limits l;

	(void)arg;
	join_group();
	assert_ok(vbuf_get_limits(&l, sizeof l));
	assert_int_equal(l.memory_limit, LIMIT);
}

static void
the_limit_reported_is_the_least_up_to_the_root(void **state)
{
	(void)state;
	in_child(report, NULL);
}

static void
prefault_half(void *arg)
{
	struct vbuf v;

	(void)arg;
	join_group();
	make(&v);
	assert_ok(vbuf_prefault(&v, 0, LIMIT / 2, NULL));
	assert_true(used() >= LIMIT / 2 && used() <= LIMIT);
	assert_ok(vbuf_unreserve(&v));
}

static void
within_the_limit_all_is_as_ever(void **state)
{
	(void)state;
	in_child(prefault_half, NULL);
}

static void
prefault_twice_the_limit(void *arg)
{
	struct vbuf v;

	(void)arg;
	join_group();
	make(&v);
	int err = vbuf_prefault(&v, 0, 2 * LIMIT, NULL);
	fail_msg("still there, with %s", vbuf_strerror(err));
}

static void
a_prefault_beyond_the_limit_ends_the_process(void **state)
{
	(void)state;
	int status = end_of_child(start_child(prefault_twice_the_limit, NULL));
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGKILL);
}

/* Half the limit over and over, given back by one of three calls. */
static void
use_and_give_back(void *arg)
{
	int (*const give_back)(struct vbuf *, size_t, size_t) =
		*(int (**)(struct vbuf *, size_t, size_t))arg;
	struct vbuf v;

	join_group();
	make(&v);
	uint64_t before = used();
	for (size_t i = 0; i < 16; i++) {
		size_t at = i % 4 * LIMIT, size = LIMIT / 4 * 3;

		assert_ok(vbuf_commit(&v, at, size));
		memset(v.base + at, 1, size);
		assert_ok(give_back(&v, at, size));
		if (give_back != vbuf_discard) /* which gives back when there is need */
			assert_true(used() < before + LIMIT / 4);
	}
	assert_ok(vbuf_unreserve(&v));
}

static void
what_is_decommitted_counts_no_more(void **state)
{
	int (*give_back)(struct vbuf *, size_t, size_t) = vbuf_decommit;

	(void)state;
	in_child(use_and_give_back, &give_back);
}

static void
nor_does_what_is_purged(void **state)
{
	int (*give_back)(struct vbuf *, size_t, size_t) = vbuf_purge;

	(void)state;
	in_child(use_and_give_back, &give_back);
}

static void
what_is_discarded_is_taken_before_anybody_is_ended(void **state)
{
	int (*give_back)(struct vbuf *, size_t, size_t) = vbuf_discard;

	(void)state;
	in_child(use_and_give_back, &give_back);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_limit_reported_is_the_least_up_to_the_root),
		cmocka_unit_test(within_the_limit_all_is_as_ever),
		cmocka_unit_test(a_prefault_beyond_the_limit_ends_the_process),
		cmocka_unit_test(what_is_decommitted_counts_no_more),
		cmocka_unit_test(nor_does_what_is_purged),
		cmocka_unit_test(what_is_discarded_is_taken_before_anybody_is_ended),
	};

	if (!kernel_is_ours())
		return 77;
	make_groups();
	return run_group("memcg", tests);
}
