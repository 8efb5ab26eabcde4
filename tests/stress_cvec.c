/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Threads on one concurrent vector: nothing is lost, nothing is seen too early. Also
 * under TSan. */
#include <vbuf/cvec.h>

#include <pthread.h>
#include <sched.h>

#include "fault.h"
#include "test.h"

/* An element tells who pushed it, and that it is whole. */
struct stamp {
	uint64_t who; /* thread << 32 | number + 1 */
	uint64_t check;
};

VBUF_CVEC(stamps, struct stamp);
VBUF_CVEC(bytes, unsigned char);

static struct stamp
stamp(unsigned thread, uint64_t number)
{
	struct stamp s = { (uint64_t)thread << 32 | (number + 1), 0 };

	s.check = ~s.who * UINT64_C(0x9e3779b97f4a7c15);
	return s;
}

static bool
whole(const struct stamp *s)
{
	return s->who != 0 && s->check == ~s->who * UINT64_C(0x9e3779b97f4a7c15);
}

/* CMocka's assertions belong to the main thread; a worker keeps the first that fails. */
struct worker {
	pthread_t thread;
	struct stamps x;
	struct bytes y;
	unsigned index, of;
	uint64_t seed;
	uint64_t pushed, failed, given_up; /* elements */
	const char *failure;
};

#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			w->failure = #condition;                                                   \
			store(&stop, true);                                                        \
			return NULL;                                                               \
		}                                                                                  \
	} while (0)

#define load(p) __atomic_load_n((p), __ATOMIC_RELAXED)
#define store(p, value) __atomic_store_n((p), (value), __ATOMIC_RELAXED)

enum { MOST = 8 };
static struct worker workers[MOST];
static bool stop;
static unsigned arrived, expected;

/* So that all begin at once, however long it takes to start a thread. */
static void
wait_for_all(void)
{
	__atomic_add_fetch(&arrived, 1, __ATOMIC_RELAXED);
	while (load(&arrived) < load(&expected))
		sched_yield();
}

static void
expect(unsigned threads)
{
	store(&arrived, 0);
	store(&expected, threads);
}

static void
start(unsigned i, struct stamps x, uint64_t seed, void *(*body)(void *))
{
	workers[i] = (struct worker){ .x = x, .index = i, .seed = seed ^ (i * 977) };
	assert_int_equal(pthread_create(&workers[i].thread, NULL, body, &workers[i]), 0);
}

static void
join(unsigned first, unsigned end)
{
	for (unsigned i = first; i < end; i++)
		assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
	for (unsigned i = first; i < end; i++)
		if (workers[i].failure)
			fail_msg("thread %u: %s", i, workers[i].failure);
}

/* All that the threads pushed is there, once; and nothing else but what was given up. */
static void
assert_nothing_is_lost(struct stamps x, unsigned threads)
{
	uint64_t pushed = 0, given_up = 0, next = 0;
	unsigned char *seen[MOST];

	for (unsigned t = 0; t < threads; t++) {
		pushed += workers[t].pushed;
		given_up += workers[t].given_up;
		seen[t] = calloc(1, (size_t)workers[t].pushed + 1);
		assert_non_null(seen[t]);
	}
	assert_int_equal(stamps_prefix(x), stamps_len(x));
	for (size_t i = stamps_next(x, 0); i != SIZE_MAX; i = stamps_next(x, i + 1)) {
		struct stamp *s = stamps_get(x, i);
		assert_true(whole(s));
		unsigned t = (unsigned)(s->who >> 32);
		uint64_t number = (uint32_t)s->who - 1;
		assert_true(t < threads && number < workers[t].pushed);
		assert_int_equal(seen[t][number], 0);
		seen[t][number] = 1;
		next++;
	}
	assert_int_equal(next, pushed);
	/* An appender's rest is given up too, and not counted by who pushed. */
	size_t abandoned = 0;
	for (size_t i = 0; i < stamps_len(x); i++)
		abandoned += stamps_state(x, i) == VBUF_CVEC_ABANDONED;
	assert_int_equal(stamps_len(x), pushed + abandoned);
	assert_true(abandoned >= given_up);
	for (unsigned t = 0; t < threads; t++)
		free(seen[t]);
}

/* Pushers: every way to push, by turns. Where memory is refused they try again. */
enum { PUSHES = 20000, APPENDS = 40 };

static bool
refused(int err)
{
	return err == VBUF_ECOMMIT;
}

static void *
push_in_every_way(void *arg)
{
	struct worker *w = arg;
	struct vbuf_cvec_appender a;
	struct stamp some[9];
	size_t i;

	wait_for_all();
	stamps_appender_init(&a, w->x, 16);
	while (w->pushed < PUSHES && !load(&stop)) {
		uint64_t r = next_random(&w->seed);
		size_t n = 1 + (size_t)(r >> 32) % 9;
		int err;
		for (size_t k = 0; k < n; k++)
			some[k] = stamp(w->index, w->pushed + k);
		switch (r % 6) {
		case 0:
			n = 1;
			err = stamps_push(w->x, some[0], &i);
			break;
		case 1:
			err = stamps_push_n(w->x, some, n, &i);
			break;
		case 2:
			err = stamps_claim(w->x, n, &i);
			if (err != VBUF_OK)
				break;
			for (size_t k = n; k-- > 0;) { /* out of order */
				CHECK(stamps_slot(w->x, i + k)->who == 0);
				*stamps_slot(w->x, i + k) = some[k];
				stamps_publish(w->x, i + k, 1);
			}
			break;
		case 3:
			err = stamps_claim(w->x, n, &i);
			if (err != VBUF_OK)
				break;
			*stamps_slot(w->x, i) = stamp(w->index, 0);
			stamps_abandon(w->x, i, n);
			w->given_up += n;
			CHECK(stamps_state(w->x, i) == VBUF_CVEC_ABANDONED);
			continue;
		case 4:
			for (n = 0, err = VBUF_OK; n < APPENDS; n++) {
				err = stamps_append(&a, stamp(w->index, w->pushed + n));
				if (err != VBUF_OK)
					break;
			}
			w->pushed += n;
			if (r % 5 == 0)
				stamps_appender_fini(&a);
			w->failed += err != VBUF_OK;
			CHECK(err == VBUF_OK || refused(err));
			continue;
		default:
			n = 1;
			err = vbuf_cvec_push(w->x.v, &some[0], &i);
		}
		if (err != VBUF_OK) {
			CHECK(refused(err));
			w->failed++;
			continue;
		}
		w->pushed += n;
		for (size_t k = 0; k < n; k++) {
			CHECK(stamps_get(w->x, i + k) == stamps_slot(w->x, i + k));
			CHECK(stamps_get(w->x, i + k)->who == some[k].who);
		}
	}
	stamps_appender_fini(&a);
	return NULL;
}

/* Readers: the prefix grows, and all below it is whole; whatever is found is whole. */
static void *
read_all_the_time(void *arg)
{
	struct worker *w = arg;
	size_t had = 0;

	while (!load(&stop)) {
		size_t n = w->index % 2 ? stamps_prefix(w->x) : stamps_prefix_seen(w->x);
		CHECK(n >= had);
		for (size_t i = had; i < n; i++) {
			struct stamp *s = stamps_slot(w->x, i);
			CHECK(whole(s) ||
			      (s->who == 0 && stamps_state(w->x, i) == VBUF_CVEC_ABANDONED));
		}
		had = n;
		CHECK(stamps_prefix_seen(w->x) >= had);
		CHECK(stamps_capacity(w->x) >= had);
		CHECK(stamps_len(w->x) >= had);
		size_t any = (size_t)next_random(&w->seed) % (had + 100);
		struct stamp *s = stamps_get(w->x, any);
		CHECK(any >= had || s != NULL);
		CHECK(!s || whole(s) || s->who == 0);
		size_t i = stamps_next(w->x, any);
		CHECK(i == SIZE_MAX || (i >= any && whole(stamps_slot(w->x, i))));
		i = stamps_prev(w->x, any);
		CHECK(i == SIZE_MAX || (i < any && whole(stamps_slot(w->x, i))));
		CHECK(stamps_get(w->x, SIZE_MAX - any) == NULL);
	}
	return NULL;
}

static void *
reserve_all_the_time(void *arg)
{
	struct worker *w = arg;

	while (!load(&stop)) {
		size_t n = stamps_capacity(w->x) + (size_t)next_random(&w->seed) % 200;
		int err = n % 3 == 0   ? stamps_reserve(w->x, n)
		          : n % 3 == 1 ? stamps_reserve_exact(w->x, n)
		                       : stamps_prefault(w->x, n);
		CHECK(err == VBUF_OK || refused(err) || err == VBUF_ERANGE);
		CHECK(err != VBUF_OK || stamps_capacity(w->x) >= n);
		sched_yield();
	}
	return NULL;
}

static void
push_beside_readers(unsigned pushers, bool reserves, unsigned refuse_one_in)
{
	/* small steps, so that they grow all the time */
	struct vbuf_cvec_options o = { .size = sizeof o, .max = MIB, .growth = 1 };
	uint64_t seed = test_seed();
	unsigned all = pushers;
	struct stamps x;

	for (int round = 0; round < 4; round++) {
		assert_ok(stamps_create(&x, &o));
		store(&stop, false);
		if (refuse_one_in)
			fault_often(FAULT_OS, "commit", refuse_one_in, VBUF_ECOMMIT);
		all = pushers;
		expect(pushers);
		for (unsigned i = 0; i < pushers; i++)
			start(i, x, next_random(&seed), push_in_every_way);
		for (unsigned i = 0; i < 2; i++)
			start(all++, x, next_random(&seed), read_all_the_time);
		if (reserves)
			start(all++, x, next_random(&seed), reserve_all_the_time);
		join(0, pushers);
		store(&stop, true);
		join(pushers, all);
		(void)fault_disarm();
		assert_nothing_is_lost(x, pushers);
		assert_ok(stamps_destroy(&x));
	}
}

static void
what_several_threads_push_is_all_there(void **state)
{
	(void)state;
	push_beside_readers(3, false, 0);
}

static void
threads_that_reserve_disturb_nobody(void **state)
{
	(void)state;
	push_beside_readers(2, true, 0);
}

static void
refused_commits_lose_no_index(void **state)
{
	(void)state;
	push_beside_readers(3, false, 2);
	push_beside_readers(3, true, 3);
}

/* Capacity requests (one of them was lost, in others' vectors, when a smaller one won) */

enum { REQUESTS = 1500 };

static void *
reserve_and_look(void *arg)
{
	struct worker *w = arg;
	size_t n = 0;

	wait_for_all();
	for (int i = 0; i < REQUESTS; i++) {
		n += 1 + (size_t)next_random(&w->seed) % (w->index ? 5000 : 15000);
		CHECK(bytes_reserve(w->y, n) == VBUF_OK);
		CHECK(bytes_capacity(w->y) >= n);
		if (n > 2) /* a byte of one's own: an even one, or an odd one */
			bytes_data(w->y)[((n - 2) | 1) - w->index] = 1;
	}
	return NULL;
}

static void
no_request_for_capacity_is_lost_to_a_smaller_one(void **state)
{
	struct vbuf_cvec_options o = { .size = sizeof o, .max = 32 * MIB, .growth = 1 };
	uint64_t seed = test_seed();

	(void)state;
	for (int round = 0; round < 3; round++) {
		struct bytes y;
		assert_ok(bytes_create(&y, &o));
		expect(2);
		for (unsigned i = 0; i < 2; i++) {
			workers[i] =
				(struct worker){ .y = y, .index = i, .seed = next_random(&seed) };
			assert_int_equal(pthread_create(&workers[i].thread, NULL, reserve_and_look,
			                                &workers[i]),
			                 0);
		}
		join(0, 2);
		assert_ok(bytes_destroy(&y));
	}
}

/* The end */

static void *
push_until_full(void *arg)
{
	struct worker *w = arg;
	int err;

	wait_for_all();
	while ((err = stamps_push(w->x, stamp(w->index, w->pushed), NULL)) == VBUF_OK)
		w->pushed++;
	CHECK(err == VBUF_ERANGE);
	CHECK(stamps_push(w->x, stamp(w->index, w->pushed), NULL) == VBUF_ERANGE);
	return NULL;
}

static void
single_pushes_of_many_threads_reach_the_maximum_exactly(void **state)
{
	uint64_t seed = test_seed();

	(void)state;
	for (size_t round = 0; round < 300; round++) {
		struct vbuf_cvec_options o = { .size = sizeof o, .max = 1 + round * 7 % 3000 };
		struct stamps x;
		assert_ok(stamps_create(&x, &o));
		expect(3);
		for (unsigned i = 0; i < 3; i++)
			start(i, x, seed, push_until_full);
		join(0, 3);
		assert_int_equal(stamps_len(x), o.max);
		assert_nothing_is_lost(x, 3);
		assert_ok(stamps_destroy(&x));
	}
}

static void *
push_several_until_full(void *arg)
{
	struct worker *w = arg;
	struct stamp some[5];
	unsigned refusals = 0;

	wait_for_all();
	while (refusals < 20) {
		size_t i, n = 1 + (size_t)next_random(&w->seed) % 5;
		for (size_t k = 0; k < n; k++)
			some[k] = stamp(w->index, w->pushed + k);
		int err = stamps_push_n(w->x, some, n, &i);
		CHECK(err == VBUF_OK || err == VBUF_ERANGE);
		refusals += err != VBUF_OK;
		w->pushed += err == VBUF_OK ? n : 0;
	}
	return NULL;
}

static void
claims_taken_back_at_the_maximum_take_nobody_elses(void **state)
{
	uint64_t seed = test_seed();

	(void)state;
	for (size_t round = 0; round < 300; round++) {
		struct vbuf_cvec_options o = { .size = sizeof o, .max = 1 + round % 100 };
		struct stamps x;
		assert_ok(stamps_create(&x, &o));
		expect(3);
		for (unsigned i = 0; i < 3; i++)
			start(i, x, next_random(&seed), push_several_until_full);
		join(0, 3);
		assert_nothing_is_lost(x, 3);
		assert_true(stamps_len(x) <= o.max);
		/* and what is left can be had */
		workers[3] = (struct worker){ .index = 3 };
		while (stamps_len(x) < o.max)
			assert_ok(stamps_push(x, stamp(3, workers[3].pushed++), NULL));
		assert_nothing_is_lost(x, 4);
		assert_ok(stamps_destroy(&x));
	}
}

/* Threads that come and go */

static void *
append_a_few(void *arg)
{
	struct worker *w = arg;
	struct vbuf_cvec_appender a;

	wait_for_all();
	stamps_appender_init(&a, w->x, 32);
	for (uint64_t n = 10 + w->seed % 80; w->pushed < n; w->pushed++)
		CHECK(stamps_append(&a, stamp(w->index, w->pushed)) == VBUF_OK);
	stamps_appender_fini(&a);
	return NULL;
}

static void
threads_that_come_and_go_leave_no_hole(void **state)
{
	struct vbuf_cvec_options o = { .size = sizeof o, .max = MIB, .growth = 1 };
	uint64_t seed = test_seed();

	(void)state;
	for (int round = 0; round < 150; round++) {
		struct stamps x;
		assert_ok(stamps_create(&x, &o));
		expect(4);
		for (unsigned i = 0; i < 4; i++)
			start(i, x, next_random(&seed), append_a_few);
		join(0, 4);
		assert_nothing_is_lost(x, 4);
		assert_ok(stamps_destroy(&x));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_several_threads_push_is_all_there),
		cmocka_unit_test(threads_that_reserve_disturb_nobody),
		cmocka_unit_test(refused_commits_lose_no_index),
		cmocka_unit_test(no_request_for_capacity_is_lost_to_a_smaller_one),
		cmocka_unit_test(single_pushes_of_many_threads_reach_the_maximum_exactly),
		cmocka_unit_test(claims_taken_back_at_the_maximum_take_nobody_elses),
		cmocka_unit_test(threads_that_come_and_go_leave_no_hole),
	};

	return run_group("stress_cvec", tests);
}
