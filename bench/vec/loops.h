/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The timed loops. A peer defines, then includes this once and uses VEC_PEER_LOOPS:
 *
 *   vector                     the type; VEC_EMPTY its initial value, VEC_MOVE(x) x, moved
 *   vector_open(v, how, n)     NULL, or what went wrong; a failed one needs no close
 *   vector_push(v, x)          false: it failed
 *   vector_append(v, from, n)  false: it failed
 *   vector_pop(v), vector_clear(v), vector_fit(v), vector_data(v), vector_len(v),
 * vector_capacity(v), vector_close(v)
 *
 * Valid C and C++.
 */
#include "../platform.h"

static vector the_one VEC_EMPTY;

static const char *
loop_open(const struct vec_how *how, uint64_t n)
{
	return vector_open(&the_one, how, n);
}

static const char *
loop_push(uint64_t n)
{
	vector v = VEC_MOVE(the_one);
	bool good = true;

	for (uint64_t i = 0; i < n && good; i++)
		good = vector_push(&v, i);
	the_one = VEC_MOVE(v);
	return good ? NULL : "a push failed";
}

#if defined(__GNUC__)
__attribute__((noinline))
#endif
static bool
push_all(vector *v, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		if (!vector_push(v, i))
			return false;
	return true;
}

static const char *
loop_push_through(uint64_t n)
{
	vector *volatile hidden = &the_one; /* which one it is, the compiler is not to know */

	return push_all(hidden, n) ? NULL : "a push failed";
}

/* One look at the clock a push: it ends one and begins the next. */
static const char *
loop_push_timed(uint64_t n, struct bench_hist *hist)
{
	vector v = VEC_MOVE(the_one);
	bool good = true;
	uint64_t before = bench_now();

	for (uint64_t i = 0; i < n && good; i++) {
		good = vector_push(&v, i);
		uint64_t now = bench_now();
		bench_hist_add(hist, now - before);
		before = now;
	}
	the_one = VEC_MOVE(v);
	return good ? NULL : "a push failed";
}

static const char *
loop_append(const uint64_t *from, uint64_t n)
{
	return vector_append(&the_one, from, (size_t)n) ? NULL : "an append failed";
}

static void
loop_pop(uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		vector_pop(&the_one);
}

static void
loop_clear(void)
{
	vector_clear(&the_one);
}

static void
loop_fit(void)
{
	vector_fit(&the_one);
}

static uint64_t
loop_capacity(void)
{
	return vector_capacity(&the_one);
}

static uint64_t *
loop_data(void)
{
	return vector_data(&the_one);
}

/* Bytes that there are beyond the length, over those that may be: an eighth of the
 * length or least, whichever is more. The worst of all lengths; -1: failed. */
static double
loop_spare(uint64_t n, uint64_t least)
{
	double worst = 0;

	for (uint64_t i = 0, have = 0; i < n; i++) {
		if (!vector_push(&the_one, i))
			return -1;
		if (i < have)
			continue;
		have = vector_capacity(&the_one);
		uint64_t may = (i + 1) * sizeof(uint64_t) / 8;
		double spare = (double)((have - (i + 1)) * sizeof(uint64_t)) /
		               (double)(may > least ? may : least);
		worst = spare > worst ? spare : worst;
	}
	return worst;
}

static void
loop_close(void)
{
	vector_close(&the_one);
}

static const char *
loop_lives(const struct vec_how *how, uint64_t n, uint64_t times)
{
	for (uint64_t t = 0; t < times; t++) {
		vector v VEC_EMPTY;
		const char *err = vector_open(&v, how, n);
		bool good = true;

		if (err)
			return err;
		vector w = VEC_MOVE(v);  /* one whose address nobody has */
		if (vector_len(&w) != 0) /* so the compiler knows, as it would of { 0 } */
			return "a new vector has elements";
		for (uint64_t i = 0; i < n && good; i++)
			good = vector_push(&w, i);
#if defined(__GNUC__) /* or it may all be seen to be in vain */
		__asm__ volatile("" : : "r"(vector_data(&w)) : "memory");
#endif
		v = VEC_MOVE(w);
		vector_close(&v);
		if (!good)
			return "a push failed";
	}
	return NULL;
}

static const char *
loop_many(const struct vec_how *how, uint64_t n, uint64_t *ret_resident)
{
	static vector all[VEC_MANY];
	const char *err = NULL;
	uint64_t peak, before = 0;
	size_t made = 0;

	if (ret_resident && !bench_resident(&peak, &before))
		ret_resident = NULL;
	while (made < VEC_MANY && !err) {
		err = vector_open(&all[made], how, n);
		if (err)
			break;
		for (uint64_t i = 0; i < n && !err; i++)
			err = vector_push(&all[made], i) ? NULL : "a push failed";
		made++;
	}
	if (ret_resident && bench_resident(&peak, ret_resident))
		*ret_resident -= before < *ret_resident ? before : *ret_resident;
	while (made > 0)
		vector_close(&all[--made]);
	return err;
}

#define VEC_PEER_LOOPS                                                                             \
	{                                                                                          \
		NULL, loop_open, loop_push, loop_push_through, loop_push_timed, loop_append,       \
			loop_pop, loop_clear, loop_fit, loop_data, loop_capacity, loop_spare,      \
			loop_close, loop_lives, loop_many,                                         \
	}
