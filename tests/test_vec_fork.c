/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Vectors and their cache in the child of a fork, and in a process with little room. */
#include <vbuf/vec.h>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "access.h"
#include "system.h"
#include "test.h"

VBUF_VEC(longs, int64_t);

/* In a child a failed check is the exit code: its line. */
#define CHECK(what)                                                                                \
	do {                                                                                       \
		if (!(what))                                                                       \
			_exit(__LINE__ % 255 + 1);                                                 \
	} while (0)

static void
assert_child(void (*does)(struct longs *v), struct longs *v)
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		does(v);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		fail_msg("the child: status %x, line %d", (unsigned)status,
		         WEXITSTATUS(status) - 1);
}

static size_t
cached(void)
{
	struct vbuf_vec_cache c;

	return vbuf_vec_cache_get_stats(&c, sizeof c) == VBUF_OK ? c.used : 99;
}

static struct longs
of_length(size_t n, const struct vbuf_vec_options *o)
{
	struct longs v;

	assert_ok(longs_init(&v, o));
	for (size_t i = 0; i < n; i++)
		assert_ok(longs_push(&v, (int64_t)i));
	return v;
}

static void
change_everything(struct longs *v)
{
	for (size_t i = 0; i < v->len; i++)
		CHECK(v->data[i] == (int64_t)i);
	for (int i = 0; i < 200000; i++)
		CHECK(longs_push(v, -1) == VBUF_OK);
	v->data[0] = -1;
	CHECK(longs_truncate(v, 1) == VBUF_OK);
	CHECK(longs_fini(v) == VBUF_OK);
}

static void
a_child_has_a_vector_of_its_own(void **state)
{
	struct longs v = of_length(100000, NULL);

	(void)state;
	assert_child(change_everything, &v);
	assert_int_equal(v.len, 100000);
	for (size_t i = 0; i < v.len; i++)
		assert_int_equal(v.data[i], i);
	assert_ok(longs_push(&v, 1));
	assert_ok(longs_fini(&v));
}

static void
use_and_trim(struct longs *v)
{
	(void)v;
	CHECK(cached() == 2);
	for (int round = 0; round < 3; round++) {
		struct longs a = { 0 }, b = { 0 }, c = { 0 };
		for (int i = 0; i < 10000; i++)
			CHECK(longs_push(&a, 1) == VBUF_OK && longs_push(&b, 2) == VBUF_OK &&
			      longs_push(&c, 3) == VBUF_OK);
		for (int i = 0; i < 10000; i++)
			CHECK(a.data[i] == 1 && b.data[i] == 2 && c.data[i] == 3);
		CHECK(longs_fini(&a) == VBUF_OK && longs_fini(&b) == VBUF_OK &&
		      longs_fini(&c) == VBUF_OK);
		CHECK(cached() == 3);
	}
	CHECK(vbuf_vec_cache_trim() == VBUF_OK);
	CHECK(cached() == 0);
}

static void
a_child_has_a_cache_of_its_own(void **state)
{
	(void)state;
	assert_ok(vbuf_vec_cache_trim());
	struct longs a = of_length(1000, NULL), b = of_length(1000, NULL);
	assert_ok(longs_fini(&a));
	assert_ok(longs_fini(&b));
	assert_int_equal(cached(), 2);
	assert_child(use_and_trim, NULL);
	assert_int_equal(cached(), 2);
	a = of_length(20000, NULL);
	b = of_length(20000, NULL);
	assert_int_equal(cached(), 0);
	for (size_t i = 0; i < 20000; i++)
		assert_true(a.data[i] == (int64_t)i && b.data[i] == (int64_t)i);
	assert_ok(longs_fini(&a));
	assert_ok(longs_fini(&b));
	assert_ok(vbuf_vec_cache_trim());
}

static void
find_zeros(struct longs *v)
{
	for (size_t i = 0; i < v->len; i++)
		CHECK(v->data[i] == 0);
	*v = (struct longs){ 0 }; /* and a new one takes its place */
	CHECK(longs_push(v, 7) == VBUF_OK && v->data[0] == 7);
	CHECK(longs_fini(v) == VBUF_OK);
}

static void
begin_anew(struct longs *v)
{
	*v = (struct longs){ 0 };
	CHECK(longs_push(v, 7) == VBUF_OK && v->data[0] == 7);
	CHECK(longs_fini(v) == VBUF_OK);
}

static void
a_child_finds_zeros_or_nothing_where_the_options_say_so(void **state)
{
	struct vbuf_vec_options o = { .size = sizeof o, .fork = VBUF_FORK_WIPE };
	struct longs v;

	(void)state;
	needs(SYSTEM_ADVICE);
	int err = longs_init(&v, &o);
	if (err == VBUF_ENOTSUP)
		skip();
	assert_ok(err);
	assert_ok(longs_resize_fill(&v, 10000, 5));
	assert_child(find_zeros, &v);
	assert_int_equal(v.data[9999], 5);
	assert_ok(longs_push(&v, 5));
	assert_ok(longs_fini(&v));

	o.fork = VBUF_FORK_DROP;
	assert_ok(longs_init(&v, &o));
	assert_ok(longs_resize_fill(&v, 10000, 5));
	assert_true(access_faults(v.data, ACCESS_READ)); /* which forks to find out */
	assert_child(begin_anew, &v);
	assert_int_equal(v.data[9999], 5);
	assert_ok(longs_fini(&v));
}

/* Less than one default reservation is to be had, and then less than two. */
static void
live_in_little_room(struct longs *v)
{
	const struct rlimit limit = { 3 * GIB, 3 * GIB };
	const struct vbuf_vec_options o = { .size = sizeof o, .max = 100000 };
	struct vbuf_vec_stats s;
	struct longs many[20] = { { 0 } };

	CHECK(vbuf_vec_cache_trim() == VBUF_OK);
	CHECK(setrlimit(RLIMIT_AS, &limit) == 0);
	for (int i = 0; i < 20; i++) { /* each leaves room for the next */
		CHECK(longs_push(&many[i], i) == VBUF_OK);
		CHECK(longs_stats(&many[i], &s) == VBUF_OK);
		CHECK(s.reserved < 1 * GIB);
	}
	for (int i = 0; i < 20; i++)
		CHECK(longs_fini(&many[i]) == VBUF_OK);
	CHECK(cached() == 0); /* they are small: none for whoever comes when there is more */
	*v = (struct longs){ 0 };
	for (int i = 0; i < 40; i++) {
		struct longs w;
		CHECK(longs_init(&w, &o) == VBUF_OK);
		CHECK(longs_push(&w, 1) == VBUF_OK);
	}
}

static void
a_process_with_few_addresses_has_vectors_too(void **state)
{
	struct longs v = { 0 };

	(void)state;
#if defined(TEST_NO_LOCKS) /* sanitizers: their shadow alone is more */
	skip();
#endif
	if (sizeof(void *) < 8)
		skip();
	needs(SYSTEM_LIMIT);
	assert_child(live_in_little_room, &v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_child_has_a_vector_of_its_own),
		cmocka_unit_test(a_child_has_a_cache_of_its_own),
		cmocka_unit_test(a_child_finds_zeros_or_nothing_where_the_options_say_so),
		cmocka_unit_test(a_process_with_few_addresses_has_vectors_too),
	};

	return run_group("vec_fork", tests);
}
