/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The loops of a peer that can be read, written once. The file that includes this one
 * has defined
 *
 *   smap_thread                 what a thread needs to take part
 *   smap_enter(&t), smap_leave(&t)
 *   smap_pin(&t), smap_unpin(&t)
 *   smap_get(&t, handle)        a pointer to the value, or NULL; pinned
 *   smap_insert(&t, value, &handle)
 *   smap_begin(&t), smap_end(&t)  what is done around an insertion or a removal
 *
 * A loop works on a copy of what smap_enter() filled in: one whose address nobody has,
 * so that it stays in registers, as a program's own variables would.
 */
#ifndef BENCH_SLOTMAP_LOOPS_READ_H
#define BENCH_SLOTMAP_LOOPS_READ_H

#include "smap.h"

/* Nothing may be moved across it, and nothing is known of memory after it. */
#if defined(__GNUC__)
#define SMAP_HERE() __asm__ volatile("" : : : "memory")
#else
#define SMAP_HERE() ((void)0)
#endif

static uint64_t
loop_pins(uint64_t n)
{
	smap_thread joined;

	if (!smap_enter(&joined))
		return 0;
	smap_thread t = joined;
	for (uint64_t i = 0; i < n; i++) {
		smap_pin(&t);
		SMAP_HERE();
		smap_unpin(&t);
		SMAP_HERE();
	}
	smap_leave(&joined);
	return n;
}

static inline uint64_t
read_one(smap_thread *t, uint64_t h)
{
	const struct smap_value *p = smap_get(t, h);

	return p ? p->a : 0;
}

/* The handle is read anew each time, so that nothing of the look-up leaves the loop. */
static uint64_t
loop_get_each(uint64_t h, uint64_t n)
{
	volatile uint64_t hot = h;
	uint64_t sum = 0;
	smap_thread joined;

	if (!smap_enter(&joined))
		return 0;
	smap_thread t = joined;
	for (uint64_t i = 0; i < n; i++) {
		smap_pin(&t);
		sum += read_one(&t, hot);
		smap_unpin(&t);
	}
	smap_leave(&joined);
	return sum;
}

static uint64_t
loop_get_hot(uint64_t h, uint64_t n)
{
	volatile uint64_t hot = h;
	uint64_t sum = 0;
	smap_thread joined;

	if (!smap_enter(&joined))
		return 0;
	smap_thread t = joined;
	smap_pin(&t);
	for (uint64_t i = 0; i < n; i++)
		sum += read_one(&t, hot);
	smap_unpin(&t);
	smap_leave(&joined);
	return sum;
}

static uint64_t
loop_get_all(const uint64_t *handles, uint64_t n, uint64_t times)
{
	uint64_t sum = 0;
	smap_thread joined;

	if (!smap_enter(&joined))
		return 0;
	smap_thread t = joined;
	smap_pin(&t);
	for (uint64_t k = 0; k < times; k++)
		for (uint64_t i = 0; i < n; i++)
			sum += read_one(&t, handles[i]);
	smap_unpin(&t);
	smap_leave(&joined);
	return sum;
}

static inline struct smap_value
value_of(uint64_t i)
{
	struct smap_value v = { i + 1, ~i };

	return v;
}

static bool
loop_fill(uint64_t n, uint64_t *ret_handles)
{
	bool good = true;
	smap_thread joined;

	if (!smap_enter(&joined))
		return false;
	smap_thread t = joined;
	for (uint64_t i = 0; i < n && good; i++) {
		smap_begin(&t);
		good = smap_insert(&t, value_of(i), &ret_handles[i]);
		smap_end(&t);
	}
	smap_leave(&joined);
	return good;
}

#endif
