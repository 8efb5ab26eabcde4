/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A histogram of latencies: of any length, in fixed memory, to 1/64 of each value. */
#ifndef BENCH_HIST_H
#define BENCH_HIST_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BENCH_HIST_STEPS 64 /* in each doubling of the value */

struct bench_hist {
	uint64_t n, max;
	uint64_t count[BENCH_HIST_STEPS * 59];
};

/* The bucket of a value: the values below 64 have one each. */
static inline unsigned
bench_hist_bucket(uint64_t value)
{
	unsigned doublings = 0;

	while (value >> doublings >= 2 * BENCH_HIST_STEPS)
		doublings++;
	return doublings * BENCH_HIST_STEPS + (unsigned)(value >> doublings);
}

static inline void
bench_hist_add(struct bench_hist *h, uint64_t value)
{
	h->n++;
	if (value > h->max)
		h->max = value;
	h->count[bench_hist_bucket(value)]++;
}

/* The least value that at least the fraction q of all values does not exceed, rounded
 * up to the end of its bucket; the largest is exact. 0 for an empty histogram. */
uint64_t bench_hist_quantile(const struct bench_hist *h, double q);

#ifdef __cplusplus
}
#endif

#endif
