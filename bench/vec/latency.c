/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* How long the single push takes, and above all the worst. */
#include <stddef.h>

#include "vec.h"

static struct bench_hist hist;

static void
latency(struct bench_batch *b)
{
	static const struct {
		const char *name;
		double q;
	} quantiles[] = { { "p50_ns", 0.5 },
		          { "p99_ns", 0.99 },
		          { "p99.9_ns", 0.999 },
		          { "p99.99_ns", 0.9999 },
		          { "max_ns", 1 } };
	const struct vec_how *how = b->arg;
	const char *err = NULL;
	uint64_t done = 0;

	if (!vec_may(b, how))
		return;
	for (; done < b->ops && !err; done += b->size) {
		if (!vec_ok(b, "open", how->peer->open(how, b->size)))
			return;
		bench_start(b);
		err = how->peer->push_timed(b->size, &hist);
		bench_stop(b);
		how->peer->close();
	}
	vec_ok(b, "push", err);
	b->ops = done;
	for (size_t i = 0; i < sizeof quantiles / sizeof *quantiles; i++)
		bench_metric(b, quantiles[i].name,
		             (double)bench_hist_quantile(&hist, quantiles[i].q));
}

static const uint64_t sizes[] = { 1000000, 100000000, 0 };

static const struct bench_variant variants[] = {
	{ "vec", latency, &vec_default },
	{ "vec, small pages", latency, &vec_small },
	{ "vec, x2", latency, &vec_double },
	{ "vec, by 64 MiB", latency, &vec_linear },
	{ "vec, worker ahead", latency, &vec_ahead },
	{ "std::vector", latency, &vec_cpp },
	{ "std::vector, huge", latency, &vec_cpp_huge },
	{ "realloc x2", latency, &vec_x2 },
	{ NULL, NULL, NULL },
};

/* Three seconds for each. */
static const char *const at_100_million[] = {
	"vec", "vec, worker ahead", "std::vector", "realloc x2", NULL,
};
static const struct bench_few few[] = { { 100000000, at_100_million }, { 0, NULL } };
static const char *const quick[] = { "vec", "std::vector", "realloc x2", NULL };

static const struct bench_target targets[] = {
	{ .variant = "vec",
	  .figure = "max_ns",
	  .against = "std::vector",
	  .at_most = 0.25,
	  .min_size = 100000000 },
	{ .variant = NULL },
};

const struct bench_family vec_latency = {
	.name = "latency",
	.op = "push of 8 bytes into fresh memory, and a look at the clock",
	.baseline = "std::vector",
	.sizes = sizes,
	.smoke_max = 1000000,
	.quick_max = 1000000,
	.variants = variants,
	.targets = targets,
	.counts = true,
	.slow = true,
	.once = true,
	.cost_ns = 30,
	.few = few,
	.quick_few = quick,
	.apart = vec_environment,
};
