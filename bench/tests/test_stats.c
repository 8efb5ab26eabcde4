/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The expected values are computed by hand, the levels by exact fractions. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "hist.h"
#include "stats.h"

#define ABOUT 1e-12

/* CMocka before 1.1.6 knows floats only */
#define assert_close(got, expected, within) close_enough((got), (expected), (within), __LINE__)

static void
close_enough(double got, double expected, double within, int line)
{
	if (fabs(got - expected) <= within)
		return;
	fprintf(stderr, "line %d: %.17g is not %.17g\n", line, got, expected);
	fail();
}

static struct bench_stats
of(const double *samples, size_t n)
{
	struct bench_stats s;

	bench_stats_of(samples, n, &s);
	return s;
}

/* n, ..., 2, 1: each sample is its own rank */
static struct bench_stats
of_ranks(size_t n)
{
	double samples[BENCH_STATS_MAX];

	for (size_t i = 0; i < n; i++)
		samples[i] = (double)(n - i);
	return of(samples, n);
}

static void
one_sample_is_everything_and_proves_nothing(void **state)
{
	struct bench_stats s = of((double[]){ 7 }, 1);

	(void)state;
	assert_close(s.min, 7, 0);
	assert_close(s.q1, 7, 0);
	assert_close(s.median, 7, 0);
	assert_close(s.q3, 7, 0);
	assert_close(s.max, 7, 0);
	assert_close(s.low, 7, 0);
	assert_close(s.high, 7, 0);
	assert_close(s.level, 0, 0);
}

static void
quartiles_of_an_odd_number(void **state)
{
	struct bench_stats s = of((double[]){ 15, 50, 36, 7, 41, 40, 39 }, 7);

	(void)state;
	assert_close(s.min, 7, 0);
	assert_close(s.q1, 25.5, ABOUT);
	assert_close(s.median, 39, 0);
	assert_close(s.q3, 40.5, ABOUT);
	assert_close(s.max, 50, 0);
}

static void
quartiles_of_an_even_number(void **state)
{
	struct bench_stats s = of((double[]){ 4, 1, 3, 2 }, 4);

	(void)state;
	assert_close(s.q1, 1.75, ABOUT);
	assert_close(s.median, 2.5, ABOUT);
	assert_close(s.q3, 3.25, ABOUT);
}

static void
samples_stay_in_their_order(void **state)
{
	double samples[] = { 3, 1, 2 };

	(void)state;
	of(samples, 3);
	assert_close(samples[0], 3, 0);
	assert_close(samples[1], 1, 0);
	assert_close(samples[2], 2, 0);
}

static void
an_outlier_moves_the_maximum_only(void **state)
{
	struct bench_stats s = of((double[]){ 1, 1, 1, 1, 1, 1, 1, 1, 1, 1e9 }, 10);

	(void)state;
	assert_close(s.median, 1, 0);
	assert_close(s.q3, 1, 0);
	assert_close(s.high, 1, 0);
	assert_close(s.max, 1e9, 0);
}

/* Ranks and levels of the binomial distribution with p = 1/2. */
static void
interval_has_the_ranks_of_the_sign_test(void **state)
{
	static const struct {
		size_t n;
		double low, level;
	} known[] = {
		{ 2, 1, 0.5 },
		{ 5, 1, 0.9375 },
		{ 6, 1, 0.96875 },
		{ 8, 1, 0.9921875 },
		{ 9, 2, 0.9609375 },
		{ 10, 2, 0.978515625 },
		{ 15, 4, 0.96484375 },
		{ 20, 6, 0.9586105346679688 },
		{ 25, 8, 0.9567147493362427 },
		{ 30, 10, 0.9572260547429323 },
		{ 100, 40, 0.9647997997822951 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		struct bench_stats s = of_ranks(known[i].n);
		assert_close(s.low, known[i].low, 0);
		assert_close(s.high, (double)known[i].n + 1 - known[i].low, 0);
		assert_close(s.level, known[i].level, ABOUT);
	}
}

static void
interval_of_the_most_samples_does_not_underflow(void **state)
{
	struct bench_stats s = of_ranks(BENCH_STATS_MAX);

	(void)state;
	assert_close(s.low, 469, 0);
	assert_close(s.level, 0.9537088026395019, 1e-9);
}

static void
quantile_reaches_both_ends(void **state)
{
	const double x[] = { 1, 2, 4 };

	(void)state;
	assert_close(bench_quantile(x, 3, 0), 1, 0);
	assert_close(bench_quantile(x, 3, 0.75), 3, ABOUT);
	assert_close(bench_quantile(x, 3, 1), 4, 0);
}

static void
histogram_is_exact_below_128_and_to_a_64th_above(void **state)
{
	static struct bench_hist h;

	(void)state;
	assert_int_equal(bench_hist_quantile(&h, 0.5), 0);
	for (uint64_t i = 1; i <= 100; i++)
		bench_hist_add(&h, i);
	assert_int_equal(bench_hist_quantile(&h, 0.5), 50);
	assert_int_equal(bench_hist_quantile(&h, 0.99), 99);
	assert_int_equal(bench_hist_quantile(&h, 0), 1);
	for (uint64_t x = 1; x < UINT64_MAX / 3; x *= 3) {
		static struct bench_hist one;
		one = (struct bench_hist){ 0 };
		bench_hist_add(&one, x);
		bench_hist_add(&one, UINT64_MAX);
		uint64_t got = bench_hist_quantile(&one, 0.5);
		assert_true(got >= x && got - x <= x / 64);
		assert_true(bench_hist_quantile(&one, 1) == UINT64_MAX);
	}
}

static void
histogram_buckets_follow_each_other(void **state)
{
	(void)state;
	for (uint64_t x = 0; x < 1 << 16; x++) {
		unsigned step = bench_hist_bucket(x + 1) - bench_hist_bucket(x);
		assert_true(step <= 1);
	}
	assert_int_equal(bench_hist_bucket(UINT64_MAX), BENCH_HIST_STEPS * 59 - 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_sample_is_everything_and_proves_nothing),
		cmocka_unit_test(quartiles_of_an_odd_number),
		cmocka_unit_test(quartiles_of_an_even_number),
		cmocka_unit_test(samples_stay_in_their_order),
		cmocka_unit_test(an_outlier_moves_the_maximum_only),
		cmocka_unit_test(interval_has_the_ranks_of_the_sign_test),
		cmocka_unit_test(interval_of_the_most_samples_does_not_underflow),
		cmocka_unit_test(quantile_reaches_both_ends),
		cmocka_unit_test(histogram_is_exact_below_128_and_to_a_64th_above),
		cmocka_unit_test(histogram_buckets_follow_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
