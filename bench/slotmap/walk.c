/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Iterating: over a full map, and over one that few are left in. */
#include <stddef.h>
#include <stdlib.h>

#include "smap.h"

enum { SLOTS = 1000000, SMOKE_SLOTS = 10000 };

/* The elements that stay are scattered. Returns the sum of them; 0: it failed. */
static uint64_t
thin_out(const struct smap_peer *peer, uint64_t *handles, uint64_t n, uint64_t live)
{
	uint64_t *values = malloc((size_t)n * sizeof *values), sum = 0;

	if (!values)
		return 0;
	for (uint64_t i = 0; i < n; i++)
		values[i] = i + 1;
	if (live < n) { /* one order for both */
		smap_shuffle(values, n);
		smap_shuffle(handles, n);
	}
	for (uint64_t i = 0; i < live; i++)
		sum += values[i];
	free(values);
	if (live < n && (!peer->drain || !peer->drain(handles + live, n - live)))
		return 0;
	if (peer->reclaim)
		peer->reclaim();
	return sum;
}

/* Replace as many elements as there are, at random. Returns the sum. */
static uint64_t
wear(const struct smap_peer *peer, uint64_t *handles, uint64_t n)
{
	return peer->replace(handles, n, n) ? peer->walk(1) : 0;
}

/* An operation is a slot. */
static void
run(struct bench_batch *b, uint64_t slots, uint64_t live, uint64_t (*walk)(uint64_t times))
{
	const struct smap_how *how = b->arg;

	if (!smap_may(b, how, walk != NULL))
		return;
	uint64_t *handles = smap_handles(b, slots);
	if (!handles)
		return;
	if (!how->peer->open(how, slots) || !how->peer->fill(slots, handles)) {
		bench_failed(b, "fill", "failed");
		return;
	}
	uint64_t sum = how->used ? wear(how->peer, handles, slots)
	                         : thin_out(how->peer, handles, slots, live);
	uint64_t times = (b->ops + slots - 1) / slots;
	bool right = sum != 0 && walk(1) == sum;
	if (right) {
		bench_start(b);
		right = walk(times) == sum * times;
		bench_stop(b);
	}
	how->peer->close();
	if (!right)
		bench_failed(b, "walk", "the sum is wrong");
	b->ops = slots * times;
}

#define WALKS(name, slots, live)                                                                   \
	static void name(struct bench_batch *b)                                                    \
	{                                                                                          \
		const struct smap_how *how = b->arg;                                               \
		run(b, slots, live, how->peer->walk);                                              \
	}                                                                                          \
	static void name##_handles(struct bench_batch *b)                                          \
	{                                                                                          \
		const struct smap_how *how = b->arg;                                               \
		run(b, slots, live, how->peer->walk_handles);                                      \
	}                                                                                          \
	static void name##_runs(struct bench_batch *b)                                             \
	{                                                                                          \
		const struct smap_how *how = b->arg;                                               \
		run(b, slots, live, how->peer->walk_runs);                                         \
	}                                                                                          \
	static void name##_runs_handles(struct bench_batch *b)                                     \
	{                                                                                          \
		const struct smap_how *how = b->arg;                                               \
		run(b, slots, live, how->peer->walk_runs_handles);                                 \
	}

WALKS(full, b->size, b->size)
WALKS(sparse, b->size, b->size / 100)
WALKS(occupied, b->smoke ? SMOKE_SLOTS : SLOTS, b->size)

static const struct bench_variant full_variants[] = {
	{ "array", full, &smap_how_array },
	{ "array, huge", full, &smap_how_array_huge },
	{ "every slot", full, &smap_how_words },
	{ "slotmap values", full, &smap_how_vbuf },
	{ "slotmap handles", full_handles, &smap_how_vbuf },
	{ "slotmap handles, used", full_handles, &smap_how_used },
	{ "slotmap runs", full_runs, &smap_how_vbuf },
	{ "slotmap runs, handles", full_runs_handles, &smap_how_vbuf },
	{ "exclusive values", full, &smap_how_exclusive },
	{ "plain values", full, &smap_how_plain },
	{ "plain handles", full_handles, &smap_how_plain },
	{ "plain handles, used", full_handles, &smap_how_plain_used },
	{ "plain, huge, handles", full_handles, &smap_how_plain_huge },
	{ NULL, NULL, NULL },
};

#define SCATTERED(name, run)                                                                       \
	static const struct bench_variant name[] = {                                               \
		{ "every slot", run, &smap_how_words },                                            \
		{ "every slot, huge", run, &smap_how_words_huge },                                 \
		{ "floor: bits, huge", run, &smap_how_bits_huge },                                 \
		{ "slotmap values", run, &smap_how_vbuf },                                         \
		{ "slotmap handles", run##_handles, &smap_how_vbuf },                              \
		{ "slotmap runs", run##_runs, &smap_how_vbuf },                                    \
		{ "slotmap runs, handles", run##_runs_handles, &smap_how_vbuf },                   \
		{ "exclusive values", run, &smap_how_exclusive },                                  \
		{ "plain values", run, &smap_how_plain },                                          \
		{ "plain, huge, values", run, &smap_how_plain_huge },                              \
		{ NULL, NULL, NULL },                                                              \
	}

SCATTERED(sparse_variants, sparse);
SCATTERED(occupied_variants, occupied);

#define TARGET(name, other, most)                                                                  \
	{                                                                                          \
		.variant = (name), .figure = "time", .against = (other), .at_most = (most),        \
		.min_size = 1000000                                                                \
	}

static const char *const full_quick[] = { "array",           "every slot",   "slotmap values",
	                                  "slotmap handles", "plain values", NULL };
static const char *const sparse_quick[] = { "every slot", "slotmap values", "plain values", NULL };

static const struct bench_target full_targets[] = {
	TARGET("slotmap values", "array", 1.7),      TARGET("slotmap handles", "array", 2.5),
	TARGET("slotmap runs", "array", 1.7),        TARGET("slotmap runs, handles", "array", 2.5),
	TARGET("slotmap values", NULL, 0.42),        TARGET("slotmap handles", NULL, 0.42),
	TARGET("slotmap runs, handles", NULL, 0.42), { .variant = NULL },
};

static const struct bench_target sparse_targets[] = {
	TARGET("slotmap values", "every slot", 0.05),
	TARGET("slotmap handles", "every slot", 0.05),
	TARGET("slotmap values", "plain values", 0.05),
	{ .variant = NULL },
};

static const uint64_t full_sizes[] = { 1000, 1000000, 0 };
static const uint64_t sparse_sizes[] = { 10000, 1000000, 0 };
static const uint64_t occupied_sizes[] = { 1000, 10000, 100000, 300000, 1000000, 0 };

const struct bench_family smap_case_walk = {
	.name = "walk",
	.op = "the next element of a full map",
	.baseline = "array",
	.sizes = full_sizes,
	.variants = full_variants,
	.targets = full_targets,
	.smoke_max = 1000,
	.counts = true,
	.cost_ns = 20,
	.quick_few = full_quick,
	.apart = smap_environment,
};

const struct bench_family smap_case_sparse = {
	.name = "sparse",
	.op = "slot of so many, of which one in a hundred has an element",
	.baseline = "every slot",
	.sizes = sparse_sizes,
	.variants = sparse_variants,
	.targets = sparse_targets,
	.smoke_max = 10000,
	.counts = true,
	.cost_ns = 30,
	.quick_few = sparse_quick,
	.apart = smap_environment,
};

const struct bench_family smap_case_occupancy = {
	.name = "occupancy",
	.op = "slot of a million, of which so many have an element",
	.baseline = "every slot",
	.sizes = occupied_sizes,
	.smoke_max = 1000,
	.full_only = true,
	.variants = occupied_variants,
	.counts = true,
	.slow = true,
	.cost_ns = 50,
	.apart = smap_environment,
};
