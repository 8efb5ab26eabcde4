/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef BENCH_STATS_H
#define BENCH_STATS_H

#include <stddef.h>

/* Beyond this many the coverage of the interval underflows. */
#define BENCH_STATS_MAX 1000

struct bench_stats {
	double min, q1, median, q3, max;
	double low, high; /* an interval for the median of what was sampled */
	double level;     /* the probability that it covers that median */
};

/* Quantile q in [0, 1] of n > 0 ascending samples, linear between neighbours
 * (type 7 of Hyndman and Fan: what R and NumPy do). */
double bench_quantile(const double *ascending, size_t n, double q);

/* Of 0 < n <= BENCH_STATS_MAX samples in any order. */
void bench_stats_of(const double *samples, size_t n, struct bench_stats *ret);

#endif
