/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* From the tables of a subject to its cases, one after the other, in the time there is. */
#include "bench.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "apart.h"
#include "harness.h"
#include "platform.h"

static struct bench_result results[BENCH_ENTRANTS];

/* How far it has come. */
struct progress {
	const struct bench_subject *subject;
	struct bench_options *o;
	uint64_t began;
	size_t cases, done;
	double planned, past; /* seconds, by the plan: of all cases, and of those behind us */
	uint64_t random;
};

static void
name_case(char *ret, size_t ret_size, const struct bench_family *f, uint64_t size)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	size_t unit = 0, zeros = 0;

	if (f->sizes && f->counts) {
		for (; size % 10 == 0; size /= 10)
			zeros++;
		snprintf(ret, ret_size, "%s/%" PRIu64 "e%zu", f->name, size, zeros);
		return;
	}
	while (size >= 1024 && size % 1024 == 0 && unit < 4) {
		size /= 1024;
		unit++;
	}
	if (f->sizes)
		snprintf(ret, ret_size, "%s/%" PRIu64 "%s", f->name, size, units[unit]);
	else
		snprintf(ret, ret_size, "%s", f->name);
}

static bool
is_wanted(const struct bench_case *c, const struct bench_options *o)
{
	const struct bench_family *f = c->family;
	bool named = !o->filter[0];

	for (const char *const *part = o->filter; *part; part++)
		named = named || strstr(c->name, *part);
	if (o->mode == BENCH_SMOKE && f->smoke_max && c->size > f->smoke_max)
		return false;
	if (o->mode == BENCH_QUICK && (f->full_only || (f->quick_max && c->size > f->quick_max)))
		return false;
	return named;
}

/* false: there are too many variants. */
static bool
enlist(struct bench_case *c, const struct bench_options *o)
{
	const struct bench_variant *v = c->family->variants;

	c->entrants = 0;
	for (; v->name && c->entrants < BENCH_ENTRANTS; v++)
		c->entrant[c->entrants++] = (struct bench_entrant){ .name = v->name, .variant = v };
	if (v->name || c->entrants + o->peers > BENCH_ENTRANTS)
		return false;
	for (size_t i = 0; i < o->peers; i++)
		c->entrant[c->entrants++] =
			(struct bench_entrant){ .name = o->peer[i].name, .peer = &o->peer[i] };
	for (size_t i = 0; i < c->entrants; i++)
		c->entrant[i].result = &results[i];
	return true;
}

static size_t
most_repeats(const struct bench_case *c, const struct bench_options *o)
{
	bool large;

	bench_few_of(c, o, &large);
	return c->family->slow || large ? o->least_repeats : o->repeats;
}

/* Seconds, roughly: a guess for those that come, to be mended by those that were. */
static double
plan_of(const struct bench_case *c, const struct bench_options *o, size_t repeats)
{
	const struct bench_family *f = c->family;
	const double process = f->apart && o->apart ? 4e6 : 0; /* to begin one and end it */
	double each = f->cost_ns > 0 ? f->cost_ns : f->counts ? 10 : 0;
	double batch = (double)c->size * each + (f->once ? 0 : 1.2 * (double)o->batch_ns);
	size_t n = c->entrants;
	bool large;
	const char *const *few = bench_few_of(c, o, &large);

	for (n = few ? o->peers : n; few && *few; few++)
		n++;
	return (double)n * ((double)repeats + 3) * (batch + process) / 1e9;
}

/* Calls do_case for each case that the options choose; false if any call was. */
static bool
for_cases(struct progress *p, bool (*do_case)(struct progress *p, struct bench_case *c))
{
	static const uint64_t no_sizes[] = { 1, 0 };
	const struct bench_family *const *f = p->subject->families;
	bool good = true;

	for (; *f; f++) {
		for (const uint64_t *s = (*f)->sizes ? (*f)->sizes : no_sizes; *s; s++) {
			static struct bench_case c;

			c = (struct bench_case){ .subject = p->subject->name,
				                 .family = *f,
				                 .size = (*f)->sizes ? *s : 0 };
			name_case(c.name, sizeof c.name, *f, c.size);
			if (!is_wanted(&c, p->o))
				continue;
			if (!enlist(&c, p->o)) {
				fprintf(stderr, "%s: too many variants\n", c.name);
				return false;
			}
			good &= do_case(p, &c);
		}
	}
	return good;
}

static bool
plan_case(struct progress *p, struct bench_case *c)
{
	p->cases++;
	p->planned += plan_of(c, p->o, most_repeats(c, p->o));
	return true;
}

static bool
list_case(struct progress *p, struct bench_case *c)
{
	if (p->o->plan)
		printf("%s %.3f\n", c->name, plan_of(c, p->o, most_repeats(c, p->o)));
	else
		puts(c->name);
	return true;
}

/* How much longer things take than planned, as far as can be told. */
static double
slowness(const struct progress *p)
{
	double spent = (double)(bench_now() - p->began) / 1e9;

	/* as if some seconds had gone by as planned: the first cases are few */
	return (spent + 5) / (p->past + 5);
}

/* The number of rounds, and the length of batches, that all that is left can have. */
static size_t
afford(const struct progress *p, const struct bench_case *c, uint64_t *ret_batch_ns)
{
	const struct bench_options *o = p->o;
	size_t most = most_repeats(c, o), least = o->least_repeats;
	double left = ((double)o->budget_ns - (double)(bench_now() - p->began)) / 1e9;
	double needed = (p->planned - p->past) * slowness(p);

	*ret_batch_ns = o->batch_ns;
	if (o->budget_ns == 0 || left >= needed)
		return most;
	double share = fmax(left, 0) / needed;
	double repeats = (double)(most + 3) * share - 3;
	if (repeats >= (double)least)
		return (size_t)fmin(repeats, (double)most);
	/* what the rounds cannot save, the batches have to */
	share *= (double)(most + 3) / (double)(least + 3);
	*ret_batch_ns = (uint64_t)((double)o->batch_ns * fmax(fmin(share, 1), 0.1));
	return least;
}

static void
say(const struct progress *p, const struct bench_case *c)
{
	double left = (p->planned - p->past) * slowness(p);

	fprintf(stderr, "%s %s (%zu of %zu, about %.0f s left)\n", c->subject, c->name, p->done + 1,
	        p->cases, left);
}

static bool
run_case(struct progress *p, struct bench_case *c)
{
	struct bench_options o = *p->o;
	bool good = true;

	say(p, c);
	size_t repeats = afford(p, c, &o.batch_ns);
	bench_measure(c, &o, repeats, &p->random);
	bench_print_case(c);
	bench_print_doubts(c, p->o);
	p->done++;
	p->past += plan_of(c, p->o, most_repeats(c, p->o));
	for (size_t i = 0; i < c->entrants; i++)
		good = good && !c->entrant[i].result->failed[0];
	return good;
}

int
bench_main(int argc, char **argv, const struct bench_subject *subject)
{
	static struct bench_options o;
	bool apart = false;

	if (argc > 1 && strcmp(argv[1], BENCH_APART) == 0)
		return bench_apart_main(argc, argv, subject);
	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		bench_usage(stdout, argv[0]);
		return 0;
	}
	o = (struct bench_options){ .seed = bench_now() & UINT32_MAX, .program = argv[0] };
	const char *wrong = bench_options_parse(argc, argv, &o);
	if (wrong) {
		fprintf(stderr, "%s: %s\n", argv[0], wrong);
		bench_usage(stderr, argv[0]);
		return 2;
	}
	for (size_t i = 0; subject->families[i]; i++)
		apart = apart || subject->families[i]->apart;
	o.apart = apart && bench_apart_works(o.program);

	struct progress p = { .subject = subject, .o = &o, .random = o.seed };
	if (o.list)
		return for_cases(&p, list_case) ? 0 : 1;
	o.overhead = bench_measure_overhead();
	if (!for_cases(&p, plan_case))
		return 1;
	p.began = bench_now();
	bench_print_environment(subject, &o);
	return for_cases(&p, run_case) ? 0 : 1;
}
