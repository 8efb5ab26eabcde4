/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Into memory that is there already: what the code itself costs. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "../platform.h"
#include "vec.h"

static bool
open_full(struct bench_batch *b, const struct vec_how *how, uint64_t n)
{
	if (!vec_may(b, how) || !vec_ok(b, "open", how->peer->open(how, n)))
		return false;
	return vec_ok(b, "push", how->peer->push(n));
}

static void
again(struct bench_batch *b, const char *(*push)(uint64_t n))
{
	const struct vec_how *how = b->arg;
	const char *err = NULL;
	uint64_t done = 0;

	if (!open_full(b, how, b->size))
		return;
	bench_start(b);
	for (; done < b->ops && !err; done += b->size) {
		how->peer->clear();
		err = push(b->size);
	}
	bench_stop(b);
	how->peer->close();
	vec_ok(b, "push", err);
	b->ops = done;
}

static void
local(struct bench_batch *b)
{
	const struct vec_how *how = b->arg;

	again(b, how->peer->push);
}

static void
through(struct bench_batch *b)
{
	const struct vec_how *how = b->arg;

	again(b, how->peer->push_through);
}

/* In the same kind of memory, so that the pages make no difference. */
static void
store(struct bench_batch *b)
{
	const struct vec_how *how = b->arg;
	uint64_t done = 0;

	if (!open_full(b, how, b->size))
		return;
	bench_start(b);
	for (; done < b->ops; done += b->size)
		vec_store_all(how->peer->data(), b->size);
	bench_stop(b);
	how->peer->close();
	b->ops = done;
}

enum { AREA = 1 << 19 }; /* elements: 4 MiB */

static uint64_t source[AREA];

static void
append(struct bench_batch *b)
{
	const struct vec_how *how = b->arg;
	const uint64_t n = b->size / sizeof(uint64_t);
	uint64_t used = AREA;
	const char *err = NULL;

	if (!open_full(b, how, AREA))
		return;
	memset(source, 1, sizeof source);
	bench_start(b);
	for (uint64_t i = 0; i < b->ops && !err; i++, used += n) {
		if (used + n > AREA) {
			how->peer->clear();
			used = 0;
		}
		err = how->peer->append(source, n);
	}
	bench_stop(b);
	how->peer->close();
	vec_ok(b, "append", err);
}

/* Of a size that the compiler does not know. */
static void
copy(struct bench_batch *b)
{
	const struct vec_how *how = b->arg;
	const uint64_t n = b->size / sizeof(uint64_t);
	uint64_t used = AREA;

	if (!open_full(b, how, AREA))
		return;
	memset(source, 1, sizeof source);
	bench_start(b);
	for (uint64_t i = 0; i < b->ops; i++, used += n) {
		if (used + n > AREA)
			used = 0;
		memcpy(how->peer->data() + used, source, (size_t)n * sizeof *source);
	}
	bench_stop(b);
	how->peer->close();
}

/* Up and down by b->size elements, from the very length at which the vector must grow. */
static void
swing(struct bench_batch *b)
{
	const struct vec_how *how = b->arg;
	const uint64_t least = b->smoke ? 1000000 : 4000000;
	const uint64_t n = b->size < least ? b->size : least;
	const char *err;
	uint64_t done = 0, full;

	if (!open_full(b, how, least))
		return;
	full = how->peer->capacity();
	err = how->peer->push(full - least);
	if (b->size >= least / 2) /* down from there, and up again */
		how->peer->pop(n);
	if (!err)
		err = how->peer->push_through(n);
	how->peer->pop(n);
	bench_start(b);
	for (; done < b->ops && !err; done += 2 * n) {
		err = how->peer->push_through(n);
		how->peer->pop(n);
	}
	bench_stop(b);
	how->peer->close();
	vec_ok(b, "push", err);
	b->ops = done;
}

static const uint64_t sizes[] = { 1000, 100000, 10000000, 0 };
static const uint64_t append_sizes[] = { 64, 4096, 1 << 20, 0 };
static const uint64_t swing_sizes[] = { 1, 1000, 3900000, 0 };

static const struct bench_variant variants[] = {
	{ "store loop", store, &vec_default },         { "vec, local", local, &vec_default },
	{ "vec, pointer", through, &vec_default },     { "realloc, local", local, &vec_x2 },
	{ "realloc, pointer", through, &vec_x2 },      { "std::vector, local", local, &vec_cpp },
	{ "std::vector, pointer", through, &vec_cpp }, { NULL, NULL, NULL },
};

static const struct bench_variant append_variants[] = {
	{ "memcpy", copy, &vec_default },
	{ "vec", append, &vec_default },
	{ "realloc x2", append, &vec_x2 },
	{ "std::vector", append, &vec_cpp },
	{ NULL, NULL, NULL },
};

static const struct bench_variant swing_variants[] = {
	{ "vec", swing, &vec_default },
	{ "vec, shrink never", swing, &vec_kept },
	{ "realloc x2", swing, &vec_x2 },
	{ "std::vector", swing, &vec_cpp },
	{ NULL, NULL, NULL },
};

static const struct bench_target targets[] = {
	{ .variant = "vec, local", .figure = "time", .against = "store loop", .at_most = 1.15 },
	{ .variant = "vec, pointer", .figure = "time", .against = "store loop", .at_most = 1.15 },
	{ .variant = NULL },
};

static const struct bench_target append_targets[] = {
	{ .variant = "vec",
	  .figure = "time",
	  .against = "memcpy",
	  .at_most = 1.1,
	  .min_size = 4096 },
	{ .variant = NULL },
};

const struct bench_family vec_warm = {
	.name = "warm",
	.op = "push of 8 bytes into memory that was used before, of that many",
	.baseline = "store loop",
	.sizes = sizes,
	.smoke_max = 100000,
	.quick_max = 100000,
	.variants = variants,
	.targets = targets,
	.counts = true,
	.apart = vec_environment,
};

const struct bench_family vec_append = {
	.name = "append",
	.op = "append of so many bytes, to memory that was used before",
	.baseline = "memcpy",
	.sizes = append_sizes,
	.variants = append_variants,
	.targets = append_targets,
	.apart = vec_environment,
};

const struct bench_family vec_swing = {
	.name = "swing",
	.op = "push or pop; so many of each in turn, where the capacity ends",
	.baseline = "vec, shrink never",
	.sizes = swing_sizes,
	.smoke_max = 1000,
	.quick_max = 1000,
	.variants = swing_variants,
	.counts = true,
	.apart = vec_environment,
};
