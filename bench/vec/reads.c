/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What huge pages do for whoever reads here and there. */
#include <stddef.h>

#include "../platform.h"
#include "vec.h"

static void
reads(struct bench_batch *b)
{
	const uint64_t least = 1 << 20;
	const struct vec_how *how = b->arg;
	uint64_t n = b->size / sizeof(uint64_t), room = bench_available(), x = 1;

	if (!vec_may(b, how))
		return;
	if (b->smoke)
		n = least;
	while (room && n * sizeof(uint64_t) > room / 3)
		n /= 2;
	bench_metric(b, "bytes", (double)(n * sizeof(uint64_t)));
	if (!vec_ok(b, "open", how->peer->open(how, n)))
		return;
	if (!vec_ok(b, "push", how->peer->push(n)))
		return;
	const uint64_t *data = how->peer->data();
	if (b->ops < least)
		b->ops = least;
	bench_start(b);
	for (uint64_t i = 0; i < b->ops; i++) { /* each needs what the one before has read */
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		x += data[x & (n - 1)];
	}
	bench_stop(b);
	how->peer->close();
	if (x == 0)
		bench_metric(b, "zero", 1);
}

static const uint64_t sizes[] = { UINT64_C(4) << 30, 0 };

static const struct bench_variant variants[] = {
	{ "vec", reads, &vec_default },
	{ "vec, small pages", reads, &vec_small },
	{ "std::vector reserve, huge", reads, &vec_cpp_reserve_huge },
	{ NULL, NULL, NULL },
};

static const struct bench_target targets[] = {
	{ .variant = "vec", .figure = "time", .against = "vec, small pages", .at_most = 1 },
	{ .variant = NULL },
};

const struct bench_family vec_reads = {
	.name = "reads",
	.op = "dependent read of a random element",
	.baseline = "vec, small pages",
	.sizes = sizes,
	.variants = variants,
	.targets = targets,
	.slow = true,
	.full_only = true,
	.cost_ns = 0.8,
	.apart = vec_environment,
};
