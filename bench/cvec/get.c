/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Reads at random of a vector that is complete, by one thread and by several at once. */
#include <stddef.h>

#include "../team.h"
#include "cvec.h"

static const struct cvec_peer *peer;
static uint64_t length;

static bool
job(uint64_t from, uint64_t n)
{
	uint64_t x = from, missing = 0;

	for (uint64_t i = 0; i < n; i++) {
		x ^= x << 13; /* Marsaglia's xorshift */
		x ^= x >> 7;
		x ^= x << 17;
		missing += peer->look(x % length) == 0;
	}
	return missing == 0;
}

static void
run(struct bench_batch *b, int threads)
{
	const struct cvec_how *how = b->arg;
	/* or it is how they begin that counts */
	const uint64_t least = b->smoke ? 20000 : 2000000 / (uint64_t)threads;

	if (!cvec_may(b, how, true))
		return;
	peer = how->peer;
	length = b->size;
	if (!peer->open(length) || !peer->push(1, length) || peer->len() != length) {
		bench_failed(b, "push", "failed");
		return;
	}
	if (threads > 1 && b->ops < least)
		b->ops = least;
	if (!bench_team(b, job, b->ops * (uint64_t)threads, threads))
		bench_failed(b, "get", "an element is missing");
	peer->close();
}

#define GET(threads)                                                                               \
	static void get_##threads(struct bench_batch *b)                                           \
	{                                                                                          \
		run(b, threads);                                                                   \
	}                                                                                          \
	static const struct bench_variant variants_##threads[] = {                                 \
		{ "cvec", get_##threads, &cvec_how_vbuf },                                         \
		{ "TBB", get_##threads, &cvec_how_tbb },                                           \
		{ "mutex", get_##threads, &cvec_how_mutex },                                       \
		{ "rwlock", get_##threads, &cvec_how_rwlock },                                     \
		{ "floor: array", get_##threads, &cvec_how_array },                                \
		{ NULL, NULL, NULL },                                                              \
	}

GET(1);
GET(2);
GET(4);
GET(10);

static const uint64_t sizes[] = { 100000, 0 };

#define FAMILY(name_, op_, threads_, full_only_)                                                   \
	const struct bench_family cvec_get_##threads_ = {                                          \
		.name = (name_),                                                                   \
		.op = (op_),                                                                       \
		.baseline = "floor: array",                                                        \
		.sizes = sizes,                                                                    \
		.variants = variants_##threads_,                                                   \
		.counts = true,                                                                    \
		.full_only = (full_only_),                                                         \
		.threads = (threads_),                                                             \
		.cost_ns = 20,                                                                     \
		.apart = cvec_environment,                                                         \
	}

FAMILY("get", "read of an element at random; through a pointer, one thread", 1, false);
FAMILY("get-2", "the same in each of two threads at once", 2, false);
FAMILY("get-4", "the same in each of four threads at once", 4, false);
FAMILY("get-10", "the same in each of ten threads at once", 10, true);
