/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Reads, one after the other, of a vector that is complete; beside a plain array. */
#include <stddef.h>

#include "cvec.h"

static void
run(struct bench_batch *b, uint64_t (*read)(uint64_t n))
{
	const struct cvec_how *how = b->arg;
	uint64_t done = 0, expected = b->size * (b->size + 1) / 2;
	bool right = true;

	if (!cvec_may(b, how, read != NULL))
		return;
	if (!how->peer->open(b->size) || !how->peer->push(1, b->size)) {
		bench_failed(b, "push", "failed");
		return;
	}
	right = read(b->size) == expected; /* the first has the prefix found */
	if (how->peer->len && how->peer->len() != b->size)
		right = false;
	bench_start(b);
	for (; done < b->ops && right; done += b->size)
		right = read(b->size) == expected;
	bench_stop(b);
	how->peer->close();
	if (!right)
		bench_failed(b, "read", "the sum is wrong");
	b->ops = done;
}

#define READ(name, call)                                                                           \
	static void name(struct bench_batch *b)                                                    \
	{                                                                                          \
		const struct cvec_how *how = b->arg;                                               \
		run(b, how->peer->call);                                                           \
	}

READ(get, get)
READ(unchecked, unchecked)
READ(prefix, prefix)
READ(walk, walk)

static const uint64_t sizes[] = { 1000, 1000000, 0 };

static const struct bench_variant variants[] = {
	{ "array", get, &cvec_how_array },
	{ "cvec get", get, &cvec_how_vbuf },
	{ "cvec unchecked", unchecked, &cvec_how_vbuf },
	{ "cvec prefix", prefix, &cvec_how_vbuf },
	{ "cvec next", walk, &cvec_how_vbuf },
	{ "TBB", get, &cvec_how_tbb },
	{ "mutex", get, &cvec_how_mutex },
	{ "rwlock", get, &cvec_how_rwlock },
	{ NULL, NULL, NULL },
};

static const struct bench_target targets[] = {
	{ .variant = "cvec get", .figure = "time", .against = "array", .at_most = 2 },
	{ .variant = "cvec unchecked", .figure = "time", .against = "array", .at_most = 1.1 },
	{ .variant = "cvec prefix", .figure = "time", .against = "array", .at_most = 1.05 },
	{ .variant = NULL },
};

const struct bench_family cvec_reads = {
	.name = "reads",
	.op = "read of the next element, and an addition",
	.baseline = "array",
	.sizes = sizes,
	.quick_max = 1000,
	.variants = variants,
	.targets = targets,
	.counts = true,
	.apart = cvec_environment,
};
