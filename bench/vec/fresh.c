/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Pushes into memory that the process has not had before. */
#include <stddef.h>

#include <vbuf/vbuf.h>

#include "../platform.h"
#include "vec.h"

static const double MIB = 1 << 20;

static const char *
fill(const struct vec_how *how, uint64_t n)
{
	const char *err = how->peer->open(how, n);

	if (err)
		return err;
	if (how->ready == VEC_STEPS)
		return vec_vbuf_push_steps(n, how->step);
	return how->peer->push(n);
}

static void
push(struct bench_batch *b)
{
	const struct vec_how *how = b->arg;
	const double payload = (double)(b->size * sizeof(uint64_t));
	uint64_t peak[2], now[2];

	if (!vec_may(b, how))
		return;
	bool tells = bench_resident(&peak[0], &now[0]);
	uint64_t cpu = bench_cpu_time(), wall = bench_now();
	bench_start(b);
	const char *err = fill(how, b->size);
	bench_stop(b);
	wall = bench_now() - wall;
	cpu = bench_cpu_time() - cpu;
	/* only where it was this batch that made the peak */
	if (tells && bench_resident(&peak[1], &now[1]) && peak[1] > peak[0])
		bench_metric(b, "peak_of_allowed",
		             (double)(peak[1] - now[0]) / (payload * 1.02 + 2 * MIB));
	if (how->ready == VEC_AHEAD && wall > 0)
		bench_metric(b, "cores", (double)cpu / (double)wall);
	how->peer->close();
	vec_ok(b, "push", err);
	b->ops = b->size;
}

static void
spare(struct bench_batch *b)
{
	const struct vec_how *how = b->arg;
	uint64_t huge = vbuf_huge_page_size(), done = 0;
	double worst;

	if (!vec_may(b, how))
		return;
	for (; done < b->ops; done += b->size) {
		if (!vec_ok(b, "open", how->peer->open(how, b->size)))
			return;
		bench_start(b);
		worst = how->peer->spare(b->size, huge ? huge : (uint64_t)(2 * MIB));
		bench_stop(b);
		how->peer->close();
		if (!vec_ok(b, "push", worst < 0 ? "failed" : NULL))
			return;
		bench_metric(b, "spare_of_allowed", worst);
	}
	b->ops = done;
}

static const uint64_t sizes[] = { 1000, 10000, 100000, 1000000, 10000000, 100000000, 400000000, 0 };
static const uint64_t allocator_sizes[] = { 100000, 1000000, 10000000, 100000000, 0 };
static const uint64_t memory_sizes[] = { 1000000, 30000000, 0 };

static const struct bench_variant push_variants[] = {
	{ "vec", push, &vec_default },
	{ "vec, small pages", push, &vec_small },
	{ "vec, prefault", push, &vec_ready },
	{ "vec, prefault by 4 MiB", push, &vec_steps },
	{ "vec, worker ahead", push, &vec_ahead },
	{ "realloc x2", push, &vec_x2 },
	{ "realloc x2, huge", push, &vec_x2_huge },
	{ "realloc x1.5", push, &vec_x15 },
	{ "realloc x1.5, huge", push, &vec_x15_huge },
	{ "std::vector", push, &vec_cpp },
	{ "std::vector, huge", push, &vec_cpp_huge },
	{ "std::vector reserve", push, &vec_cpp_reserve },
	{ "std::vector reserve, huge", push, &vec_cpp_reserve_huge },
	{ "std::deque", push, &vec_cpp_deque },
	{ "std::deque, huge", push, &vec_cpp_deque_huge },
	{ "mapping", push, &vec_plain_map },
	{ "mapping, huge", push, &vec_huge_map },
	{ "floor: warm stores", vec_floor_stores, NULL },
	{ "floor: warm stores, huge", vec_floor_stores_huge, NULL },
	{ "floor: warm memset, huge", vec_floor_memset, NULL },
	{ "floor: zeroed pages", vec_floor_zeros, NULL },
	{ "floor: zeroed pages, huge", vec_floor_zeros_huge, NULL },
	{ NULL, NULL, NULL },
};

/* In gigabytes, and in the time there is. */
static const char *const push_at_100_million[] = {
	"vec",
	"vec, small pages",
	"vec, prefault",
	"vec, prefault by 4 MiB",
	"vec, worker ahead",
	"realloc x2",
	"realloc x2, huge",
	"realloc x1.5",
	"std::vector",
	"std::vector, huge",
	"std::vector reserve",
	"std::deque",
	"mapping",
	"mapping, huge",
	"floor: warm stores, huge",
	"floor: zeroed pages, huge",
	NULL,
};
static const char *const push_at_400_million[] = { "vec", "realloc x2", "realloc x2, huge", NULL };
static const struct bench_few push_few[] = {
	{ 100000000, push_at_100_million },
	{ 400000000, push_at_400_million },
	{ 0, NULL },
};
static const char *const quick_push[] = {
	"vec",
	"vec, small pages",
	"vec, prefault by 4 MiB",
	"vec, worker ahead",
	"realloc x2",
	"realloc x2, huge",
	"std::vector",
	"std::vector, huge",
	"std::deque",
	"mapping, huge",
	"floor: warm stores",
	NULL,
};

static const struct bench_variant allocator_variants[] = {
	{ "vec", push, &vec_default },          { "realloc x2", push, &vec_x2 },
	{ "jemalloc x2", push, &vec_je_x2 },    { "jemalloc x2, huge", push, &vec_je_x2_huge },
	{ "jemalloc x1.5", push, &vec_je_x15 }, { "jemalloc x1.5, huge", push, &vec_je_x15_huge },
	{ "mimalloc x2", push, &vec_mi_x2 },    { "mimalloc x2, huge", push, &vec_mi_x2_huge },
	{ "mimalloc x1.5", push, &vec_mi_x15 }, { "mimalloc x1.5, huge", push, &vec_mi_x15_huge },
	{ "tcmalloc x2", push, &vec_tc_x2 },    { "tcmalloc x2, huge", push, &vec_tc_x2_huge },
	{ "tcmalloc x1.5", push, &vec_tc_x15 }, { NULL, NULL, NULL },
};

static const char *const allocators_at_100_million[] = {
	"vec",         "realloc x2",        "jemalloc x2", "jemalloc x2, huge",
	"mimalloc x2", "mimalloc x2, huge", "tcmalloc x2", "tcmalloc x2, huge",
	NULL,
};
static const struct bench_few allocator_few[] = { { 100000000, allocators_at_100_million },
	                                          { 0, NULL } };

static const struct bench_variant memory_variants[] = {
	{ "vec", spare, &vec_default },     { "vec, x2", spare, &vec_double },
	{ "realloc x2", spare, &vec_x2 },   { "realloc x1.5", spare, &vec_x15 },
	{ "std::vector", spare, &vec_cpp }, { NULL, NULL, NULL },
};

#define LARGE 10000000
#define AGAINST(other, most)                                                                       \
	{                                                                                          \
		.variant = "vec", .figure = "time", .against = other, .at_most = most,             \
		.min_size = LARGE                                                                  \
	}

static const struct bench_target push_targets[] = {
	AGAINST("realloc x2", 0.30),
	AGAINST("realloc x2, huge", 1.1),
	AGAINST("std::vector, huge", 0.6),
	{ .variant = "vec, prefault by 4 MiB",
	  .figure = "time",
	  .against = "realloc x2",
	  .at_most = 0.22,
	  .min_size = LARGE },
	{ .variant = "vec, worker ahead",
	  .figure = "time",
	  .against = "realloc x2",
	  .at_most = 0.15,
	  .min_size = 10 * LARGE }, /* or it is the making of a thread that is measured */
	{ .variant = "vec", .figure = "peak_of_allowed", .at_most = 1 },
	{ .variant = NULL },
};

static const struct bench_target allocator_targets[] = {
	AGAINST("jemalloc x2", 0.30), AGAINST("jemalloc x2, huge", 1.1),
	AGAINST("mimalloc x2", 0.30), AGAINST("mimalloc x2, huge", 1.1),
	AGAINST("tcmalloc x2", 0.30), { .variant = NULL },
};

static const struct bench_target memory_targets[] = {
	{ .variant = "vec", .figure = "spare_of_allowed", .at_most = 1 },
	{ .variant = NULL },
};

const struct bench_family vec_push = {
	.name = "push",
	.op = "push of 8 bytes into fresh memory, of that many",
	.baseline = "realloc x2",
	.sizes = sizes,
	.smoke_max = 100000,
	.quick_max = 10000000,
	.variants = push_variants,
	.targets = push_targets,
	.counts = true,
	.once = true,
	.cost_ns = 5,
	.few = push_few,
	.quick_few = quick_push,
	.apart = vec_environment,
};

const struct bench_family vec_allocators = {
	.name = "push-allocators",
	.op = "push of 8 bytes into fresh memory, of that many; realloc() of other allocators",
	.baseline = "realloc x2",
	.sizes = allocator_sizes,
	.smoke_max = 100000,
	.quick_max = 1000000,
	.variants = allocator_variants,
	.targets = allocator_targets,
	.counts = true,
	.once = true,
	.cost_ns = 9,
	.few = allocator_few,
	.apart = vec_environment,
};

const struct bench_family vec_memory = {
	.name = "spare",
	.op = "push of 8 bytes, with a look at the capacity",
	.baseline = "realloc x2",
	.sizes = memory_sizes,
	.smoke_max = 1000000,
	.quick_max = 1000000,
	.variants = memory_variants,
	.targets = memory_targets,
	.counts = true,
	.slow = true,
	.cost_ns = 3,
	.apart = vec_environment,
};
