/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Threads on one buffer, as far as the contract allows them; also under TSan. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>

#include "fault.h"
#include "system.h"
#include "test.h"

/* CMocka's assertions belong to the main thread; a worker keeps the first that
 * fails, and join() asserts that there is none. */
struct worker {
	pthread_t thread;
	struct vbuf *v;
	unsigned index, of;
	uint64_t seed;
	const char *failure;
};

#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			w->failure = #condition;                                                   \
			store(&failed, true);                                                      \
			return NULL;                                                               \
		}                                                                                  \
	} while (0)

#define load(p) __atomic_load_n((p), __ATOMIC_RELAXED)
#define store(p, value) __atomic_store_n((p), (value), __ATOMIC_RELAXED)

enum { MOST = 16 };
static struct worker workers[MOST];
static unsigned ready, stop;
static bool failed; /* for a main thread that waits for progress */

static void
start(unsigned n, struct vbuf *v, uint64_t seed, void *(*body)(void *))
{
	store(&ready, 0);
	store(&stop, 0);
	store(&failed, false);
	for (unsigned i = 0; i < n; i++) {
		workers[i] =
			(struct worker){ .v = v, .index = i, .of = n, .seed = seed ^ (i * 977) };
		assert_int_equal(pthread_create(&workers[i].thread, NULL, body, &workers[i]), 0);
	}
}

static void
join(unsigned n)
{
	store(&stop, 1);
	for (unsigned i = 0; i < n; i++)
		assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
	for (unsigned i = 0; i < n; i++)
		if (workers[i].failure)
			fail_msg("thread %u: %s", i, workers[i].failure);
}

static void
await_ready(unsigned n)
{
	while (load(&ready) < n)
		sched_yield();
}

static bool
all_bytes(const unsigned char *p, size_t size, unsigned char value)
{
	for (size_t i = 0; i < size; i++)
		if (p[i] != value)
			return false;
	return true;
}

/* Prefault beside writers */

enum { FAULTED_PAGES = 256 };
static unsigned sweeps; /* over all pages, by both threads */

/* Count up in each page's first word, where prefault touches it; each of two threads
 * has a half of the word. A number that falls back is a lost write. */
static void *
count_up(void *arg)
{
	struct worker *w = arg;
	uint16_t last[FAULTED_PAGES] = { 0 };

	__atomic_add_fetch(&ready, 1, __ATOMIC_RELAXED);
	while (!load(&stop)) {
		for (size_t i = 0; i < FAULTED_PAGES; i++) {
			uint16_t *half = (uint16_t *)(void *)(w->v->base + i * PAGE) + w->index;
			CHECK(load(half) == last[i]);
			store(half, ++last[i]);
		}
		__atomic_add_fetch(&sweeps, 1, __ATOMIC_RELAXED);
	}
	for (size_t i = 0; i < FAULTED_PAGES; i++)
		CHECK(load((uint16_t *)(void *)(w->v->base + i * PAGE) + w->index) == last[i]);
	return NULL;
}

static void
prefault_beside_writers(int rounds, unsigned least_sweeps)
{
	struct vbuf v;
	size_t done;

	assert_ok(vbuf_reserve(&v, FAULTED_PAGES * PAGE, NULL));
	for (int i = 0; i < rounds; i++) {
		assert_ok(vbuf_decommit(&v, 0, v.size));
		assert_ok(vbuf_commit(&v, 0, v.size));
		store(&sweeps, 0);
		start(2, &v, 0, count_up);
		await_ready(2);
		do {
			assert_ok(vbuf_prefault(&v, 0, v.size, &done));
			assert_int_equal(done, v.size);
		} while (load(&sweeps) < least_sweeps && !load(&failed));
		join(2);
	}
	assert_ok(vbuf_unreserve(&v));
}

static void
prefault_loses_no_write_of_another_thread(void **state)
{
	(void)state;
	prefault_beside_writers(50, 200);
}

static void
prefault_by_touching_loses_no_write_of_another_thread(void **state)
{
	(void)state;
	fault_always(FAULT_OS, "populate", VBUF_ENOTSUP);
	prefault_beside_writers(50, 200);
	assert_true(fault_count(FAULT_OS, "touch") >= 50);
	(void)fault_disarm();
}

/* Where the kernel may neither populate nor touch, the library writes by itself. On
 * Windows it always does, and has no such calls. */
static void
prefault_by_rewriting_loses_no_write_of_another_thread(void **state)
{
	(void)state;
	needs(SYSTEM_STATES);
	fault_always(FAULT_SYSTEM, "madvise", EINVAL);
	fault_also(FAULT_SYSTEM, "syscall", EPERM);
	prefault_beside_writers(50, 5000); /* the moment to hit is short */
	(void)fault_disarm();
}

/* Disjoint ranges */

enum { STRIPE = 3, STRIPES = 96 }; /* pages; stripes go to the threads by turns */

static bool tells_states;

/* What a thread does to a stripe of its own, and what it must find there then. Neighbours
 * change all the time, so mappings split and merge at both ends. */
static void *
use_own_stripes(void *arg)
{
	struct worker *w = arg;
	unsigned char held[STRIPES][STRIPE] = { { 0 } }; /* 0: not committed */
	struct vbuf_run run;

	for (int i = 0; i < 1500; i++) {
		uint64_t r = next_random(&w->seed);
		size_t stripe = (size_t)(r >> 8) % (STRIPES / w->of) * w->of + w->index;
		size_t first = (size_t)(r >> 40) % STRIPE;
		size_t pages = 1 + (size_t)(r >> 48) % (STRIPE - first);
		size_t offset = (stripe * STRIPE + first) * PAGE, size = pages * PAGE;
		unsigned char *p = w->v->base + offset, *own = &held[stripe][first];
		unsigned char value = (unsigned char)(1 + i % 255);

		if (r % 4 == 0) {
			CHECK(vbuf_decommit(w->v, offset, size) == VBUF_OK);
			memset(own, 0, pages);
			continue;
		}
		CHECK(vbuf_commit(w->v, offset, size) == VBUF_OK);
		for (size_t k = 0; k < pages; k++)
			CHECK(all_bytes(p + k * PAGE, PAGE, own[k]));
		if (r % 4 == 1)
			CHECK(vbuf_prefault(w->v, offset, size, NULL) == VBUF_OK);
		memset(p, value, size);
		memset(own, value, pages);
		if (r % 64 == 2 && tells_states) {
			int err = vbuf_query(w->v, offset, &run);
			CHECK(err == VBUF_OK || err == VBUF_ENOTSUP);
			CHECK(err != VBUF_OK || run.state == VBUF_STATE_RW);
			CHECK(err != VBUF_OK || run.size >= size);
		}
		if (r % 64 == 6) {
			CHECK(vbuf_purge(w->v, offset, size) == VBUF_OK);
			CHECK(all_bytes(p, size, 0));
			memset(p, value, size);
		}
		if (r % 64 == 10) {
			CHECK(vbuf_protect(w->v, offset, size, VBUF_PROT_RO) == VBUF_OK);
			CHECK(all_bytes(p, size, value));
		}
	}
	for (size_t stripe = w->index; stripe < STRIPES; stripe += w->of)
		if (vbuf_decommit(w->v, stripe * STRIPE * PAGE, STRIPE * PAGE) != VBUF_OK)
			w->failure = "the last decommit";
	return NULL;
}

static void
use_disjoint_ranges(unsigned threads)
{
	const struct vbuf_options all = {
		.size = sizeof all,
		.huge = VBUF_HUGE_NEVER,
		.no_dump = true,
		.name = "stress",
	};
	const struct vbuf_options *options[] = { NULL, &all };

	tells_states = system_answers(SYSTEM_STATES);
	for (int i = 0; i < 2; i++) {
		struct vbuf v;
		assert_ok(vbuf_reserve(&v, STRIPES * STRIPE * PAGE, options[i]));
		start(threads, &v, test_seed(), use_own_stripes);
		join(threads);
		if (system_answers(SYSTEM_RESIDENCY))
			assert_int_equal(resident_in(&v, 0, v.size), 0);
		assert_ok(vbuf_commit(&v, 0, v.size));
		assert_all(v.base, v.size, 0);
		assert_ok(vbuf_unreserve(&v));
	}
}

static void
two_threads_in_disjoint_ranges_do_not_disturb_each_other(void **state)
{
	(void)state;
	use_disjoint_ranges(2);
}

static void
four_threads_in_disjoint_ranges_do_not_disturb_each_other(void **state)
{
	(void)state;
	use_disjoint_ranges(4);
}

/* Discard beside readers */

enum { READ_PAGES = 64 };
static unsigned char latest; /* the newest value that a byte may have */

static void *
read_all(void *arg)
{
	struct worker *w = arg;

	__atomic_add_fetch(&ready, 1, __ATOMIC_RELAXED);
	while (!load(&stop)) {
		for (size_t at = 0; at < READ_PAGES * PAGE; at += PAGE / 4) {
			unsigned char byte = load(&w->v->base[at]);
			CHECK(byte <= __atomic_load_n(&latest, __ATOMIC_ACQUIRE));
		}
	}
	return NULL;
}

static void
discard_never_faults_readers_and_later_writes_stay(void **state)
{
	struct vbuf v;

	(void)state;
	assert_ok(vbuf_reserve(&v, READ_PAGES * PAGE, NULL));
	assert_ok(vbuf_commit(&v, 0, v.size));
	store(&latest, 0);
	start(2, &v, 0, read_all);
	await_ready(2);
	for (unsigned char value = 1; value < 250; value++) {
		__atomic_store_n(&latest, value, __ATOMIC_RELEASE);
		for (size_t at = 0; at < v.size; at += PAGE / 4)
			store(&v.base[at], value);
		assert_ok(vbuf_discard(&v, 0, v.size));
		for (size_t at = 0; at < v.size; at += PAGE)
			store(&v.base[at], value);
		sched_yield();
		for (size_t at = 0; at < v.size; at += PAGE)
			assert_int_equal(load(&v.base[at]), value);
	}
	join(2);
	assert_ok(vbuf_unreserve(&v));
}

/* Threads that come and go */

static void *
make_a_buffer(void *arg)
{
	struct worker *w = arg;
	struct vbuf *v = &w->v[w->index];
	const struct vbuf_options o = {
		.size = sizeof o,
		.align = 16 * PAGE,
		.guard_after = PAGE,
		.no_dump = w->index % 2,
	};

	CHECK(vbuf_reserve(v, 64 * PAGE, &o) == VBUF_OK);
	CHECK(vbuf_commit(v, 0, 16 * PAGE) == VBUF_OK);
	memset(v->base, (int)w->index + 1, 16 * PAGE);
	CHECK(vbuf_decommit(v, 8 * PAGE, 8 * PAGE) == VBUF_OK);
	return NULL;
}

static void *
use_and_release_it(void *arg)
{
	struct worker *w = arg;
	struct vbuf *v = &w->v[(w->index + 1) % w->of];

	CHECK(all_bytes(v->base, 8 * PAGE, (unsigned char)((w->index + 1) % w->of + 1)));
	CHECK(vbuf_commit(v, 0, v->size) == VBUF_OK);
	CHECK(all_bytes(v->base + 8 * PAGE, v->size - 8 * PAGE, 0));
	CHECK(vbuf_unreserve(v) == VBUF_OK);
	return NULL;
}

static void
buffers_outlive_their_threads_and_change_hands(void **state)
{
	static struct vbuf buffers[MOST];

	(void)state;
	for (int wave = 0; wave < 25; wave++) {
		start(MOST, buffers, 0, make_a_buffer);
		join(MOST);
		start(MOST, buffers, 0, use_and_release_it);
		join(MOST);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prefault_loses_no_write_of_another_thread),
		cmocka_unit_test(prefault_by_touching_loses_no_write_of_another_thread),
		cmocka_unit_test(prefault_by_rewriting_loses_no_write_of_another_thread),
		cmocka_unit_test(two_threads_in_disjoint_ranges_do_not_disturb_each_other),
		cmocka_unit_test(four_threads_in_disjoint_ranges_do_not_disturb_each_other),
		cmocka_unit_test(discard_never_faults_readers_and_later_writes_stay),
		cmocka_unit_test(buffers_outlive_their_threads_and_change_hands),
	};

	return run_group("stress", tests);
}
