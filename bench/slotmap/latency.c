/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* How long the single insertion and removal takes, and above all the worst. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "smap.h"

enum { MOST = 1000000 };

static struct bench_hist inserts, removes;

static void
tell(struct bench_batch *b, const char *what, const struct bench_hist *hist)
{
	static const struct {
		const char *name;
		double q;
	} quantiles[] = { { "p50", 0.5 },
		          { "p99", 0.99 },
		          { "p99.9", 0.999 },
		          { "p99.99", 0.9999 },
		          { "max", 1 } };

	for (size_t i = 0; i < sizeof quantiles / sizeof *quantiles; i++) {
		char name[40];
		snprintf(name, sizeof name, "%s_%s_ns", what, quantiles[i].name);
		bench_metric(b, name, (double)bench_hist_quantile(hist, quantiles[i].q));
	}
}

static void
run(struct bench_batch *b, bool fresh)
{
	const struct smap_how *how = b->arg;
	const struct smap_peer *peer = how->peer;
	bool good;

	if (!smap_may(b, how, peer->replace_timed != NULL))
		return;
	uint64_t *handles = smap_handles(b, b->size);
	if (!handles)
		return;
	/* so many of those that are there: each costs what a look into cold memory does */
	const uint64_t times = fresh || b->size < MOST ? b->size : MOST;
	if (!peer->open(how, b->size) || (!fresh && !peer->fill(b->size, handles))) {
		bench_failed(b, "fill", "failed");
		return;
	}
	memset(&inserts, 0, sizeof inserts);
	memset(&removes, 0, sizeof removes);
	bench_start(b);
	if (fresh)
		good = peer->fill_timed(b->size, handles, &inserts) &&
		       peer->drain_timed(handles, b->size, &removes);
	else
		good = peer->replace_timed(handles, b->size, times, &inserts, &removes);
	bench_stop(b);
	peer->close();
	if (!good)
		bench_failed(b, "insert or remove", "failed");
	tell(b, "insert", &inserts);
	tell(b, "remove", &removes);
	b->ops = 2 * times;
}

static void
fresh(struct bench_batch *b)
{
	run(b, true);
}

static void
steady(struct bench_batch *b)
{
	run(b, false);
}

#define VARIANTS(name, run)                                                                        \
	static const struct bench_variant name[] = {                                               \
		{ "slotmap", run, &smap_how_vbuf },                                                \
		{ "slotmap, small pages", run, &smap_how_small },                                  \
		{ "exclusive", run, &smap_how_exclusive },                                         \
		{ "plain", run, &smap_how_plain },                                                 \
		{ "mutex", run, &smap_how_mutex },                                                 \
		{ "rwlock", run, &smap_how_rwlock },                                               \
		{ NULL, NULL, NULL },                                                              \
	}

VARIANTS(steady_variants, steady);
VARIANTS(fresh_variants, fresh);

static const char *const at_10_million[] = { "slotmap", "slotmap, small pages", "plain", "rwlock",
	                                     NULL };
static const struct bench_few few[] = { { 10000000, at_10_million }, { 0, NULL } };

static const uint64_t sizes[] = { 100000, 10000000, 0 };

#define FAMILY(family, name_, op_, variants_)                                                      \
	const struct bench_family family = {                                                       \
		.name = (name_),                                                                   \
		.op = (op_),                                                                       \
		.baseline = "plain",                                                               \
		.sizes = sizes,                                                                    \
		.smoke_max = 100000,                                                               \
		.quick_max = 100000,                                                               \
		.variants = (variants_),                                                           \
		.counts = true,                                                                    \
		.once = true,                                                                      \
		.slow = true,                                                                      \
		.few = few,                                                                        \
		.cost_ns = 100,                                                                    \
		.apart = smap_environment,                                                         \
	}

FAMILY(smap_case_latency, "latency", "insertion or removal at random, and a look at the clock",
       steady_variants);
FAMILY(smap_case_latency_fresh, "latency-fresh",
       "the same from an empty map to a full one, and back in the same order", fresh_variants);
