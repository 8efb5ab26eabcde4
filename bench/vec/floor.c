/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * What no vector can go below: the stores alone, into memory that is there; the same by
 * memset(); and the zeros that the system puts into memory before anybody gets it. What
 * comes cold needs the zeros and the stores.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "vec.h"

#if defined(__GNUC__)
__attribute__((noinline))
#endif
void
vec_store_all(uint64_t *p, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++) {
		uint64_t x = i;
#if defined(__GNUC__)
		__asm__("" : "+r"(x));
#endif
		p[i] = x;
	}
}

static void
set_all(uint64_t *p, uint64_t n)
{
	memset(p, (int)(n & 0xff) + 1, (size_t)n * sizeof *p);
}

static void
warm(struct bench_batch *b, void (*fill)(uint64_t *p, uint64_t n), bool huge)
{
	struct vec_pages pages;
	const char *err = vec_pages_take(&pages, (size_t)b->size * sizeof(uint64_t), huge);

	if (err) {
		bench_absent(b, err);
		return;
	}
	vec_store_all(pages.base, b->size);
	bench_start(b);
	fill(pages.base, b->size);
	bench_stop(b);
	vec_pages_give(&pages);
	b->ops = b->size;
}

void
vec_floor_stores(struct bench_batch *b)
{
	warm(b, vec_store_all, false);
}

void
vec_floor_stores_huge(struct bench_batch *b)
{
	warm(b, vec_store_all, true);
}

void
vec_floor_memset(struct bench_batch *b)
{
	warm(b, set_all, true);
}

static void
zeros(struct bench_batch *b, bool huge)
{
	struct vec_pages pages;

	bench_start(b);
	const char *err = vec_pages_take(&pages, (size_t)b->size * sizeof(uint64_t), huge);
	bench_stop(b);
	if (err)
		bench_absent(b, err);
	else
		vec_pages_give(&pages);
	b->ops = b->size;
}

void
vec_floor_zeros(struct bench_batch *b)
{
	zeros(b, false);
}

void
vec_floor_zeros_huge(struct bench_batch *b)
{
	zeros(b, true);
}
