/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Up to so many elements and down to none, in steps, and what is resident after each. */
#include <stddef.h>

#include "../platform.h"
#include "vec.h"

enum { STEPS = 50 };

struct way {
	const struct vec_how *how;
	bool fit; /* after each step down it is told to give back what it can */
};

static void
look(struct bench_batch *b, uint64_t start, uint64_t len, uint64_t *ret_most)
{
	uint64_t peak, now;

	if (!bench_resident(&peak, &now))
		return;
	now = now > start ? now - start : 0;
	*ret_most = now > *ret_most ? now : *ret_most;
	bench_series(b, "resident", "elements", "bytes", (double)len, (double)now);
}

static void
breathe(struct bench_batch *b)
{
	const struct way *way = b->arg;
	const struct vec_peer *peer = way->how->peer;
	const uint64_t step = b->size / STEPS;
	uint64_t peak, start = 0, most = 0, last = 0;
	const char *err = NULL;

	if (!vec_may(b, way->how))
		return;
	bool told = bench_resident(&peak, &start);
	if (!vec_ok(b, "open", peer->open(way->how, b->size)))
		return;
	for (int i = 0; i <= STEPS; i++) {
		if (i > 0) {
			bench_start(b);
			err = peer->push_through(step);
			bench_stop(b);
		}
		if (err)
			break;
		look(b, start, (uint64_t)i * step, &most);
	}
	for (int i = STEPS; i-- > 0 && !err;) {
		bench_start(b);
		peer->pop(step);
		if (way->fit)
			peer->fit();
		bench_stop(b);
		last = 0;
		look(b, start, (uint64_t)i * step, &last);
		most = last > most ? last : most;
	}
	peer->close();
	vec_ok(b, "push", err);
	b->ops = 2 * STEPS * step;
	if (told && most > 0)
		bench_metric(b, "left_percent", (double)last / (double)most * 100);
}

static const struct way vec_way = { &vec_default, false };
static const struct way kept_way = { &vec_kept, false };
static const struct way vec_fit_way = { &vec_default, true };
static const struct way realloc_way = { &vec_x2, false };
static const struct way realloc_fit_way = { &vec_x2, true };
static const struct way std_way = { &vec_cpp, false };
static const struct way std_fit_way = { &vec_cpp, true };
static const struct way deque_way = { &vec_cpp_deque, false };

/* The arg is a way here. */
static const char *const *
environment(const void *arg)
{
	const struct way *way = arg;

	return vec_environment(way ? way->how : NULL);
}

static const struct bench_variant variants[] = {
	{ "vec", breathe, &vec_way },
	{ "vec, shrink never", breathe, &kept_way },
	{ "vec, shrink_to_fit", breathe, &vec_fit_way },
	{ "realloc x2", breathe, &realloc_way },
	{ "realloc x2, to fit", breathe, &realloc_fit_way },
	{ "std::vector", breathe, &std_way },
	{ "std::vector, shrink_to_fit", breathe, &std_fit_way },
	{ "std::deque", breathe, &deque_way },
	{ NULL, NULL, NULL },
};

static const uint64_t sizes[] = { 1000000, 30000000, 0 };

const struct bench_family vec_breathe = {
	.name = "breathe",
	.op = "push or pop: so many up in fifty steps, and down again",
	.baseline = "realloc x2",
	.sizes = sizes,
	.smoke_max = 1000000,
	.quick_max = 1000000,
	.variants = variants,
	.counts = true,
	.once = true,
	.slow = true,
	.cost_ns = 18,
	.apart = environment,
};
