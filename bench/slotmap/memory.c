/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What a map takes beside the values, what it keeps, and what a stalled reader costs. */
#include <pthread.h>
#include <stddef.h>

#include <vbuf/slotmap.h>

#include "../platform.h"
#include "smap.h"

/* --- after a burst --- */

/* Bytes of private memory that is there, to the page: the number that Linux keeps of a
 * whole process may be wrong by half a MiB. */
static bool
exactly(double *ret)
{
	struct bench_memory all;
	bool told = bench_memory_of(NULL, SIZE_MAX, &all);

	*ret = told ? (double)all.resident : 0;
	return told;
}

static void
look(struct bench_batch *b, uint64_t start, uint64_t live)
{
	uint64_t peak, now;

	if (bench_resident(&peak, &now))
		bench_series(b, "resident", "elements", "bytes", (double)live,
		             now > start ? (double)(now - start) : 0);
}

enum { STEPS = 50 };

static void
burst(struct bench_batch *b, bool shuffled)
{
	const struct smap_how *how = b->arg;
	uint64_t peak, start = 0;
	double before, full, drained, reclaimed;

	if (!smap_may(b, how, how->peer->drain != NULL))
		return;
	uint64_t *handles = smap_handles(b, b->size);
	if (!handles)
		return;
	const uint64_t step = b->size / STEPS;
	bool told = exactly(&before) && bench_resident(&peak, &start);
	if (!how->peer->open(how, b->size)) {
		bench_failed(b, "open", "out of memory");
		return;
	}
	bool good = true;
	for (uint64_t i = 0; i < STEPS && good; i++) {
		look(b, start, i * step);
		good = how->peer->fill(step, handles + i * step);
	}
	told = exactly(&full) && told;
	look(b, start, b->size);
	if (shuffled)
		smap_shuffle(handles, b->size);
	for (uint64_t i = 0; i < STEPS && good; i++) {
		bench_start(b);
		good = how->peer->drain(handles + i * step, step);
		bench_stop(b);
		look(b, start, b->size - (i + 1) * step);
	}
	told = exactly(&drained) && told;
	if (how->peer->reclaim)
		how->peer->reclaim();
	told = exactly(&reclaimed) && told;
	how->peer->close();
	if (!good)
		bench_failed(b, "insert or remove", "failed");
	b->ops = step * STEPS;
	full -= before;
	if (!told || full <= 0)
		return;
	bench_metric(b, "peak", full);
	bench_metric(b, "beside_value", full / (double)b->size - sizeof(struct smap_value));
	bench_metric(b, "left_percent", (drained - before) / full * 100);
	bench_metric(b, "reclaimed_percent", (reclaimed - before) / full * 100);
}

static void
in_order(struct bench_batch *b)
{
	burst(b, false);
}

static void
in_disorder(struct bench_batch *b)
{
	burst(b, true);
}

static const struct bench_variant burst_variants[] = {
	{ "slotmap", in_order, &smap_how_vbuf },
	{ "slotmap, shuffled", in_disorder, &smap_how_vbuf },
	{ "slotmap, small pages", in_order, &smap_how_small },
	{ "slotmap, small pages, shuffled", in_disorder, &smap_how_small },
	{ "exclusive", in_order, &smap_how_exclusive },
	{ "exclusive, shuffled", in_disorder, &smap_how_exclusive },
	{ "plain", in_order, &smap_how_plain },
	{ "plain, shuffled", in_disorder, &smap_how_plain },
	{ NULL, NULL, NULL },
};

#define BURST(name, figure_, most)                                                                 \
	{                                                                                          \
		.variant = (name), .figure = (figure_), .at_most = (most), .min_size = 10000000    \
	}

static const struct bench_target burst_targets[] = {
	BURST("slotmap", "beside_value", 9), /* all are the first in their slots; else 16.5 */
	BURST("slotmap, small pages", "beside_value", 9),
	BURST("slotmap", "reclaimed_percent", 5),
	BURST("slotmap, shuffled", "reclaimed_percent", 5),
	BURST("slotmap, small pages", "reclaimed_percent", 5),
	BURST("slotmap, small pages, shuffled", "reclaimed_percent", 5),
	{ .variant = NULL },
};

static const uint64_t burst_sizes[] = { 100000, 10000000, 0 };

const struct bench_family smap_case_memory = {
	.name = "memory",
	.op = "removal, of all elements that were inserted before",
	.baseline = "plain",
	.sizes = burst_sizes,
	.smoke_max = 100000,
	.quick_max = 100000,
	.variants = burst_variants,
	.targets = burst_targets,
	.counts = true,
	.once = true,
	.slow = true,
	.cost_ns = 60,
	.apart = smap_environment,
};

/* --- a reader that stalls --- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static enum { BEGINS, HOLDS, FAILED, MAY_GO } stage;
static const struct smap_peer *peer;
static uint64_t held;

static void
turn(int to)
{
	pthread_mutex_lock(&lock);
	stage = to;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

static void
wait_while(int it_is)
{
	pthread_mutex_lock(&lock);
	while ((int)stage == it_is)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
}

static void *
stall(void *arg)
{
	(void)arg;
	if (!peer->hold(held)) {
		turn(FAILED);
		return NULL;
	}
	turn(HOLDS);
	wait_while(HOLDS);
	peer->let_go();
	return NULL;
}

/* What the contract allows: see <vbuf/slotmap_engine.h>, "Stalled readers". */
static double
allowed(uint64_t live)
{
	return 1.25 * (double)(live + VBUF_SLOTMAP_IN_HAND);
}

static void
report(struct bench_batch *b, uint64_t live, const struct smap_state *before)
{
	/* each of the three arrays may end within a huge page */
	double bytes = allowed(live) * (sizeof(struct smap_value) + 16.5) + 3 * (2 << 20);
	struct smap_state after;

	if (!peer->state(&after)) {
		bench_failed(b, "stats", "failed");
		return;
	}
	bench_metric(b, "slots", (double)after.slots);
	bench_metric(b, "retired", (double)after.retired);
	bench_metric(b, "retired_of_bound", (double)after.retired / allowed(live));
	if (before->resident == 0 || after.resident == 0)
		return;
	bench_metric(b, "resident", (double)after.resident);
	bench_metric(b, "resident_of_bound",
	             (double)after.resident / ((double)before->resident + bytes));
}

static void
stalled(struct bench_batch *b, uint64_t live)
{
	const struct smap_how *how = b->arg;
	struct smap_state before;
	pthread_t reader;

	if (!smap_may(b, how, how->peer->hold != NULL))
		return;
	uint64_t *handles = smap_handles(b, live);
	if (!handles)
		return;
	peer = how->peer;
	stage = BEGINS;
	/* what the reader holds up needs slots too */
	if (!peer->open(how, 4 * live) || !peer->fill(live, handles) || !peer->state(&before)) {
		bench_failed(b, "fill", "failed");
		return;
	}
	held = handles[live / 2];
	if (pthread_create(&reader, NULL, stall, NULL) != 0) {
		bench_failed(b, "thread", "cannot be made");
		peer->close();
		return;
	}
	wait_while(BEGINS);
	bool good = stage == HOLDS;
	if (good) {
		bench_start(b);
		good = peer->replace(handles, live, b->size);
		bench_stop(b);
		report(b, live, &before);
	}
	turn(MAY_GO);
	pthread_join(reader, NULL);
	peer->close();
	if (!good)
		bench_failed(b, "replace", "failed");
	b->ops = b->size;
}

static void
few(struct bench_batch *b)
{
	stalled(b, 1000);
}

static void
some(struct bench_batch *b)
{
	stalled(b, 100000);
}

static void
many(struct bench_batch *b)
{
	stalled(b, 1000000);
}

static const struct bench_variant stalled_variants[] = {
	{ "1e3 live", few, &smap_how_vbuf },
	{ "1e5 live", some, &smap_how_vbuf },
	{ "1e6 live", many, &smap_how_vbuf },
	{ NULL, NULL, NULL },
};

#define BOUND(name)                                                                                \
	{ .variant = (name), .figure = "retired_of_bound", .at_most = 1 },                         \
	{                                                                                          \
		.variant = (name), .figure = "resident_of_bound", .at_most = 1                     \
	}

static const struct bench_target stalled_targets[] = {
	BOUND("1e3 live"),
	BOUND("1e5 live"),
	BOUND("1e6 live"),
	{ .variant = NULL },
};

static const char *const at_100_million[] = { "1e5 live", NULL };
static const struct bench_few stalled_few[] = { { 100000000, at_100_million }, { 0, NULL } };

static const uint64_t stalled_sizes[] = { 100000, 10000000, 100000000, 0 };

const struct bench_family smap_case_stalled = {
	.name = "stalled",
	.op = "replacement of an element at random, while another thread stays pinned",
	.baseline = "1e5 live",
	.sizes = stalled_sizes,
	.smoke_max = 100000,
	.quick_max = 100000,
	.variants = stalled_variants,
	.targets = stalled_targets,
	.counts = true,
	.once = true,
	.slow = true,
	.cost_ns = 90,
	.few = stalled_few,
	.apart = smap_environment,
};
