/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A storm of forks while threads make and end vectors through the cache and push to a
 * concurrent vector: children use, grow and destroy what they find, several at a time, and
 * some fork in their turn; the parent goes on. (The slotmap: stress_slotmap_fork.c.) */
#include <vbuf/cvec.h>
#include <vbuf/vec.h>

#include <pthread.h>
#include <sched.h>

#include "child.h"
#include "test.h"

struct pair {
	uint64_t value, inverse;
};
VBUF_VEC(vec, struct pair);
VBUF_VEC(bytes, unsigned char);
VBUF_CVEC(cvec, struct pair);

#define load(p) __atomic_load_n((p), __ATOMIC_RELAXED)
#define store(p, value) __atomic_store_n((p), (value), __ATOMIC_RELAXED)

enum {
	WORKERS = 3,
	FORKS = 120,
	AT_A_TIME = 4,
	VECTORS = 10, /* more than the cache has slots */
	GROWN = 3000,
	MOST = 1000000,
	ROOM = 100000 /* that the threads leave for the children to grow into */
};

static struct cvec shared;
static bool stop;
static int failed; /* a line */
static uint64_t rounds, pushed;

#define CHECK(what)                                                                                \
	do {                                                                                       \
		if (!(what))                                                                       \
			store(&failed, __LINE__);                                                  \
	} while (0)

static struct pair
pair(uint64_t value)
{
	return (struct pair){ value, ~value };
}

static bool
whole(const struct pair *p)
{
	return p->inverse == ~p->value;
}

/* More vectors at a time than there are slots, of two types, so that what the cache gives
 * is of either; each has what it was given and nothing of another's. */
static bool
make_and_end_vectors(uint64_t seed)
{
	struct vec v[VECTORS / 2];
	struct bytes b[VECTORS / 2];
	bool good = true;

	memset(v, 0, sizeof v);
	memset(b, 0, sizeof b);
	for (size_t k = 0; k < VECTORS / 2; k++) {
		size_t n = 1 + (size_t)(next_random(&seed) % GROWN);
		for (size_t i = 0; i < n; i++)
			good &= vec_push(&v[k], pair(seed + i)) == VBUF_OK &&
			        bytes_push(&b[k], (unsigned char)(seed + i)) == VBUF_OK;
		for (size_t i = 0; i < n && good; i++)
			good = v[k].data[i].value == seed + i && whole(&v[k].data[i]) &&
			       b[k].data[i] == (unsigned char)(seed + i);
		if (k % 2)
			good &= vec_fini(&v[k]) == VBUF_OK && bytes_fini(&b[k]) == VBUF_OK;
	}
	for (size_t k = 0; k < VECTORS / 2; k++)
		good &= vec_fini(&v[k]) == VBUF_OK && bytes_fini(&b[k]) == VBUF_OK;
	return good;
}

static void
push_some(uint64_t seed)
{
	struct vbuf_cvec_appender a;
	uint64_t n = 0;
	size_t i = 0;

	if (cvec_len(shared) > MOST - ROOM)
		return;
	for (; n < 100; n++)
		CHECK(cvec_push(shared, pair(seed + n), &i) == VBUF_OK);
	CHECK(cvec_get(shared, i)->value == seed + n - 1);
	cvec_appender_init(&a, shared, 64);
	for (int k = 0; k < 50; k++, n++)
		CHECK(cvec_append(&a, pair(seed + n)) == VBUF_OK);
	cvec_appender_fini(&a);
	__atomic_add_fetch(&pushed, n, __ATOMIC_RELAXED);
}

static void *
churn(void *arg)
{
	uint64_t seed = 1000 * (uint64_t)(*(int *)arg + 1);

	while (!load(&stop) && !load(&failed)) {
		CHECK(make_and_end_vectors(seed++));
		push_some(seed++);
		if (seed % 64 == 0)
			CHECK(vbuf_vec_cache_trim() == VBUF_OK);
		__atomic_add_fetch(&rounds, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

/* What is published is whole; what is abandoned was filled with a whole pair. */
static void
look_at_shared(void)
{
	size_t prefix = cvec_prefix(shared), n = cvec_len(shared);

	assert_true(prefix <= n);
	for (size_t i = 0; i < prefix; i++)
		assert_true(whole(cvec_get(shared, i)));
	for (size_t i = prefix; i < n; i++) {
		const struct pair *p = cvec_get(shared, i);
		assert_true(!p || whole(p));
	}
}

/* In a child */

static void
use_vectors(void)
{
	struct vbuf_vec_cache c;

	for (uint64_t round = 0; round < 3; round++)
		assert_true(make_and_end_vectors(round));
	assert_ok(vbuf_vec_cache_get_stats(&c, sizeof c));
	assert_true(c.used > 0 && c.used <= c.slots);
	assert_ok(vbuf_vec_cache_trim());
	assert_ok(vbuf_vec_cache_get_stats(&c, sizeof c));
	assert_int_equal(c.used, 0);
	assert_true(make_and_end_vectors(7));
}

static void
use_shared(void)
{
	size_t was = cvec_len(shared), first = 0, i = 0;

	/* Claims that were to be given memory, or to be taken back, are in between. */
	assert_ok(cvec_push(shared, pair(0), &first));
	assert_true(first >= was && first <= was + 64 * WORKERS);
	for (size_t k = 1; k < ROOM / 2; k++) {
		assert_ok(cvec_push(shared, pair(k), &i));
		assert_true(i == first + k && cvec_get(shared, i)->value == k);
	}
	*cvec_slot(shared, first) = pair(~UINT64_C(0)); /* it is the child's own */
	assert_int_equal(cvec_next(shared, first), first);
	look_at_shared();
	assert_ok(cvec_clear(shared));
	assert_int_equal(cvec_len(shared), 0);
	assert_ok(cvec_push(shared, pair(1), &i));
	assert_int_equal(cvec_prefix(shared), 1);
}

static void
use_and_destroy(void *arg)
{
	uintptr_t how = (uintptr_t)arg;

	look_at_shared();
	if (how % 2)
		use_shared();
	if (how % 3)
		use_vectors();
	if (how % 8 == 7)
		in_child(use_and_destroy, (void *)(how + 2)); /* not one of these */
	assert_ok(cvec_destroy(&shared));
	assert_true(make_and_end_vectors(how));
}

static void
children_use_and_destroy_what_they_find_and_the_parent_goes_on(void **state)
{
	static const struct pair fill = { 0, ~UINT64_C(0) };
	const struct vbuf_cvec_options o = { .size = sizeof o, .max = MOST, .fill = &fill };
	static int index[WORKERS] = { 0, 1, 2 };
	pthread_t thread[WORKERS];
	pid_t child[AT_A_TIME] = { 0 };

	(void)state;
	assert_ok(cvec_create(&shared, &o));
	for (int i = 0; i < WORKERS; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, churn, &index[i]), 0);
	for (uintptr_t k = 0; k < FORKS; k++) {
		uint64_t before = load(&rounds);
		while (load(&rounds) == before && !load(&failed))
			sched_yield();
		if (child[k % AT_A_TIME])
			assert_int_equal(end_of_child(child[k % AT_A_TIME]), 0);
		child[k % AT_A_TIME] = start_child(use_and_destroy, (void *)k);
	}
	for (int i = 0; i < AT_A_TIME; i++)
		assert_int_equal(end_of_child(child[i]), 0);
	store(&stop, true);
	for (int i = 0; i < WORKERS; i++)
		assert_int_equal(pthread_join(thread[i], NULL), 0);
	if (load(&failed))
		fail_msg("line %d", load(&failed));
	assert_int_equal(cvec_prefix(shared), cvec_len(shared));
	uint64_t found = 0;
	for (size_t i = cvec_next(shared, 0); i != SIZE_MAX; i = cvec_next(shared, i + 1))
		found += cvec_state(shared, i) == VBUF_CVEC_PUBLISHED && whole(cvec_get(shared, i));
	assert_int_equal(found, load(&pushed));
	assert_ok(cvec_destroy(&shared));
	assert_ok(vbuf_vec_cache_trim());
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(children_use_and_destroy_what_they_find_and_the_parent_goes_on),
	};

	return run_group("stress fork", tests);
}
