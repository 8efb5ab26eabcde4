/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Short lives: what creation and destruction cost beside the pushes. */
#include <stddef.h>

#include "../platform.h"
#include "vec.h"

static void
life(struct bench_batch *b)
{
	const struct vec_how *how = b->arg;
	const uint64_t times = (b->ops + b->size - 1) / b->size;

	if (!vec_may(b, how) || !vec_ok(b, "first life", how->peer->lives(how, b->size, 3)))
		return;
	bench_start(b);
	const char *err = how->peer->lives(how, b->size, times);
	bench_stop(b);
	vec_ok(b, "life", err);
	b->ops = times * b->size;
}

static void
tiny(struct bench_batch *b)
{
	const struct vec_how *how = b->arg;
	uint64_t resident = 0, done = 0;

	if (sizeof(void *) == 4 && how == &vec_default) {
		bench_absent(b, "so many without a maximum do not fit in addresses of 32 bits");
		return;
	}
	if (!vec_may(b, how) || !vec_ok(b, "first", how->peer->many(how, b->size, &resident)))
		return;
	for (; done < b->ops; done += VEC_MANY) {
		bench_start(b);
		const char *err = how->peer->many(how, b->size, NULL);
		bench_stop(b);
		if (!vec_ok(b, "many", err))
			return;
	}
	if (resident)
		bench_metric(b, "resident_each", (double)resident / VEC_MANY);
	b->ops = done;
}

static const uint64_t sizes[] = { 10, 1000, 100000, 0 };
static const uint64_t tiny_sizes[] = { 10, 1000, 0 };

static const struct bench_variant variants[] = {
	{ "vec", life, &vec_default },       { "vec, cache off", life, &vec_cold },
	{ "realloc x2", life, &vec_x2 },     { "realloc x2, huge", life, &vec_x2_huge },
	{ "realloc x1.5", life, &vec_x15 },  { "jemalloc x2", life, &vec_je_x2 },
	{ "mimalloc x2", life, &vec_mi_x2 }, { "tcmalloc x2", life, &vec_tc_x2 },
	{ "std::vector", life, &vec_cpp },   { "std::vector reserve", life, &vec_cpp_reserve },
	{ "mapping", life, &vec_plain_map }, { NULL, NULL, NULL },
};

static const struct bench_variant tiny_variants[] = {
	{ "vec", tiny, &vec_default },       { "vec, maximum", tiny, &vec_bounded },
	{ "realloc x2", tiny, &vec_x2 },     { "jemalloc x2", tiny, &vec_je_x2 },
	{ "mimalloc x2", tiny, &vec_mi_x2 }, { "tcmalloc x2", tiny, &vec_tc_x2 },
	{ "std::vector", tiny, &vec_cpp },   { NULL, NULL, NULL },
};

static const struct bench_target targets[] = {
	{ .variant = "vec",
	  .figure = "time",
	  .against = "realloc x2",
	  .at_most = 1,
	  .min_size = 100000 },
	{ .variant = NULL },
};

const struct bench_family vec_life = {
	.name = "life",
	.op = "push, all costs of a vector that has so many and ends, over and over",
	.baseline = "realloc x2",
	.sizes = sizes,
	.variants = variants,
	.targets = targets,
	.counts = true,
	.cost_ns = 30,
	.apart = vec_environment,
};

const struct bench_family vec_tiny = {
	.name = "many",
	.op = "life of a vector of so many, 1000 of them at a time",
	.baseline = "realloc x2",
	.sizes = tiny_sizes,
	.quick_max = 10,
	.variants = tiny_variants,
	.counts = true,
	.cost_ns = 10000,
	.apart = vec_environment,
};
