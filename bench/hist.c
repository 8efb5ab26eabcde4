/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "hist.h"

#include <math.h>
#include <stddef.h>

/* The largest value of a bucket. */
static uint64_t
last_of(size_t bucket)
{
	if (bucket < 2 * BENCH_HIST_STEPS)
		return bucket;
	unsigned doublings = (unsigned)(bucket / BENCH_HIST_STEPS) - 1;
	uint64_t first = bucket - (uint64_t)doublings * BENCH_HIST_STEPS;
	return ((first + 1) << doublings) - 1;
}

uint64_t
bench_hist_quantile(const struct bench_hist *h, double q)
{
	double rank = ceil(q * (double)h->n);
	uint64_t seen = 0;

	for (size_t i = 0; i < sizeof h->count / sizeof *h->count; i++) {
		seen += h->count[i];
		if (seen > 0 && (double)seen >= rank)
			return last_of(i) < h->max ? last_of(i) : h->max;
	}
	return h->max;
}
