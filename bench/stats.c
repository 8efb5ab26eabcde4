/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double
bench_quantile(const double *ascending, size_t n, double q)
{
	double at = q * (double)(n - 1);
	size_t i = (size_t)at;

	if (i + 1 >= n)
		return ascending[n - 1];
	return ascending[i] + (at - (double)i) * (ascending[i + 1] - ascending[i]);
}

/*
 * The k-th smallest and k-th largest sample enclose the median unless fewer than
 * k samples fell on one side of it, and sides fall like coins: no assumption
 * about the distribution. Take the narrowest such pair that covers it with 95 %,
 * or the extremes if even those do not.
 */
static size_t
interval_rank(size_t n, double *ret_level)
{
	double exactly = ldexp(1, -(int)n); /* that 0 samples fall on one given side */
	double fewer = exactly;             /* that fewer than k do */
	size_t k = 1;

	for (;;) {
		exactly *= (double)(n - k + 1) / (double)k;
		if (2 * (k + 1) > n + 1 || 1 - 2 * (fewer + exactly) < 0.95)
			break;
		fewer += exactly;
		k++;
	}
	*ret_level = 1 - 2 * fewer;
	return k;
}

void
bench_stats_of(const double *samples, size_t n, struct bench_stats *ret)
{
	double sorted[BENCH_STATS_MAX];
	size_t k = interval_rank(n, &ret->level);

	memcpy(sorted, samples, n * sizeof *sorted);
	qsort(sorted, n, sizeof *sorted, compare);
	ret->min = sorted[0];
	ret->q1 = bench_quantile(sorted, n, 0.25);
	ret->median = bench_quantile(sorted, n, 0.5);
	ret->q3 = bench_quantile(sorted, n, 0.75);
	ret->max = sorted[n - 1];
	ret->low = sorted[k - 1];
	ret->high = sorted[n - k];
}
