/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Threads on concurrent slotmaps: what is found is whole, what is removed ends once, and
 * nobody keeps what he does not need. Also under TSan, and once more with tiny constants
 * and threads that give way at random. STRESS_TIMES does all of it so many times over.
 */
#include <vbuf/slotmap.h>

#include <pthread.h>
#include <sched.h>

#include "fault.h"
#include "history.h"
#include "test.h"

/* Where threads give way all the time, less does. */
#if defined(VBUF_ATOMIC_MODEL)
enum { MORE = 1 };
#else
enum { MORE = 10 };
#endif

/* An element tells who inserted it, and that it is whole; its end poisons it. */
struct stamp {
	uint64_t who; /* thread << 32 | number + 1 */
	uint64_t handle;
	uint64_t check;
};

VBUF_SLOTMAP(stamps, struct stamp);

#define load(p) __atomic_load_n((p), __ATOMIC_RELAXED)
#define store(p, value) __atomic_store_n((p), (value), __ATOMIC_RELAXED)

static uint64_t
check_of(uint64_t who, uint64_t handle)
{
	return ~(who * UINT64_C(0x9e3779b97f4a7c15)) ^ handle;
}

static struct stamp
stamp(uint64_t thread, uint64_t number, uint64_t handle)
{
	struct stamp s = { thread << 32 | (number + 1), handle, 0 };

	s.check = check_of(s.who, handle);
	return s;
}

static bool
whole(const struct stamp *s)
{
	return s->who != 0 && s->check == check_of(s->who, s->handle);
}

static uint64_t ended, ended_broken;

static void
end(void *element, void *arg)
{
	struct stamp *s = element;

	(void)arg;
	__atomic_add_fetch(whole(s) ? &ended : &ended_broken, 1, __ATOMIC_RELAXED);
	memset(s, 0xdd, sizeof *s);
}

/* --- workers ---------------------------------------------------------------------------- */

/* CMocka's assertions belong to the main thread; a worker keeps the first that fails. */
struct worker {
	pthread_t thread;
	struct stamps x;
	struct vbuf_record *r;
	unsigned index;
	uint64_t seed;
	uint64_t inserted, removed, refused;
	const char *failure;
	struct history history;
};

#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			w->failure = #condition;                                                   \
			store(&stop, true);                                                        \
			return NULL;                                                               \
		}                                                                                  \
	} while (0)

enum { MOST = 8, TABLE = 64 };
static struct worker workers[MOST];
static bool stop;
static unsigned arrived, expected;
static uint64_t table[TABLE]; /* handles that all know */

static unsigned
times(void)
{
	const char *asked = getenv("STRESS_TIMES");

	return asked ? (unsigned)strtoul(asked, NULL, 0) : 1;
}

static void
wait_for_all(void)
{
	__atomic_add_fetch(&arrived, 1, __ATOMIC_RELAXED);
	while (load(&arrived) < load(&expected))
		sched_yield();
}

static void
begin(unsigned threads)
{
	store(&arrived, 0);
	store(&expected, threads);
	store(&stop, false);
	store(&ended, 0);
	store(&ended_broken, 0);
	memset(table, 0, sizeof table);
}

static void
start(unsigned i, struct stamps x, uint64_t seed, void *(*body)(void *))
{
	struct history history = workers[i].history;

	workers[i] = (struct worker){ .x = x, .index = i, .seed = seed, .history = history };
	assert_int_equal(pthread_create(&workers[i].thread, NULL, body, &workers[i]), 0);
}

static void
join(unsigned first, unsigned behind)
{
	for (unsigned i = first; i < behind; i++)
		assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
	for (unsigned i = first; i < behind; i++)
		if (workers[i].failure)
			fail_msg("thread %u: %s", i, workers[i].failure);
}

static struct stamps
create(struct vbuf_domain *domain, size_t max)
{
	struct vbuf_slotmap_options o = { .size = sizeof o, .max = max, .domain = domain };
	struct stamps x;

	o.destroy = end;
	o.huge = VBUF_HUGE_NEVER; /* units are small then */
	assert_ok(stamps_create(&x, &o));
	return x;
}

static struct vbuf_domain *
domain_for(uint32_t threads)
{
	struct vbuf_domain_options o = { .size = sizeof o, .threads = threads };
	struct vbuf_domain *d;

	assert_ok(vbuf_domain_create(&d, &o));
	return d;
}

/* All that was inserted is there or has ended, once. */
static void
assert_all_ends(struct stamps *x, unsigned threads)
{
	uint64_t inserted = 0, removed = 0;

	for (unsigned i = 0; i < threads; i++) {
		inserted += workers[i].inserted;
		removed += workers[i].removed;
	}
	assert_int_equal(stamps_len(*x), inserted - removed);
	assert_true(load(&ended) <= removed);
	assert_ok(stamps_destroy(x));
	assert_int_equal(load(&ended), inserted);
	assert_int_equal(load(&ended_broken), 0);
}

/* --- everything at once ------------------------------------------------------------------- */

enum { OPERATIONS = 12000 * MORE }; /* of each thread */

static int
insert_one(struct worker *w, uint64_t *ret)
{
	struct stamps_handle h;
	struct stamp *slot;
	int err;

	*ret = 0;
	if (next_random(&w->seed) % 4 == 0) { /* by value: its handle is not known */
		err = stamps_insert(w->x, w->r, stamp(w->index, w->inserted, 0), &h);
	} else {
		err = stamps_claim(w->x, w->r, 0, &h, &slot, NULL);
		if (err == VBUF_OK && next_random(&w->seed) % 16 == 0) {
			stamps_abandon(w->x, w->r, h);
			return VBUF_EBUSY;
		}
		if (err == VBUF_OK) {
			*slot = stamp(w->index, w->inserted, h.bits);
			stamps_publish(w->x, w->r, h);
		}
	}
	if (err == VBUF_OK) {
		w->inserted++;
		*ret = h.bits;
	}
	return err;
}

static bool
remove_one(struct worker *w, uint64_t bits)
{
	struct stamps_handle h = { bits };
	int err;

	if (next_random(&w->seed) % 4) {
		err = stamps_remove(w->x, w->r, h);
	} else {
		err = stamps_invalidate(w->x, w->r, h);
		if (err == VBUF_OK)
			err = stamps_remove_invalidated(w->x, w->r, h);
	}
	w->removed += err == VBUF_OK;
	return err == VBUF_OK;
}

/* What is found at first stays until the end of the pin. */
static bool
hold_several(struct worker *w)
{
	const struct stamp *held[8];
	struct stamp was[8];
	unsigned n = 0;
	bool good = true;

	vbuf_pin(w->r);
	for (unsigned k = 0; k < 8; k++) {
		struct stamps_handle h = { load(&table[next_random(&w->seed) % TABLE]) };
		const struct stamp *s = stamps_get(w->x, w->r, h);
		if (!s)
			continue;
		good &= whole(s) && (s->handle == 0 || s->handle == h.bits);
		held[n] = s;
		was[n++] = *s;
	}
	if (next_random(&w->seed) % 8 == 0)
		sched_yield();
	for (unsigned k = 0; k < n; k++)
		good &= memcmp(held[k], &was[k], sizeof was[k]) == 0;
	vbuf_unpin(w->r);
	return good;
}

static bool
visit_all(struct worker *w)
{
	struct vbuf_slotmap_iter it;
	const struct stamp *s;
	bool good = true, handles = next_random(&w->seed) % 2;

	vbuf_pin(w->r);
	stamps_iter_init(&it, w->x, w->r);
	while ((s = handles ? stamps_iter_next(&it) : stamps_iter_next_value(&it))) {
		good &= whole(s);
		if (handles && s->handle)
			good &= s->handle == stamps_iter_handle(&it).bits;
	}
	vbuf_unpin(w->r);
	return good;
}

static bool
may_refuse(int err)
{
	return err == VBUF_EBUSY || err == VBUF_ECOMMIT;
}

static void *
do_everything(void *arg)
{
	struct worker *w = arg;
	uint64_t handle;

	CHECK(vbuf_domain_attach(stamps_domain(w->x), &w->r) == VBUF_OK);
	wait_for_all();
	for (unsigned n = 0; n < OPERATIONS && !load(&stop); n++) {
		uint64_t *at = &table[next_random(&w->seed) % TABLE];
		switch (next_random(&w->seed) % 8) {
		case 0:
		case 1:
		case 2: { /* into the table, and what was there out of the map */
			int err = insert_one(w, &handle);
			CHECK(err == VBUF_OK || may_refuse(err));
			w->refused += err != VBUF_OK;
			if (err != VBUF_OK)
				break;
			handle = __atomic_exchange_n(at, handle, __ATOMIC_ACQ_REL);
			CHECK(handle == 0 || remove_one(w, handle));
			if (handle) {
				struct stamps_handle stale = { handle };
				CHECK(!stamps_contains(w->x, stale));
				CHECK(stamps_remove(w->x, w->r, stale) == VBUF_ESTALE);
			}
			break;
		}
		case 3: /* out of the table */
			handle = __atomic_exchange_n(at, 0, __ATOMIC_ACQ_REL);
			CHECK(handle == 0 || remove_one(w, handle));
			break;
		case 4: /* within a pin, to use what is removed */
			handle = __atomic_exchange_n(at, 0, __ATOMIC_ACQ_REL);
			if (handle) {
				struct stamps_handle h = { handle };
				vbuf_pin(w->r);
				const struct stamp *s = stamps_get(w->x, w->r, h);
				CHECK(s && whole(s));
				CHECK(remove_one(w, handle));
				CHECK(stamps_get(w->x, w->r, h) == NULL);
				CHECK(whole(s));
				vbuf_unpin(w->r);
			}
			break;
		case 5:
			if (n % 64 == 0)
				(void)stamps_reclaim(w->x, w->r, 1 + n % 8);
			if (n % 16 == 0)
				CHECK(visit_all(w));
			break;
		default:
			CHECK(hold_several(w));
		}
	}
	CHECK(vbuf_domain_detach(&w->r) == VBUF_OK);
	return NULL;
}

static void
everything_at_once(unsigned threads)
{
	uint64_t seed = test_seed();

	for (unsigned round = 0; round < times(); round++) {
		struct stamps x = create(NULL, 100000);
		begin(threads);
		for (unsigned i = 0; i < threads; i++)
			start(i, x, next_random(&seed), do_everything);
		join(0, threads);
		(void)fault_disarm();
		assert_all_ends(&x, threads);
	}
}

static void
readers_writers_and_iterations(void **state)
{
	(void)state;
	everything_at_once(2);
	everything_at_once(4);
}

/* The faults begin when the map is made. */
static void
everything_with_faults(const char *name, unsigned one_in, int err)
{
	uint64_t seed = test_seed();
	struct stamps x = create(NULL, 100000);

	begin(3);
	fault_often(FAULT_OS, name, one_in, err);
	for (unsigned i = 0; i < 3; i++)
		start(i, x, next_random(&seed), do_everything);
	join(0, 3);
	(void)fault_disarm();
	assert_all_ends(&x, 3);
}

static void
refused_memory_breaks_nothing(void **state)
{
	(void)state;
	everything_with_faults("commit", 3, VBUF_ECOMMIT);
}

static void
without_a_barrier_nothing_is_used_too_early(void **state)
{
	(void)state;
	everything_with_faults("heavy", 0, VBUF_ESYS); /* every time */
	everything_with_faults("heavy", 2, VBUF_ESYS);
}

/* --- bursts: units empty, are purged, and fill again -------------------------------------- */

enum { BURST = 20000, BURSTS = 3 * MORE };

static void *
come_and_go_in_bursts(void *arg)
{
	struct worker *w = arg;
	struct stamps_handle *all = malloc(BURST * sizeof *all);

	CHECK(all && vbuf_domain_attach(stamps_domain(w->x), &w->r) == VBUF_OK);
	wait_for_all();
	for (unsigned burst = 0; burst < BURSTS && !load(&stop); burst++) {
		unsigned n = 0;
		for (; n < BURST; n++) {
			int err =
				stamps_insert(w->x, w->r, stamp(w->index, w->inserted, 0), &all[n]);
			CHECK(err == VBUF_OK || may_refuse(err));
			if (err != VBUF_OK)
				break;
			w->inserted++;
		}
		if (n > 0)
			store(&table[w->index], all[n / 2].bits);
		for (unsigned k = 0; k < n; k++) {
			CHECK(stamps_remove(w->x, w->r, all[k]) == VBUF_OK);
			w->removed++;
		}
		(void)stamps_reclaim(w->x, w->r, 0);
		for (unsigned k = 0; k < n; k += 100)
			CHECK(!stamps_contains(w->x, all[k]));
	}
	free(all);
	CHECK(vbuf_domain_detach(&w->r) == VBUF_OK);
	return NULL;
}

static void *
look_all_the_time(void *arg)
{
	struct worker *w = arg;

	CHECK(vbuf_domain_attach(stamps_domain(w->x), &w->r) == VBUF_OK);
	wait_for_all();
	while (!load(&stop)) {
		CHECK(hold_several(w));
		if (next_random(&w->seed) % 16 == 0)
			CHECK(visit_all(w));
	}
	CHECK(vbuf_domain_detach(&w->r) == VBUF_OK);
	return NULL;
}

static void
bursts(const char *faulty, unsigned one_in, int err)
{
	uint64_t seed = test_seed();

	for (unsigned round = 0; round < times(); round++) {
		struct stamps x = create(NULL, 200000);
		begin(3);
		if (faulty)
			fault_often(FAULT_OS, faulty, one_in, err);
		start(0, x, next_random(&seed), come_and_go_in_bursts);
		start(1, x, next_random(&seed), come_and_go_in_bursts);
		start(2, x, next_random(&seed), look_all_the_time);
		join(0, 2);
		store(&stop, true);
		join(2, 3);
		(void)fault_disarm();
		struct vbuf_slotmap_stats s;
		(void)stamps_reclaim(x, stamps_exclusive(x), 0);
		assert_ok(stamps_get_stats(x, &s, sizeof s));
		assert_int_equal(s.retired, 0);
		assert_ok(stamps_trim(x));
		assert_all_ends(&x, 3);
	}
}

static void
what_empties_is_purged_beside_readers(void **state)
{
	(void)state;
	bursts(NULL, 0, 0);
}

static void
a_purge_that_fails_breaks_nothing(void **state)
{
	(void)state;
	bursts("purge", 2, VBUF_ESYS);
}

/* --- a reader that stalls ----------------------------------------------------------------- */

enum { LIVE = 1000, REPLACEMENTS = 60000 * MORE };
static bool pinned;

static void *
replace_all_the_time(void *arg)
{
	struct worker *w = arg;
	static struct stamps_handle own[MOST][LIVE];
	struct stamps_handle *h = own[w->index];

	CHECK(vbuf_domain_attach(stamps_domain(w->x), &w->r) == VBUF_OK);
	for (unsigned k = 0; k < LIVE; k++, w->inserted++)
		CHECK(stamps_insert(w->x, w->r, stamp(w->index, w->inserted, 0), &h[k]) == VBUF_OK);
	wait_for_all();
	while (!load(&pinned))
		sched_yield();
	for (unsigned n = 0; n < REPLACEMENTS && !load(&stop); n++) {
		unsigned k = (unsigned)(next_random(&w->seed) % LIVE);
		CHECK(stamps_remove(w->x, w->r, h[k]) == VBUF_OK);
		w->removed++;
		CHECK(stamps_insert(w->x, w->r, stamp(w->index, w->inserted, 0), &h[k]) == VBUF_OK);
		w->inserted++;
	}
	CHECK(vbuf_domain_detach(&w->r) == VBUF_OK);
	return NULL;
}

static void
a_stalled_reader_holds_up_no_more_than_is_said(void **state)
{
	uint64_t seed = test_seed();
	struct vbuf_domain *d = domain_for(8);
	struct stamps x = create(d, 100000);
	struct vbuf_record *r;

	(void)state;
	begin(3); /* two of them, and this one */
	store(&pinned, false);
	assert_ok(vbuf_domain_attach(d, &r));
	for (unsigned i = 0; i < 2; i++)
		start(i, x, next_random(&seed), replace_all_the_time);
	wait_for_all();
	vbuf_pin(r);
	size_t there = stamps_len(x);
	struct vbuf_slotmap_iter it;
	stamps_iter_init(&it, x, r);
	const struct stamp *found = stamps_iter_next(&it);
	struct stamp was = *found;
	store(&pinned, true);
	struct vbuf_slotmap_stats s;
	/* The two are pinned for a moment, when they close a bag, and may be put to sleep then. */
	size_t bound = 3 * there + (size_t)2 * VBUF_SLOTMAP_IN_HAND, most = 0;
	bound += bound / 4;
	do {
		assert_ok(stamps_get_stats(x, &s, sizeof s));
		most = s.retired > most ? s.retired : most;
		for (int i = 0; i < 100; i++)
			sched_yield();
	} while (load(&ended) < REPLACEMENTS && !load(&stop));
	join(0, 2);
	assert_ok(stamps_get_stats(x, &s, sizeof s));
	most = s.retired > most ? s.retired : most;
	assert_true(most <= bound);
	assert_memory_equal(found, &was, sizeof was);
	vbuf_unpin(r);
	/* and is it gone, all can be reclaimed */
	(void)stamps_reclaim(x, r, 0);
	assert_ok(stamps_get_stats(x, &s, sizeof s));
	assert_int_equal(s.retired, 0);
	assert_ok(vbuf_domain_detach(&r));
	assert_all_ends(&x, 2);
	assert_ok(vbuf_domain_destroy(&d));
}

/* --- threads that come and go --------------------------------------------------------------- */

static void *
stay_for_a_moment(void *arg)
{
	struct worker *w = arg;
	struct stamps_handle h[100];
	bool self = w->seed % 2;

	if (self)
		CHECK(vbuf_domain_self(stamps_domain(w->x), &w->r) == VBUF_OK);
	else
		CHECK(vbuf_domain_attach(stamps_domain(w->x), &w->r) == VBUF_OK);
	wait_for_all();
	unsigned n = 1 + (unsigned)(next_random(&w->seed) % 100);
	for (unsigned k = 0; k < n; k++, w->inserted++)
		CHECK(stamps_insert(w->x, w->r, stamp(w->index, w->inserted, 0), &h[k]) == VBUF_OK);
	for (unsigned k = 0; k < n; k++, w->removed++)
		CHECK(stamps_remove(w->x, w->r, h[k]) == VBUF_OK);
	if (self && w->seed % 3 == 0)
		vbuf_pin(w->r); /* it dies pinned */
	else if (!self)
		CHECK(vbuf_domain_detach(&w->r) == VBUF_OK);
	return NULL;
}

static void
threads_that_come_and_go_strand_nothing(void **state)
{
	enum { ROUNDS = 20 * MORE };
	uint64_t seed = test_seed(), inserted = 0;
	struct vbuf_domain *d = domain_for(6);
	struct stamps x = create(d, 20000);
	struct vbuf_slotmap_stats s;
	struct vbuf_record *r;

	(void)state;
	begin(4);
	for (unsigned round = 0; round < ROUNDS * times(); round++) {
		store(&arrived, 0);
		for (unsigned i = 0; i < 4; i++)
			start(i, x, next_random(&seed), stay_for_a_moment);
		join(0, 4);
		for (unsigned i = 0; i < 4; i++)
			inserted += workers[i].inserted;
	}
	assert_ok(vbuf_domain_attach(d, &r));
	(void)stamps_reclaim(x, r, 0);
	assert_ok(stamps_get_stats(x, &s, sizeof s));
	assert_int_equal(s.len, 0);
	assert_int_equal(s.retired, 0);
	assert_int_equal(load(&ended), inserted);
	assert_true(times() > 1 || s.slots <= 6 * (size_t)VBUF_SLOTMAP_IN_HAND);
	assert_ok(vbuf_domain_detach(&r));
	assert_ok(stamps_destroy(&x));
	assert_ok(vbuf_domain_destroy(&d));
	assert_int_equal(load(&ended_broken), 0);
}

/* --- two maps ---------------------------------------------------------------------------- */

static void
maps_come_and_go_beside_one_that_is_used(void **state)
{
	uint64_t seed = test_seed(), mine = 0;
	struct vbuf_domain *d = domain_for(8);
	struct stamps x = create(d, 100000);
	struct vbuf_record *r;

	(void)state;
	begin(3);
	for (unsigned i = 0; i < 2; i++)
		start(i, x, next_random(&seed), do_everything);
	assert_ok(vbuf_domain_attach(d, &r));
	wait_for_all();
	for (int round = 0; round < 30; round++) {
		struct stamps y = create(d, 1000);
		struct stamps_handle h[200];
		for (unsigned k = 0; k < 200; k++, mine++)
			assert_ok(stamps_insert(y, r, stamp(7, k, 0), &h[k]));
		vbuf_pin(r);
		assert_true(whole(stamps_get(y, r, h[round])));
		assert_null(stamps_get(x, r, (struct stamps_handle){ ~h[round].bits }));
		vbuf_unpin(r);
		for (unsigned k = 0; k < 200; k += 2)
			assert_ok(stamps_remove(y, r, h[k]));
		assert_ok(stamps_destroy(&y));
	}
	join(0, 2);
	assert_ok(vbuf_domain_detach(&r));
	workers[2] = (struct worker){ .inserted = mine, .removed = mine };
	assert_all_ends(&x, 3);
	assert_ok(vbuf_domain_destroy(&d));
}

/* --- histories ----------------------------------------------------------------------------- */

enum { EVENTS = 10000 * MORE };

static void *
write_it_down(void *arg)
{
	struct worker *w = arg;
	struct history *h = &w->history;

	CHECK(vbuf_domain_attach(stamps_domain(w->x), &w->r) == VBUF_OK);
	wait_for_all();
	while (h->count + 4 < h->size && !load(&stop)) {
		uint64_t *at = &table[next_random(&w->seed) % 4];
		struct stamps_handle handle = { load(at) };
		const struct stamp *s;
		bool ok;
		switch (next_random(&w->seed) % 4) {
		case 0:
			history_begin(h, HISTORY_INSERT);
			CHECK(stamps_insert(w->x, w->r, stamp(w->index, w->inserted, 0), &handle) ==
			      VBUF_OK);
			history_end(h, handle.bits, stamp(w->index, w->inserted++, 0).who, true);
			__atomic_store_n(at, handle.bits, __ATOMIC_RELEASE); /* another is lost */
			break;
		case 1: /* several may try to remove the same */
			if (handle.bits == 0)
				break;
			history_begin(h, HISTORY_REMOVE);
			ok = stamps_remove(w->x, w->r, handle) == VBUF_OK;
			history_end(h, handle.bits, 0, ok);
			w->removed += ok;
			break;
		default:
			if (handle.bits == 0)
				break;
			vbuf_pin(w->r);
			history_begin(h, HISTORY_GET);
			s = stamps_get(w->x, w->r, handle);
			uint64_t who = s ? s->who : 0;
			history_end(h, handle.bits, who, s != NULL);
			CHECK(!s || whole(s));
			vbuf_unpin(w->r);
		}
	}
	CHECK(vbuf_domain_detach(&w->r) == VBUF_OK);
	return NULL;
}

static void
every_handle_has_a_sound_history(void **state)
{
	enum { THREADS = 3 };
	uint64_t seed = test_seed();
	struct history_event *events = malloc(THREADS * EVENTS * sizeof *events);

	(void)state;
	assert_non_null(events);
	for (unsigned round = 0; round < times(); round++) {
		struct stamps x = create(NULL, 100000);
		size_t count = 0;
		begin(THREADS);
		for (unsigned i = 0; i < THREADS; i++)
			workers[i].history = (struct history){ .events = events + i * EVENTS,
				                               .size = EVENTS,
				                               .thread = i };
		for (unsigned i = 0; i < THREADS; i++)
			start(i, x, next_random(&seed), write_it_down);
		join(0, THREADS);
		for (unsigned i = 0; i < THREADS; i++) {
			memmove(events + count, workers[i].history.events,
			        workers[i].history.count * sizeof *events);
			count += workers[i].history.count;
			workers[i].history = (struct history){ 0 };
		}
		const char *wrong = history_wrong_map(events, count);
		if (wrong)
			fail_msg("%s", wrong);
		assert_all_ends(&x, THREADS);
	}
	free(events);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(readers_writers_and_iterations),
		cmocka_unit_test(refused_memory_breaks_nothing),
		cmocka_unit_test(without_a_barrier_nothing_is_used_too_early),
		cmocka_unit_test(what_empties_is_purged_beside_readers),
		cmocka_unit_test(a_purge_that_fails_breaks_nothing),
		cmocka_unit_test(a_stalled_reader_holds_up_no_more_than_is_said),
		cmocka_unit_test(threads_that_come_and_go_strand_nothing),
		cmocka_unit_test(maps_come_and_go_beside_one_that_is_used),
		cmocka_unit_test(every_handle_has_a_sound_history),
	};

	return run_group("stress_slotmap", tests);
}
