/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The loops of a peer that can be changed, written once. Beside what loops_read.h asks
 * for, the file that includes this one has defined
 *
 *   smap_remove(&t, handle)
 *   smap_visit(&t), smap_visit_handles(&t)    the sum over all elements; pinned
 *
 * and puts SMAP_LOOPS into its struct smap_peer, behind absent, open and close.
 */
#include "../platform.h"
#include "loops_read.h"

static bool
loop_fill_bare(uint64_t n, uint64_t *ret_handles)
{
	bool good = true;
	smap_thread joined;

	if (!smap_enter(&joined))
		return false;
	smap_thread t = joined;
	for (uint64_t i = 0; i < n && good; i++)
		good = smap_insert(&t, value_of(i), &ret_handles[i]);
	smap_leave(&joined);
	return good;
}

static inline bool
insert_one(smap_thread *t, uint64_t i, uint64_t *ret)
{
	smap_begin(t);
	bool good = smap_insert(t, value_of(i), ret);
	smap_end(t);
	return good;
}

static inline bool
remove_one(smap_thread *t, uint64_t h)
{
	smap_begin(t);
	bool good = smap_remove(t, h);
	smap_end(t);
	return good;
}

static bool
loop_drain(const uint64_t *handles, uint64_t n)
{
	bool good = true;
	smap_thread joined;

	if (!smap_enter(&joined))
		return false;
	smap_thread t = joined;
	for (uint64_t i = 0; i < n && good; i++)
		good = remove_one(&t, handles[i]);
	smap_leave(&joined);
	return good;
}

static bool
loop_churn(uint64_t n)
{
	bool good = true;
	smap_thread joined;

	if (!smap_enter(&joined))
		return false;
	smap_thread t = joined;
	for (uint64_t i = 0; i < n && good; i++) {
		uint64_t h;
		good = insert_one(&t, i, &h) && remove_one(&t, h);
	}
	smap_leave(&joined);
	return good;
}

static bool
loop_churn_bare(uint64_t n)
{
	bool good = true;
	smap_thread joined;

	if (!smap_enter(&joined))
		return false;
	smap_thread t = joined;
	for (uint64_t i = 0; i < n && good; i++) {
		uint64_t h;
		good = smap_insert(&t, value_of(i), &h) && smap_remove(&t, h);
	}
	smap_leave(&joined);
	return good;
}

static bool
loop_replace(uint64_t *handles, uint64_t live, uint64_t n)
{
	uint64_t random = 1;
	bool good = true;
	smap_thread joined;

	if (!smap_enter(&joined))
		return false;
	smap_thread t = joined;
	for (uint64_t i = 0; i < n && good; i++) {
		uint64_t *h = &handles[smap_random(&random) % live];
		good = remove_one(&t, *h) && insert_one(&t, i, h);
	}
	smap_leave(&joined);
	return good;
}

/* One look at the clock an operation: it ends one and begins the next. */
static inline uint64_t
lap(struct bench_hist *hist, uint64_t before)
{
	uint64_t now = bench_now();

	bench_hist_add(hist, now - before);
	return now;
}

static bool
loop_fill_timed(uint64_t n, uint64_t *ret_handles, struct bench_hist *inserts)
{
	bool good = true;
	smap_thread joined;

	if (!smap_enter(&joined))
		return false;
	smap_thread t = joined;
	uint64_t before = bench_now();
	for (uint64_t i = 0; i < n && good; i++) {
		good = insert_one(&t, i, &ret_handles[i]);
		before = lap(inserts, before);
	}
	smap_leave(&joined);
	return good;
}

static bool
loop_drain_timed(const uint64_t *handles, uint64_t n, struct bench_hist *removes)
{
	bool good = true;
	smap_thread joined;

	if (!smap_enter(&joined))
		return false;
	smap_thread t = joined;
	uint64_t before = bench_now();
	for (uint64_t i = 0; i < n && good; i++) {
		good = remove_one(&t, handles[i]);
		before = lap(removes, before);
	}
	smap_leave(&joined);
	return good;
}

static bool
loop_replace_timed(uint64_t *handles, uint64_t live, uint64_t n, struct bench_hist *inserts,
                   struct bench_hist *removes)
{
	uint64_t random = 1;
	bool good = true;
	smap_thread joined;

	if (!smap_enter(&joined))
		return false;
	smap_thread t = joined;
	uint64_t before = bench_now();
	for (uint64_t i = 0; i < n && good; i++) {
		uint64_t *h = &handles[smap_random(&random) % live];
		good = remove_one(&t, *h);
		before = lap(removes, before);
		good = good && insert_one(&t, i, h);
		before = lap(inserts, before);
	}
	smap_leave(&joined);
	return good;
}

static uint64_t
loop_walk(uint64_t times)
{
	uint64_t sum = 0;
	smap_thread joined;

	if (!smap_enter(&joined))
		return 0;
	smap_thread t = joined;
	for (uint64_t k = 0; k < times; k++) {
		smap_pin(&t);
		sum += smap_visit(&t);
		smap_unpin(&t);
	}
	smap_leave(&joined);
	return sum;
}

static uint64_t
loop_walk_handles(uint64_t times)
{
	uint64_t sum = 0;
	smap_thread joined;

	if (!smap_enter(&joined))
		return 0;
	smap_thread t = joined;
	for (uint64_t k = 0; k < times; k++) {
		smap_pin(&t);
		sum += smap_visit_handles(&t);
		smap_unpin(&t);
	}
	smap_leave(&joined);
	return sum;
}

#define SMAP_LOOPS                                                                                 \
	loop_pins, loop_get_each, loop_get_hot, loop_get_all, loop_fill, loop_fill_bare,           \
		loop_drain, loop_churn, loop_churn_bare, loop_replace, loop_fill_timed,            \
		loop_drain_timed, loop_replace_timed, loop_walk, loop_walk_handles
