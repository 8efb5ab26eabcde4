/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Batches in processes of their own. The program runs itself with BENCH_APART as its
 * first argument and what the batch is; the other prints what came of it, a word and
 * a value a line.
 */
#ifndef BENCH_APART_H
#define BENCH_APART_H

#include "bench.h"
#include "stats.h"

#define BENCH_APART "--apart"
#define BENCH_METRICS 10

struct bench_metrics {
	char name[40];
	size_t n;
	double samples[BENCH_STATS_MAX];
};

/* What came of one variant of one case. */
struct bench_result {
	char absent[160], failed[160];
	uint64_t ops;
	size_t n;
	double samples[BENCH_STATS_MAX]; /* nanoseconds per operation */
	size_t metrics;
	struct bench_metrics metric[BENCH_METRICS];
	bool measuring; /* metrics of warm-up batches are not kept */
};

/* Can this system do so? */
bool bench_apart_works(char *program);

/* Run a batch in another process: b is then as if it had run in this one. */
void bench_apart_run(struct bench_batch *b, char *program, const char *family, const char *variant,
                     const char *const *environment);

/* What the other process does. */
int bench_apart_main(int argc, char **argv, const struct bench_family *const *families);

#endif
