/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Looking handles up: the same one again and again, or all in random order. */
#include <stddef.h>

#include "../team.h"
#include "smap.h"

enum { FEW = 1000 };

static const struct smap_peer *peer;
static uint64_t hot, hot_value;

/* A map with few elements, of which one is hot. */
static bool
open_few(struct bench_batch *b, bool able)
{
	const struct smap_how *how = b->arg;
	uint64_t handles[FEW];

	if (!smap_may(b, how, able))
		return false;
	peer = how->peer;
	if (!peer->open(how, FEW) || !peer->fill(FEW, handles)) {
		bench_failed(b, "fill", "failed");
		return false;
	}
	hot = handles[FEW / 2];
	hot_value = FEW / 2 + 1;
	return true;
}

static void
finish(struct bench_batch *b, bool right)
{
	peer->close();
	if (!right)
		bench_failed(b, "get", "the sum is wrong");
}

static bool
each(uint64_t from, uint64_t n)
{
	(void)from;
	return peer->get_each(hot, n) == n * hot_value;
}

static void
get_each(struct bench_batch *b)
{
	const struct smap_how *how = b->arg;

	if (!open_few(b, how->peer->get_each != NULL))
		return;
	bench_start(b);
	bool right = each(0, b->ops);
	bench_stop(b);
	finish(b, right);
}

static void
get_hot(struct bench_batch *b)
{
	const struct smap_how *how = b->arg;

	if (!open_few(b, how->peer->get_hot != NULL))
		return;
	bench_start(b);
	bool right = peer->get_hot(hot, b->ops) == b->ops * hot_value;
	bench_stop(b);
	finish(b, right);
}

static void
together(struct bench_batch *b, int threads)
{
	const struct smap_how *how = b->arg;
	if (!open_few(b, how->peer->get_each != NULL))
		return;
	smap_not_too_few(b, threads);
	finish(b, bench_team(b, each, b->ops * (uint64_t)threads, threads));
	bench_metric(b, "reads_per_us",
	             (double)(b->ops * (uint64_t)threads) * 1e3 / (double)(b->elapsed + 1));
}

static void
get_2(struct bench_batch *b)
{
	together(b, 2);
}

static void
get_4(struct bench_batch *b)
{
	together(b, 4);
}

static void
get_10(struct bench_batch *b)
{
	together(b, 10);
}

static void
get_random(struct bench_batch *b)
{
	const struct smap_how *how = b->arg;

	if (!smap_may(b, how, how->peer->get_all != NULL))
		return;
	uint64_t *handles = smap_handles(b, b->size);
	if (!handles)
		return;
	peer = how->peer;
	if (!peer->open(how, b->size) || !peer->fill(b->size, handles)) {
		bench_failed(b, "fill", "failed");
		return;
	}
	smap_shuffle(handles, b->size);
	uint64_t times = (b->ops + b->size - 1) / b->size;
	bench_start(b);
	bool right = peer->get_all(handles, b->size, times) == b->size * (b->size + 1) / 2 * times;
	bench_stop(b);
	finish(b, right);
	b->ops = times * b->size;
}

#define GUARDS(run)                                                                                \
	{ "urcu memb", run, &smap_how_urcu_memb }, { "urcu bp", run, &smap_how_urcu_bp },          \
		{ "urcu qsbr", run, &smap_how_urcu_qsbr },                                         \
	{                                                                                          \
		"ck epoch", run, &smap_how_ck                                                      \
	}
#define LOCKS(run)                                                                                 \
	{ "mutex", run, &smap_how_mutex },                                                         \
	{                                                                                          \
		"rwlock", run, &smap_how_rwlock                                                    \
	}

#define EACH(name, run)                                                                            \
	static const struct bench_variant name[] = {                                               \
		{ "slotmap", run, &smap_how_vbuf },                                                \
		{ "slotmap, symmetric", run, &smap_how_symmetric },                                \
		{ "exclusive", run, &smap_how_exclusive },                                         \
		{ "plain", run, &smap_how_plain },                                                 \
		GUARDS(run),                                                                       \
		LOCKS(run),                                                                        \
		{ "floor: array", run, &smap_how_array },                                          \
		{ NULL, NULL, NULL },                                                              \
	}

EACH(each_variants, get_each);
EACH(pinned_variants, get_hot);
EACH(two, get_2);
EACH(four, get_4);
EACH(ten, get_10);

static const struct bench_variant random_variants[] = {
	{ "slotmap", get_random, &smap_how_vbuf },
	{ "slotmap, small pages", get_random, &smap_how_small },
	{ "exclusive", get_random, &smap_how_exclusive },
	{ "plain", get_random, &smap_how_plain },
	{ "plain, huge", get_random, &smap_how_plain_huge },
	{ "urcu memb", get_random, &smap_how_urcu_memb },
	{ "mutex", get_random, &smap_how_mutex },
	{ "rwlock", get_random, &smap_how_rwlock },
	{ "floor: array", get_random, &smap_how_array },
	{ "floor: array, huge", get_random, &smap_how_array_huge },
	{ NULL, NULL, NULL },
};

static const char *const random_quick[] = { "slotmap", "exclusive", "plain", "floor: array", NULL };

static const struct bench_target each_targets[] = {
	{ .variant = "slotmap",
	  .figure = "time",
	  .against = "plain",
	  .at_most = 2.5,
	  .or_at_most = 1.3 },
	{ .variant = NULL },
};

static const struct bench_target pinned_targets[] = {
	{ .variant = "slotmap", .figure = "time", .against = "plain", .at_most = 1.25 },
	{ .variant = NULL },
};

static const struct bench_target random_targets[] = {
	{ .variant = "slotmap",
	  .figure = "time",
	  .against = "plain",
	  .at_most = 1.8,
	  .min_size = 1000000 },
	{ .variant = "slotmap",
	  .figure = "time",
	  .against = "plain, huge",
	  .at_most = 1.8,
	  .min_size = 1000000 },
	{ .variant = NULL },
};

static const uint64_t sizes[] = { 1000, 1000000, 0 };

#define FAMILY(family, name_, threads_, op_, variants_, targets_)                                  \
	const struct bench_family family = {                                                       \
		.name = (name_),                                                                   \
		.op = (op_),                                                                       \
		.baseline = "plain",                                                               \
		.full_only = (threads_) > 4,                                                       \
		.threads = (threads_),                                                             \
		.variants = (variants_),                                                           \
		.targets = (targets_),                                                             \
		.apart = smap_environment,                                                         \
	}

FAMILY(smap_case_get, "get", 1, "pin, get the same element, unpin", each_variants, each_targets);
FAMILY(smap_case_get_2, "get-2", 2, "the same in each of two threads at once", two, NULL);
FAMILY(smap_case_get_4, "get-4", 4, "the same in each of four threads at once", four, NULL);
FAMILY(smap_case_get_10, "get-10", 10, "the same in each of ten threads at once", ten, NULL);
FAMILY(smap_case_get_pinned, "get-pinned", 1, "get of the same element, pinned all the while",
       pinned_variants, pinned_targets);

const struct bench_family smap_case_get_random = {
	.name = "get-random",
	.op = "get, all elements in random order, pinned all the while",
	.baseline = "plain",
	.sizes = sizes,
	.smoke_max = 1000,
	.variants = random_variants,
	.targets = random_targets,
	.counts = true,
	.quick_few = random_quick,
	.cost_ns = 30,
	.apart = smap_environment,
};
