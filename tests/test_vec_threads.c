/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Vectors that come and go in many threads, which share nothing but the cache. */
#include <vbuf/vec.h>

#include <pthread.h>
#include <sched.h>

#include "test.h"

VBUF_VEC(longs, int64_t);

enum { THREADS = 4, ROUNDS = 400 };

struct job {
	int64_t id;
	uint64_t seed;
	int err;
	unsigned strangers; /* elements that somebody else wrote */
};

static void *
come_and_go(void *arg)
{
	struct job *job = arg;

	for (int round = 0; round < ROUNDS; round++) {
		struct longs v[3] = { { 0 } };
		size_t lens[3];
		for (int i = 0; i < 3; i++) {
			lens[i] = 1 + (size_t)(next_random(&job->seed) % 3000);
			for (size_t k = 0; k < lens[i] && job->err == VBUF_OK; k++)
				job->err = longs_push(&v[i], job->id * 1000000 + (int64_t)k);
		}
		for (int i = 0; i < 3; i++) {
			for (size_t k = 0; k < v[i].len; k++)
				job->strangers += v[i].data[k] != job->id * 1000000 + (int64_t)k;
			if (v[i].len != lens[i] || longs_fini(&v[i]) != VBUF_OK)
				job->err = VBUF_ESYS;
		}
		struct vbuf_vec_cache c;
		if (vbuf_vec_cache_get_stats(&c, sizeof c) != VBUF_OK || c.used > c.slots)
			job->err = VBUF_ESYS;
		/* and one of them does its worst */
		if (job->id == 0 && round % 16 == 0 && vbuf_vec_cache_trim() != VBUF_OK)
			job->err = VBUF_ESYS;
		if (job->id == 0 && round % 32 == 0 &&
		    vbuf_vec_cache_limit((size_t)(round % 64) * 64 * KIB) != VBUF_OK)
			job->err = VBUF_ESYS;
	}
	return NULL;
}

static void
vectors_in_many_threads_share_the_cache_and_nothing_else(void **state)
{
	struct job jobs[THREADS];
	pthread_t threads[THREADS];
	uint64_t seed = test_seed();

	(void)state;
	for (int i = 0; i < THREADS; i++) {
		jobs[i] = (struct job){ .id = i, .seed = next_random(&seed) };
		assert_int_equal(pthread_create(&threads[i], NULL, come_and_go, &jobs[i]), 0);
	}
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	for (int i = 0; i < THREADS; i++) {
		assert_ok(jobs[i].err);
		assert_int_equal(jobs[i].strangers, 0);
	}
	assert_ok(vbuf_vec_cache_limit(MIB));
}

/* One thread makes vectors, another ends them. */
static struct longs box;
static int full; /* 1: box holds a vector, 2: no more will come */

static void *
end_them(void *arg)
{
	int *err = arg;

	for (;;) {
		int now = __atomic_load_n(&full, __ATOMIC_ACQUIRE);
		if (now == 2)
			return NULL;
		if (now == 0) {
			sched_yield();
			continue;
		}
		for (size_t i = 0; i < box.len; i++)
			if (box.data[i] != (int64_t)i)
				*err = VBUF_ESYS;
		if (longs_fini(&box) != VBUF_OK)
			*err = VBUF_ESYS;
		__atomic_store_n(&full, 0, __ATOMIC_RELEASE);
	}
}

static void
a_vector_may_end_in_another_thread(void **state)
{
	pthread_t thread;
	int err = VBUF_OK;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, end_them, &err), 0);
	for (int round = 0; round < 300; round++) {
		struct longs v = { 0 };
		for (int i = 0; i < 1000; i++)
			assert_ok(longs_push(&v, i));
		while (__atomic_load_n(&full, __ATOMIC_ACQUIRE) != 0)
			sched_yield();
		box = v;
		__atomic_store_n(&full, 1, __ATOMIC_RELEASE);
	}
	while (__atomic_load_n(&full, __ATOMIC_ACQUIRE) != 0)
		sched_yield();
	__atomic_store_n(&full, 2, __ATOMIC_RELEASE);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_ok(err);
	assert_ok(vbuf_vec_cache_trim());
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors_in_many_threads_share_the_cache_and_nothing_else),
		cmocka_unit_test(a_vector_may_end_in_another_thread),
	};

	return run_group("vec_threads", tests);
}
