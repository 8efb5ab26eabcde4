/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Threads at work on containers in a storm of signals, whose handlers read the very
 * containers that they interrupt. */
#include <vbuf/cvec.h>
#include <vbuf/slotmap.h>
#include <vbuf/vec.h>

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/time.h>
#include <time.h>

#include "test.h"

struct pair {
	uint64_t value, inverse;
};
VBUF_VEC(vec, struct pair);
VBUF_CVEC(cvec, struct pair);
VBUF_SLOTMAP(map, struct pair);

#define load(p) __atomic_load_n((p), __ATOMIC_RELAXED)
#define store(p, value) __atomic_store_n((p), (value), __ATOMIC_RELAXED)
#define count(p) ((void)__atomic_add_fetch((p), 1, __ATOMIC_RELAXED))

enum { WORKERS = 2, KEPT = 100, EACH = 60, GROWN = 40000, MOST = 4000000 };

static struct cvec shared;
static struct map slots;
static struct map_handle kept[KEPT];

struct worker {
	pthread_t thread;
	struct vbuf_record *own;
	struct vbuf_record *of_handler; /* it never interrupts itself: all signals are masked */
	const struct pair *elements;    /* of the vector, that are there already */
	size_t element_count;
	struct map_handle latest; /* of the map; may be gone at any moment */
	unsigned signals, found;
	unsigned rounds;
	uint64_t seed;
	bool ready;
};
static struct worker workers[WORKERS];
static __thread struct worker *me;
static bool stop;
static int bad; /* a line */

#define CHECK(what)                                                                                \
	do {                                                                                       \
		if (!(what))                                                                       \
			store(&bad, __LINE__);                                                     \
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

static void
read_vec(const struct worker *w, size_t random)
{
	size_t n = load(&w->element_count);

	if (n > 0) {
		const struct pair *p = &load(&w->elements)[random % n];
		CHECK(p->value == random % n && whole(p));
	}
}

static void
read_cvec(size_t random)
{
	size_t n = cvec_prefix(shared);

	CHECK(n <= cvec_len(shared));
	if (n > 0) {
		const struct pair *p = cvec_get(shared, random % n);
		CHECK(p && whole(p));
		p = cvec_get(shared, n - 1); /* what was interrupted may have published it */
		CHECK(p && whole(p));
		CHECK(cvec_next(shared, random % n) >=
		      random % n); /* it passes abandoned ones by */
	}
	CHECK(cvec_state(shared, n) <= VBUF_CVEC_ABANDONED);
}

static void
read_map(struct worker *w, size_t random)
{
	struct map_handle latest = { load(&w->latest.bits) };
	struct vbuf_record *r = w->of_handler;

	vbuf_pin(r);
	const struct pair *p = map_get(slots, r, kept[random % KEPT]);
	CHECK(p && p->value == random % KEPT && whole(p));
	p = map_get(slots, r, latest);
	CHECK(!p || whole(p));
	w->found += p != NULL;
	struct vbuf_slotmap_iter it;
	map_iter_init(&it, slots, r);
	for (int i = 0; i < 3; i++)
		if ((p = map_iter_next(&it)))
			CHECK(whole(p));
	vbuf_unpin(r);
	CHECK(map_contains(slots, kept[random % KEPT]));
}

static void
look(int number)
{
	struct worker *w = me;
	int code = errno;

	(void)number;
	if (!w)
		return; /* the main thread, or the one that storms */
	size_t random = (size_t)next_random(&w->seed);
	read_vec(w, random);
	read_cvec(random);
	read_map(w, random);
	count(&w->signals);
	errno = code;
}

static void
work_on_vec(struct worker *w)
{
	struct vec v = { 0 };
	size_t n = w->rounds % 8 ? GROWN / 16 : GROWN;

	for (size_t i = 0; i < n; i++) {
		CHECK(vec_push(&v, pair(i)) == VBUF_OK);
		if (i % 64 == 0) { /* the handler is of the same thread: in program order */
			store(&w->elements, v.data);
			__atomic_signal_fence(__ATOMIC_SEQ_CST);
			store(&w->element_count, v.len);
		}
	}
	CHECK(vec_reserve(&v, 2 * n) == VBUF_OK);
	CHECK(vec_prefault(&v, 2 * n) == VBUF_OK);
	store(&w->element_count, 1);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	CHECK(vec_truncate(&v, 1) == VBUF_OK);
	CHECK(vec_shrink_to_fit(&v) == VBUF_OK);
	CHECK(whole(&v.data[0]));
	store(&w->element_count, 0);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	CHECK(vec_fini(&v) == VBUF_OK);
}

static void
work_on_cvec(struct worker *w)
{
	struct vbuf_cvec_appender a;
	size_t i = 0;

	if (cvec_len(shared) > MOST - WORKERS * 4 * EACH)
		return;
	for (uint64_t k = 0; k < EACH; k++) {
		CHECK(cvec_push(shared, pair(k), &i) == VBUF_OK);
		CHECK(cvec_get(shared, i)->value == k);
	}
	CHECK(cvec_claim(shared, 2, &i) == VBUF_OK);
	*cvec_slot(shared, i) = pair(7);
	cvec_publish(shared, i, 1);
	cvec_abandon(shared, i + 1, 1); /* filled with a whole pair */
	cvec_appender_init(&a, shared, EACH);
	for (uint64_t k = 0; k < EACH / 2; k++)
		CHECK(cvec_append(&a, pair(k)) == VBUF_OK);
	cvec_appender_fini(&a);
	if (w->rounds % 16 == 0)
		CHECK(cvec_prefault(shared, cvec_len(shared) + EACH) == VBUF_OK);
}

static void
work_on_map(struct worker *w)
{
	static struct map_handle all[WORKERS][GROWN / 4];
	struct map_handle *h = all[w - workers];
	size_t n = w->rounds % 8 ? EACH : GROWN / 4;

	for (size_t k = 0; k < n; k++) {
		CHECK(map_insert(slots, w->own, pair(k), &h[k]) == VBUF_OK);
		store(&w->latest.bits, h[k].bits);
	}
	vbuf_pin(w->own);
	for (size_t k = 0; k < n; k++) {
		const struct pair *p = map_get(slots, w->own, h[k]);
		CHECK(p && p->value == k && whole(p));
	}
	vbuf_unpin(w->own);
	for (size_t k = 0; k < n; k++)
		CHECK(map_remove(slots, w->own, h[k]) == VBUF_OK);
	(void)map_reclaim(slots, w->own, 0);
	for (size_t k = 0; k < n; k++)
		CHECK(!map_contains(slots, h[k]));
}

static void *
work(void *arg)
{
	struct worker *w = arg;
	struct vbuf_record *extra;

	me = w;
	store(&w->ready, true);
	while (!load(&stop)) {
		work_on_vec(w);
		work_on_cvec(w);
		work_on_map(w);
		CHECK(vbuf_domain_attach(map_domain(slots), &extra) == VBUF_OK);
		CHECK(vbuf_domain_detach(&extra) == VBUF_OK);
		count(&w->rounds);
	}
	me = NULL;
	return NULL;
}

/* SIGUSR1 interrupts system calls for good, SIGUSR2 lets them go on by themselves. */
static void
await_signals(void)
{
	struct sigaction action = { .sa_handler = look };

	sigfillset(&action.sa_mask);
	assert_int_equal(sigaction(SIGUSR1, &action, NULL), 0);
	assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
	action.sa_flags = SA_RESTART;
	assert_int_equal(sigaction(SIGUSR2, &action, NULL), 0);
}

static uint64_t
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static bool
all_have_seen(unsigned signals, unsigned rounds)
{
	for (int i = 0; i < WORKERS; i++)
		if (load(&workers[i].signals) < signals || load(&workers[i].rounds) < rounds)
			return false;
	return true;
}

static void
storm(void)
{
	const struct timespec moment = { 0, 20000 };
	uint64_t end = now_ms() + 20000;

	for (int i = 0; i < WORKERS; i++)
		while (!load(&workers[i].ready))
			sched_yield();
	for (unsigned k = 0; !load(&bad) && now_ms() < end && !all_have_seen(2000, 24); k++) {
		assert_int_equal(
			pthread_kill(workers[k % WORKERS].thread, k & 4 ? SIGUSR1 : SIGUSR2), 0);
		if (k % 16 == 0) /* not so many that nothing else goes on */
			nanosleep(&moment, NULL);
	}
}

static void
run_in_a_storm(enum vbuf_fence fence)
{
	static const struct pair fill = { 0, ~UINT64_C(0) };
	const struct vbuf_cvec_options co = { .size = sizeof co, .max = MOST, .fill = &fill };
	struct vbuf_slotmap_options mo = { .size = sizeof mo, .max = 2 * GROWN };
	const struct vbuf_domain_options d_o = { .size = sizeof d_o, .fence = fence };
	const struct itimerval each = { { 0, 500 }, { 0, 500 } }, none = { { 0, 0 }, { 0, 0 } };
	struct vbuf_record *r;
	uint64_t seed = test_seed();

	memset(workers, 0, sizeof workers);
	store(&stop, false);
	store(&bad, 0);
	assert_ok(vbuf_domain_create(&mo.domain, &d_o));
	assert_ok(cvec_create(&shared, &co));
	assert_ok(map_create(&slots, &mo));
	assert_ok(vbuf_domain_attach(mo.domain, &r));
	for (size_t k = 0; k < KEPT; k++)
		assert_ok(map_insert(slots, r, pair(k), &kept[k]));
	await_signals();
	for (int i = 0; i < WORKERS; i++) {
		workers[i].seed = seed + (uint64_t)i;
		assert_ok(vbuf_domain_attach(mo.domain, &workers[i].own));
		assert_ok(vbuf_domain_attach(mo.domain, &workers[i].of_handler));
		assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
	}
	assert_int_equal(setitimer(ITIMER_REAL, &each, NULL), 0);
	storm();
	assert_int_equal(setitimer(ITIMER_REAL, &none, NULL), 0);
	store(&stop, true);
	for (int i = 0; i < WORKERS; i++)
		assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
	if (load(&bad))
		fail_msg("line %d", load(&bad));
	for (int i = 0; i < WORKERS; i++) {
		assert_true(workers[i].signals > 100);
		assert_true(workers[i].found > 0);
		assert_true(workers[i].rounds > 0);
		assert_ok(vbuf_domain_detach(&workers[i].own));
		assert_ok(vbuf_domain_detach(&workers[i].of_handler));
	}
	assert_int_equal(cvec_prefix(shared), cvec_len(shared));
	assert_int_equal(map_len(slots), KEPT);
	assert_ok(vbuf_domain_detach(&r));
	assert_ok(map_destroy(&slots));
	assert_ok(vbuf_domain_destroy(&mo.domain));
	assert_ok(cvec_destroy(&shared));
	assert_ok(vbuf_vec_cache_trim());
}

static void
containers_work_and_handlers_read_them_in_a_storm(void **state)
{
	(void)state;
	run_in_a_storm(VBUF_FENCE_AUTO);
}

static void
so_they_do_where_readers_pay_for_the_fence(void **state)
{
	(void)state;
	run_in_a_storm(VBUF_FENCE_SYMMETRIC);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(containers_work_and_handlers_read_them_in_a_storm),
		cmocka_unit_test(so_they_do_where_readers_pay_for_the_fence),
	};

	return run_group("signal containers", tests);
}
