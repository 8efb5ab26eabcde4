/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Batches, rounds, and their order. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "apart.h"
#include "harness.h"
#include "platform.h"
#include "probe.h"

/* SplitMix64: small, and one seed tells the whole order. */
static uint64_t
next_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static void
shuffle(size_t *order, size_t n, uint64_t *state)
{
	for (size_t i = n; i > 1; i--) {
		size_t j = (size_t)(next_random(state) % i);
		size_t kept = order[i - 1];
		order[i - 1] = order[j];
		order[j] = kept;
	}
}

/* The least of many, as a busy machine only ever adds. */
double
bench_measure_overhead(void)
{
	uint64_t least = UINT64_MAX;

	for (int i = 0; i < 1000; i++) {
		uint64_t start = bench_now();
		uint64_t took = bench_now() - start;
		least = took < least ? took : least;
	}
	return (double)least;
}

bool
bench_is_out(const struct bench_result *r)
{
	return r->absent[0] || r->failed[0];
}

static bool
is_named(const char *const *names, const char *name)
{
	for (; *names; names++)
		if (strcmp(*names, name) == 0)
			return true;
	return false;
}

const char *const *
bench_few_of(const struct bench_case *c, const struct bench_options *o, bool *ret_large)
{
	const struct bench_few *few = c->family->few;
	const char *const *names = NULL;

	for (; few && few->names && c->size >= few->from; few++)
		names = few->names;
	*ret_large = names != NULL;
	return names || o->mode != BENCH_QUICK ? names : c->family->quick_few;
}

/* One batch, here or elsewhere; returns the time of its timed parts in nanoseconds,
 * without the clock's. */
static double
run_batch(const struct bench_case *c, const struct bench_entrant *e, uint64_t ops,
          const struct bench_options *o, uint64_t *ret_done)
{
	const struct bench_family *f = c->family;
	struct bench_batch b = { .ops = ops,
		                 .size = c->size,
		                 .smoke = o->mode == BENCH_SMOKE,
		                 .arg = e->variant ? e->variant->arg : NULL,
		                 .result = e->result };
	const char *const *environment = f->apart && e->variant ? f->apart(b.arg) : NULL;

	e->result->curves = 0;
	if (e->peer)
		bench_peer_run(&b, e->peer, c->subject, f);
	else if (f->apart && o->apart)
		bench_apart_run(&b, o->program, f->name, e->name, environment, false);
	else if (environment && environment[0])
		bench_absent(&b, "no processes with another environment here");
	else
		e->variant->run(&b);
	*ret_done = b.ops;
	if (!bench_is_out(e->result) && (b.elapsed + b.starts == 0 || b.ops == 0))
		bench_failed(&b, e->name, "the batch timed nothing");
	return fmax((double)b.elapsed - o->overhead * (double)b.starts, 0);
}

/* A batch that is looked at; it warms up as well as any other. */
static uint64_t
probe(const struct bench_case *c, const struct bench_entrant *e, uint64_t ops,
      const struct bench_options *o)
{
	static struct bench_result result;
	struct bench_batch b = {
		.ops = ops, .size = c->size, .smoke = o->mode == BENCH_SMOKE, .result = &result
	};

	memset(&result, 0, sizeof result);
	result.measuring = true;
	bench_apart_run(&b, o->program, c->family->name, e->name, c->family->apart(e->variant->arg),
	                true);
	for (const struct bench_figure *p = result.process.of;
	     p < result.process.of + result.process.n; p++) {
		if (strcmp(p->name, "peak_rss") == 0 || strcmp(p->name, "final_rss") == 0)
			continue; /* the rounds tell */
		bool each = !c->family->once && bench_probe_per_operation(p->name);
		bench_note(&e->result->process, p->name,
		           p->samples[0] / (each ? (double)b.ops : 1));
	}
	memcpy(e->result->absent, result.absent, sizeof result.absent);
	memcpy(e->result->failed, result.failed, sizeof result.failed);
	return b.ops;
}

/*
 * Find a number of operations that takes long enough to dwarf the clock. What is not timed
 * may grow with it and take much longer than what is: it gets a limit of its own, in
 * processor time, as on a busy machine any batch may take long. For the same reason what
 * seems to be long enough is asked twice. These batches also warm up.
 */
static uint64_t
calibrate(const struct bench_case *c, const struct bench_entrant *e, const struct bench_options *o)
{
	const bool probes = c->family->apart && o->apart && e->variant;
	const double want = (double)o->batch_ns;
	uint64_t ops = 1, done, before = 0;
	double least = 0, confirmed = 0; /* of the processor time; the last that was enough */

	if (c->family->once && probes)
		return probe(c, e, ops, o);
	for (;;) {
		uint64_t start = bench_now(), cpu = bench_cpu_time();
		double took = run_batch(c, e, ops, o, &done);
		double wall = (double)(bench_now() - start);
		double used = (double)(bench_cpu_time() - cpu);

		if (bench_is_out(e->result))
			return 0;
		least = before == 0 ? used : fmin(least, used);
		double grow =
			fmin(fmin(want / fmax(took, 1), 20 * want / fmax(used - least, 1)), 16);
		bool again = wall < 30 * want && took >= want / 2 && confirmed == 0;
		if (again) {
			confirmed = took;
			ops = before = done;
			continue;
		}
		if (c->family->once || took >= want / 2 || grow < 1.5 ||
		    (confirmed == 0 && done <= before))
			break; /* the last: it does not do as it is told */
		confirmed = 0;
		before = done;
		ops = (uint64_t)((double)done * grow) + 1;
	}
	if (probes)
		probe(c, e, done, o);
	return done;
}

static void
one_round(struct bench_case *c, const size_t *order, size_t n, const struct bench_options *o)
{
	for (size_t i = 0; i < n; i++) {
		const struct bench_entrant *e = &c->entrant[order[i]];
		struct bench_result *r = e->result;
		uint64_t done;

		if (bench_is_out(r))
			continue;
		double took = run_batch(c, e, r->ops, o, &done);
		if (!bench_is_out(r))
			r->samples[r->n++] = took / (double)done;
	}
}

void
bench_measure(struct bench_case *c, const struct bench_options *o, size_t repeats, uint64_t *random)
{
	size_t order[BENCH_ENTRANTS], alive = 0;
	uint64_t wall = bench_now(), cpu = bench_cpu_time();
	bool large;
	const char *const *few = bench_few_of(c, o, &large);

	for (size_t i = 0; i < c->entrants; i++) {
		struct bench_entrant *e = &c->entrant[i];

		memset(e->result, 0, sizeof *e->result);
		if (e->variant && few && !is_named(few, e->name)) {
			struct bench_batch b = { .result = e->result };
			bench_absent(&b, "left out in this case, to save time");
			continue;
		}
		e->result->ops = calibrate(c, e, o);
		e->result->measuring = true;
		if (!bench_is_out(e->result))
			order[alive++] = i;
	}
	for (size_t n = 0; n < repeats; n++) {
		shuffle(order, alive, random);
		one_round(c, order, alive, o);
	}
	c->wall_s = (double)(bench_now() - wall) / 1e9;
	c->cpu_s = (double)(bench_cpu_time() - cpu) / 1e9;
}
