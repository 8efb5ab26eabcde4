/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Histories of real threads on a concurrent vector, written down and then checked: indices
 * are unique and none is left out, nothing pushed is lost, nothing is found before its
 * push or missed after it, the prefix never shrinks and all in it is whole.
 */
#include <vbuf/cvec.h>

#include <pthread.h>
#include <sched.h>

#include "fault.h"
#include "history.h"
#include "test.h"

/* Large, so that a page holds few, and every few pushes grow. */
struct item {
	uint64_t value; /* thread << 32 | number + 1 */
	uint64_t check;
	uint64_t rest[30];
};
VBUF_CVEC(items, struct item);

static uint64_t
check_of(uint64_t value)
{
	return ~value * UINT64_C(0x9e3779b97f4a7c15);
}

static struct item
item(uint64_t value)
{
	struct item it = { .value = value, .check = check_of(value) };

	it.rest[29] = value;
	return it;
}

static bool
whole(const struct item *it)
{
	return it->check == check_of(it->value) && it->rest[29] == it->value;
}

enum { PUSHERS = 3, READERS = 2, THREADS = PUSHERS + READERS, PUSHES = 5000, MANY = 5 };
enum { EVENTS = PUSHES + 100, GIVEN_UP = 0x7fffffff }; /* what abandoned ones hold */

static struct history_event events[THREADS * EVENTS + 1];

struct worker {
	pthread_t thread;
	struct items x;
	struct history h;
	uint64_t seed, pushed;
	size_t known; /* of the prefix: looked at already */
	const char *failure;
};

static struct worker workers[THREADS];
static bool stop;

#define CHECK(condition)                                                                           \
	do                                                                                         \
		if (!(condition)) {                                                                \
			w->failure = #condition;                                                   \
			return false;                                                              \
		}                                                                                  \
	while (0)

#define load(p) __atomic_load_n((p), __ATOMIC_RELAXED)
#define store(p, value) __atomic_store_n((p), (value), __ATOMIC_RELAXED)

static uint64_t
next_value(const struct worker *w, size_t k)
{
	return (uint64_t)w->h.thread << 32 | (w->pushed + k + 1);
}

/* The one call that has just ended gave n neighbouring indices to n values. */
static void
pushed(struct worker *w, size_t i, size_t n, bool given_up)
{
	struct history *h = &w->h;

	history_end(h, i, given_up ? GIVEN_UP : next_value(w, 0), true);
	for (size_t k = 1; k < n; k++) {
		h->events[h->count] = h->events[h->count - 1];
		h->events[h->count].key++;
		h->events[h->count].value += !given_up;
		h->count++;
	}
	w->pushed += n;
}

/* One operation; false: it found something wrong. */
static bool
push(struct worker *w, struct vbuf_cvec_appender *a)
{
	struct item some[MANY];
	uint64_t r = next_random(&w->seed);
	size_t i = 0, n = 1 + (size_t)(r >> 40) % MANY;
	int err;

	for (size_t k = 0; k < MANY; k++)
		some[k] = item(next_value(w, k));
	history_begin(&w->h, HISTORY_PUSH);
	switch (r % 8) {
	case 0:
	case 1:
		err = items_push_n(w->x, some, n, &i);
		break;
	case 2:
		err = items_claim(w->x, n, &i);
		for (size_t k = n; err == VBUF_OK && k-- > 0;) { /* out of order */
			CHECK(items_slot(w->x, i + k)->value == 0);
			*items_slot(w->x, i + k) = some[k];
			items_publish(w->x, i + k, 1);
		}
		break;
	case 3:
		err = items_claim(w->x, n, &i);
		if (err != VBUF_OK)
			break;
		*items_slot(w->x, i) = some[0];
		items_abandon(w->x, i, n);
		pushed(w, i, n, true);
		return true;
	case 4:
	case 5:
		n = 1;
		err = items_append(a, some[0]);
		i = a->next - 1;
		break;
	default:
		n = 1;
		err = items_push(w->x, some[0], &i);
	}
	CHECK(err == VBUF_OK || err == VBUF_ECOMMIT);
	if (err == VBUF_OK)
		pushed(w, i, n, false);
	return true;
}

/* A block is used to its end, as nobody writes down what its rest becomes. */
static bool
push_all(struct worker *w, uint64_t until)
{
	struct vbuf_cvec_appender a;

	items_appender_init(&a, w->x, 4);
	while (w->pushed < until)
		if (!push(w, &a))
			return false;
	while (a.next != a.end) {
		struct item it = item(next_value(w, 0));
		history_begin(&w->h, HISTORY_PUSH);
		CHECK(items_append(&a, it) == VBUF_OK);
		pushed(w, a.next - 1, 1, false);
	}
	items_appender_fini(&a);
	return true;
}

/* A slice of its pushes, by a thread of its own. */
enum { SLICE = 50 };

static void *
push_some(void *arg)
{
	struct worker *w = arg;

	(void)push_all(w, w->pushed + SLICE);
	return NULL;
}

static void *
push_by_threads_that_come_and_go(void *arg)
{
	struct worker *w = arg;

	while (w->pushed + SLICE + 4 + MANY < PUSHES && !w->failure) {
		pthread_t one;
		if (pthread_create(&one, NULL, push_some, w) != 0 || pthread_join(one, NULL) != 0)
			w->failure = "a thread cannot be had";
	}
	return NULL;
}

static void *
push_by_one_thread(void *arg)
{
	(void)push_all(arg, PUSHES - 4 - MANY);
	return NULL;
}

static bool
whole_from(struct worker *w, size_t end)
{
	for (; w->known < end; w->known++)
		if (!whole(items_slot(w->x, w->known)))
			return false;
	return true;
}

/* What the reader looks for lies mostly about the end, where things happen. */
static void *
read_all_the_time(void *arg)
{
	struct worker *w = arg;

	while (!load(&stop) && w->h.count < w->h.size) {
		uint64_t r = next_random(&w->seed);
		if (r % 4 == 0) {
			history_begin(&w->h, HISTORY_PREFIX);
			size_t n = r % 8 ? items_prefix(w->x) : items_prefix_seen(w->x);
			history_end(&w->h, n, 0, true);
			w->h.events[w->h.count - 1].ok = whole_from(w, n);
		} else {
			size_t len = items_len(w->x) + 3, back = (size_t)(r >> 32) % 16;
			size_t i =
				r % 3 ? len - (back < len ? back : len) : (size_t)(r >> 32) % len;
			history_begin(&w->h, HISTORY_GET);
			const struct item *it = items_get(w->x, i);
			history_end(&w->h, i, it ? it->value : 0, it != NULL);
			if (it && !whole(it))
				w->failure = "an element is not whole";
		}
		sched_yield();
	}
	return NULL;
}

/* One after the other, without gaps; then is it the history of a sound vector? */
static size_t
gather(void)
{
	size_t count = 0;

	for (unsigned t = 0; t < THREADS; t++) {
		memmove(&events[count], workers[t].h.events, workers[t].h.count * sizeof *events);
		count += workers[t].h.count;
	}
	return count;
}

static void
check_history(void *(*pusher)(void *), unsigned refuse_one_in)
{
	const struct item given_up = item(GIVEN_UP);
	uint64_t seed = test_seed();

	for (int round = 0; round < 6; round++) {
		struct vbuf_cvec_options o = {
			.size = sizeof o, .max = MIB, .growth = 1, .fill = &given_up
		};
		struct items x;
		size_t count, all = 0;

		assert_ok(items_create(&x, &o));
		store(&stop, false);
		if (refuse_one_in)
			fault_often(FAULT_OS, "commit", refuse_one_in, VBUF_ECOMMIT);
		for (unsigned t = 0; t < THREADS; t++) {
			workers[t] = (struct worker){
				.x = x,
				.seed = next_random(&seed),
				.h = { .events = &events[t * EVENTS], .size = EVENTS, .thread = t },
			};
			assert_int_equal(pthread_create(&workers[t].thread, NULL,
			                                t < PUSHERS ? pusher : read_all_the_time,
			                                &workers[t]),
			                 0);
		}
		for (unsigned t = 0; t < THREADS; t++) {
			if (t == PUSHERS)
				store(&stop, true);
			assert_int_equal(pthread_join(workers[t].thread, NULL), 0);
			if (workers[t].failure)
				fail_msg("thread %u: %s", t, workers[t].failure);
			all += t < PUSHERS ? (size_t)workers[t].pushed : 0;
		}
		(void)fault_disarm();
		count = gather();
		/* At rest all of it is in the prefix. */
		workers[0].known = 0;
		events[count] = events[0];
		events[count].invoked = events[count].returned = UINT64_MAX;
		events[count].what = HISTORY_PREFIX;
		events[count].key = items_prefix(x);
		events[count].ok = whole_from(&workers[0], items_prefix(x));
		assert_int_equal(events[count].key, all);
		assert_int_equal(items_len(x), all);
		const char *wrong = history_wrong_vector(events, count + 1);
		if (wrong)
			fail_msg("%s", wrong);
		assert_ok(items_destroy(&x));
	}
}

static void
threads_have_a_sound_history(void **state)
{
	(void)state;
	check_history(push_by_one_thread, 0);
}

static void
so_they_have_where_commits_are_refused(void **state)
{
	(void)state;
	check_history(push_by_one_thread, 3);
}

static void
so_have_threads_that_come_and_go(void **state)
{
	(void)state;
	check_history(push_by_threads_that_come_and_go, 0);
	check_history(push_by_threads_that_come_and_go, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threads_have_a_sound_history),
		cmocka_unit_test(so_they_have_where_commits_are_refused),
		cmocka_unit_test(so_have_threads_that_come_and_go),
	};

	return run_group("history_cvec", tests);
}
