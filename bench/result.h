/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What came of one variant of one case, or of one batch of it. */
#ifndef BENCH_RESULT_H
#define BENCH_RESULT_H

#include "bench.h"
#include "stats.h"

enum { BENCH_FIGURES = 16, BENCH_SERIES = 2, BENCH_POINTS = 300 };

struct bench_figure {
	char name[40];
	size_t n;
	double samples[BENCH_STATS_MAX];
};

struct bench_figures {
	size_t n;
	struct bench_figure of[BENCH_FIGURES];
};

struct bench_curve {
	char name[40], x[40], unit[40];
	size_t n;
	double points[BENCH_POINTS][2];
};

struct bench_result {
	char absent[160], failed[160];
	uint64_t ops;
	size_t n;
	double samples[BENCH_STATS_MAX]; /* nanoseconds per operation */
	struct bench_figures metrics;    /* of the case */
	struct bench_figures process;    /* the same for all cases: README.md lists them */
	size_t curves;
	struct bench_curve curve[BENCH_SERIES]; /* of the last batch */
	bool measuring;                         /* figures of warm-up batches are not kept */
};

/* One more sample; false: there are too many figures. */
bool bench_note(struct bench_figures *f, const char *name, double value);

/* The points of a curve, which begins with the first. NULL: there are too many curves. */
struct bench_curve *bench_curve_of(struct bench_result *r, const char *name);

#endif
