/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* One element comes and goes, again and again, beside some that stay. */
#include <stddef.h>

#include "../platform.h"
#include "../team.h"
#include "smap.h"

enum { STAY = 1000, MOST = 100000, PART = 10000 };

static bool (*one_by_one)(uint64_t n);
static uint64_t patience_ends; /* by bench_now() */
static uint64_t all_done;

static bool
part(uint64_t from, uint64_t n)
{
	(void)from;
	return one_by_one(n);
}

static bool
job(uint64_t from, uint64_t n)
{
	uint64_t done = bench_with_patience(part, from, n, PART, patience_ends);

	__atomic_fetch_add(&all_done, done, __ATOMIC_RELAXED);
	return done > 0;
}

static void
run(struct bench_batch *b, int threads, bool (*churn)(uint64_t n))
{
	const struct smap_how *how = b->arg;
	uint64_t handles[STAY];

	if (!smap_may(b, how, churn != NULL))
		return;
	if (threads > 1)
		smap_not_too_few(b, threads);
	one_by_one = churn;
	uint64_t all = b->ops * (uint64_t)threads;
	if (!how->peer->open(how, MOST) || !how->peer->fill(STAY, handles)) {
		bench_failed(b, "fill", "failed");
		return;
	}
	/* The first time round the slots are fresh. */
	bool good = churn(PART);
	all_done = 0;
	patience_ends = bench_now() + all * BENCH_PATIENCE_NS;
	if (!good || !bench_team(b, job, all, threads))
		bench_failed(b, "churn", "failed");
	b->ops = all_done / (uint64_t)threads;
	how->peer->close();
	if (threads == 1)
		return;
	bench_metric(b, "pairs_per_us", (double)all_done * 1e3 / (double)(b->elapsed + 1));
}

#define RUN(name, call, threads)                                                                   \
	static void name(struct bench_batch *b)                                                    \
	{                                                                                          \
		const struct smap_how *how = b->arg;                                               \
		run(b, threads, how->peer->call);                                                  \
	}

RUN(pins_1, churn, 1)
RUN(pins_2, churn, 2)
RUN(pins_4, churn, 4)
RUN(pins_10, churn, 10)
RUN(bare_1, churn_bare, 1)
RUN(bare_2, churn_bare, 2)
RUN(bare_4, churn_bare, 4)
RUN(bare_10, churn_bare, 10)

static const struct bench_variant one[] = {
	{ "slotmap", pins_1, &smap_how_vbuf },
	{ "slotmap, no pins", bare_1, &smap_how_vbuf },
	{ "slotmap, symmetric", pins_1, &smap_how_symmetric },
	{ "exclusive", pins_1, &smap_how_exclusive },
	{ "plain", pins_1, &smap_how_plain },
	{ "mutex", pins_1, &smap_how_mutex },
	{ "rwlock", pins_1, &smap_how_rwlock },
	{ NULL, NULL, NULL },
};

#define TOGETHER(name, threads)                                                                    \
	static const struct bench_variant name[] = {                                               \
		{ "slotmap, alone", pins_1, &smap_how_vbuf },                                      \
		{ "slotmap", pins_##threads, &smap_how_vbuf },                                     \
		{ "slotmap, no pins", bare_##threads, &smap_how_vbuf },                            \
		{ "slotmap, symmetric", pins_##threads, &smap_how_symmetric },                     \
		{ "mutex", pins_##threads, &smap_how_mutex },                                      \
		{ "rwlock", pins_##threads, &smap_how_rwlock },                                    \
		{ NULL, NULL, NULL },                                                              \
	}

TOGETHER(two, 2);
TOGETHER(four, 4);
TOGETHER(ten, 10);

static const struct bench_target one_targets[] = {
	{ .variant = "slotmap", .figure = "time", .at_most = 10 },
	{ .variant = NULL },
};

static const struct bench_target two_targets[] = {
	{ .variant = "slotmap", .figure = "time", .against = "slotmap, alone", .at_most = 1.7 },
	{ .variant = "slotmap", .figure = "time", .against = "mutex", .at_most = 1 },
	{ .variant = "slotmap", .figure = "time", .against = "rwlock", .at_most = 1 },
	{ .variant = NULL },
};

#define FAMILY(family, name_, threads_, op_, baseline_, variants_, targets_)                       \
	const struct bench_family family = {                                                       \
		.name = (name_),                                                                   \
		.op = (op_),                                                                       \
		.baseline = (baseline_),                                                           \
		.full_only = (threads_) > 4,                                                       \
		.threads = (threads_),                                                             \
		.variants = (variants_),                                                           \
		.targets = (targets_),                                                             \
		.apart = smap_environment,                                                         \
	}

FAMILY(smap_case_churn, "churn", 1, "insertion and removal of 16 bytes, a pin each", "plain", one,
       one_targets);
FAMILY(smap_case_churn_2, "churn-2", 2, "the same in each of two threads at once", "slotmap, alone",
       two, two_targets);
FAMILY(smap_case_churn_4, "churn-4", 4, "the same in each of four threads at once",
       "slotmap, alone", four, NULL);
FAMILY(smap_case_churn_10, "churn-10", 10, "the same in each of ten threads at once",
       "slotmap, alone", ten, NULL);
