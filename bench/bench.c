/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "bench.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vbuf/vbuf.h>

#include "apart.h"
#include "json.h"
#include "platform.h"
#include "stats.h"

#define SCHEMA 1 /* of the lines; raised when a field changes its meaning */
#define MAX_VARIANTS 24
struct options {
	size_t repeats;
	uint64_t seed, batch_ns;
	const char *filter;
	bool quick, list, apart;
	char *program;
};

static struct bench_result results[MAX_VARIANTS];
static double overhead; /* nanoseconds that a pair of start and stop measures of itself */

void
bench_start(struct bench_batch *b)
{
	b->starts++;
	b->started = bench_now();
}

void
bench_stop(struct bench_batch *b)
{
	b->elapsed += bench_now() - b->started;
}

void
bench_metric(struct bench_batch *b, const char *name, double value)
{
	struct bench_result *r = b->result;
	size_t i = 0;

	if (!r->measuring)
		return;
	while (i < r->metrics && strcmp(r->metric[i].name, name) != 0)
		i++;
	if (i == BENCH_METRICS) {
		bench_failed(b, name, "too many metrics");
		return;
	}
	struct bench_metrics *m = &r->metric[i];
	if (i == r->metrics) {
		snprintf(m->name, sizeof m->name, "%s", name);
		m->n = 0;
		r->metrics++;
	}
	if (m->n < BENCH_STATS_MAX)
		m->samples[m->n++] = value;
}

void
bench_absent(struct bench_batch *b, const char *why)
{
	snprintf(b->result->absent, sizeof b->result->absent, "%s", why);
}

void
bench_failed(struct bench_batch *b, const char *what, const char *why)
{
	snprintf(b->result->failed, sizeof b->result->failed, "%s: %s", what, why);
}

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
static void
measure_overhead(void)
{
	uint64_t least = UINT64_MAX;

	for (int i = 0; i < 1000; i++) {
		uint64_t start = bench_now();
		uint64_t took = bench_now() - start;
		least = took < least ? took : least;
	}
	overhead = (double)least;
}

static bool
is_out(const struct bench_result *r)
{
	return r->absent[0] || r->failed[0];
}

/* One batch, here or in a process of its own; returns the time of its timed parts in
 * nanoseconds, without the clock's. */
static double
run_batch(const struct bench_family *f, const struct bench_variant *v, struct bench_result *r,
          uint64_t size, uint64_t ops, const struct options *o, uint64_t *ret_done)
{
	struct bench_batch b = {
		.ops = ops, .size = size, .quick = o->quick, .arg = v->arg, .result = r
	};
	const char *const *environment = f->apart ? f->apart(v->arg) : NULL;

	if (f->apart && o->apart)
		bench_apart_run(&b, o->program, f->name, v->name, environment);
	else if (environment && environment[0])
		bench_absent(&b, "no processes with another environment here");
	else
		v->run(&b);
	*ret_done = b.ops;
	if (!is_out(r) && (b.starts == 0 || b.ops == 0))
		bench_failed(&b, v->name, "the batch timed nothing");
	return fmax((double)b.elapsed - overhead * (double)b.starts, 0);
}

/*
 * Find a number of operations that takes long enough to dwarf the clock. What is
 * not timed may take much longer than what is: it gets a limit of its own. These
 * batches also warm up.
 */
static uint64_t
calibrate(const struct bench_family *f, const struct bench_variant *v, struct bench_result *r,
          uint64_t size, const struct options *o)
{
	const double want = (double)o->batch_ns;
	uint64_t ops = 1, done;

	for (;;) {
		uint64_t start = bench_now();
		double took = run_batch(f, v, r, size, ops, o, &done);
		double wall = (double)(bench_now() - start);

		if (is_out(r))
			return 0;
		double grow = fmin(fmin(want / fmax(took, 1), 20 * want / fmax(wall, 1)), 16);
		if (f->once || took >= want / 2 || grow < 1.5)
			return done;
		ops = (uint64_t)((double)done * grow) + 1;
	}
}

static void
measure(const struct bench_family *f, uint64_t size, size_t variants, const struct options *o,
        uint64_t *random)
{
	size_t order[MAX_VARIANTS], alive = 0;
	size_t repeats = o->repeats;

	if (f->most_repeats && f->most_repeats < repeats)
		repeats = f->most_repeats;
	for (size_t i = 0; i < variants; i++) {
		memset(&results[i], 0, sizeof results[i]);
		results[i].ops = calibrate(f, &f->variants[i], &results[i], size, o);
		results[i].measuring = true;
		if (!is_out(&results[i]))
			order[alive++] = i;
	}
	for (size_t n = 0; n < repeats; n++) {
		shuffle(order, alive, random);
		for (size_t i = 0; i < alive; i++) {
			struct bench_result *r = &results[order[i]];
			uint64_t done;
			double took;

			if (is_out(r))
				continue;
			took = run_batch(f, &f->variants[order[i]], r, size, r->ops, o, &done);
			r->samples[r->n++] = took / (double)done;
		}
	}
}

static void
print_stats(struct bench_json *j, const double *samples, size_t n)
{
	struct bench_stats s;

	bench_stats_of(samples, n, &s);
	bench_json_real(j, "median", s.median);
	bench_json_real(j, "min", s.min);
	bench_json_real(j, "q1", s.q1);
	bench_json_real(j, "q3", s.q3);
	bench_json_real(j, "max", s.max);
	bench_json_array(j, "interval");
	bench_json_real(j, NULL, s.low);
	bench_json_real(j, NULL, s.high);
	bench_json_array_end(j);
	bench_json_real(j, "level", s.level);
}

static double
median_of(const double *samples, size_t n)
{
	struct bench_stats s;

	bench_stats_of(samples, n, &s);
	return s.median;
}

static void
print_variant(struct bench_json *j, const struct bench_variant *v, const struct bench_result *r)
{
	bench_json_object(j, NULL);
	bench_json_text(j, "name", v->name);
	if (r->failed[0]) {
		bench_json_text(j, "failed", r->failed);
	} else if (r->absent[0]) {
		bench_json_text(j, "absent", r->absent);
	} else {
		bench_json_count(j, "ops", r->ops);
		print_stats(j, r->samples, r->n);
		bench_json_array(j, "samples");
		for (size_t i = 0; i < r->n; i++)
			bench_json_real(j, NULL, r->samples[i]);
		bench_json_array_end(j);
		bench_json_object(j, "metrics");
		for (size_t i = 0; i < r->metrics; i++)
			bench_json_real(j, r->metric[i].name,
			                median_of(r->metric[i].samples, r->metric[i].n));
		bench_json_object_end(j);
	}
	bench_json_object_end(j);
}

/* NULL if it does not exist or was not measured. */
static const struct bench_result *
result_of(const struct bench_family *f, const char *variant)
{
	for (size_t i = 0; f->variants[i].name; i++)
		if (strcmp(f->variants[i].name, variant) == 0)
			return is_out(&results[i]) ? NULL : &results[i];
	return NULL;
}

/* NAN if there is no such figure. */
static double
figure_of(const struct bench_result *r, const char *figure)
{
	if (r && strcmp(figure, "time") == 0)
		return median_of(r->samples, r->n);
	for (size_t i = 0; r && i < r->metrics; i++)
		if (strcmp(r->metric[i].name, figure) == 0)
			return median_of(r->metric[i].samples, r->metric[i].n);
	return NAN;
}

/* Round by round, so that what slows a whole round down cancels out. */
static double
time_ratio(const struct bench_result *r, const struct bench_result *against)
{
	double ratios[BENCH_STATS_MAX];

	for (size_t i = 0; i < r->n; i++)
		ratios[i] = r->samples[i] / against->samples[i];
	return median_of(ratios, r->n);
}

static double
target_figure(const struct bench_family *f, const struct bench_target *t)
{
	const struct bench_result *r = result_of(f, t->variant);
	const struct bench_result *against = t->against ? result_of(f, t->against) : NULL;

	if (r && against && strcmp(t->figure, "time") == 0)
		return time_ratio(r, against);
	return figure_of(r, t->figure) / (t->against ? figure_of(against, t->figure) : 1);
}

static void
print_target(struct bench_json *j, const struct bench_family *f, const struct bench_target *t)
{
	double got = target_figure(f, t);
	double itself = figure_of(result_of(f, t->variant), t->figure);

	bench_json_object(j, NULL);
	bench_json_text(j, "variant", t->variant);
	bench_json_text(j, "figure", t->figure);
	bench_json_text(j, "against", t->against);
	if (t->at_least > 0)
		bench_json_real(j, "at_least", t->at_least);
	if (t->at_most > 0)
		bench_json_real(j, "at_most", t->at_most);
	if (t->or_at_most > 0)
		bench_json_real(j, "or_at_most", t->or_at_most);
	bench_json_real(j, "got", got);
	if (t->or_at_most > 0 && itself <= t->or_at_most && fabs(got) <= DBL_MAX)
		bench_json_bool(j, "met", true);
	else if (fabs(got) <= DBL_MAX)
		bench_json_bool(j, "met",
		                (t->at_least <= 0 || got >= t->at_least) &&
		                        (t->at_most <= 0 || got <= t->at_most));
	else
		bench_json_null(j, "met");
	bench_json_object_end(j);
}

static bool
run_case(const char *subject, const char *name, const struct bench_family *f, uint64_t size,
         const struct options *o, uint64_t *random)
{
	struct bench_json j = { .out = stdout };
	size_t variants = 0;
	bool good = true;

	while (f->variants[variants].name)
		variants++;
	if (variants > MAX_VARIANTS) {
		fprintf(stderr, "%s: more than %d variants\n", name, MAX_VARIANTS);
		return false;
	}
	measure(f, size, variants, o, random);

	bench_json_object(&j, NULL);
	bench_json_text(&j, "type", "case");
	bench_json_text(&j, "subject", subject);
	bench_json_text(&j, "case", name);
	bench_json_text(&j, "op", f->op);
	bench_json_text(&j, "unit", "ns/op");
	if (f->sizes)
		bench_json_count(&j, "size", size);
	bench_json_text(&j, "baseline", f->baseline);
	bench_json_array(&j, "variants");
	for (size_t i = 0; i < variants; i++) {
		print_variant(&j, &f->variants[i], &results[i]);
		good = good && !results[i].failed[0];
	}
	bench_json_array_end(&j);
	bench_json_array(&j, "targets");
	for (const struct bench_target *t = f->targets; t && t->variant; t++)
		if (size >= t->min_size)
			print_target(&j, f, t);
	bench_json_array_end(&j);
	bench_json_object_end(&j);
	return good;
}

static void
case_name(char *ret, size_t ret_size, const struct bench_family *f, uint64_t size)
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

/* All cases that the options choose; false if any failed. */
static bool
run_families(const char *subject, const struct bench_family *const *families,
             const struct options *o)
{
	static const uint64_t no_sizes[] = { 1, 0 };
	uint64_t random = o->seed;
	bool good = true;

	for (; *families; families++) {
		const struct bench_family *f = *families;
		for (const uint64_t *s = f->sizes ? f->sizes : no_sizes; *s; s++) {
			uint64_t size = f->sizes ? *s : 0;
			char name[128];

			case_name(name, sizeof name, f, size);
			if ((o->filter && !strstr(name, o->filter)) ||
			    (o->quick && f->quick_max && size > f->quick_max))
				continue;
			if (o->list) {
				puts(name);
				continue;
			}
			fprintf(stderr, "%s %s\n", subject, name);
			good &= run_case(subject, name, f, size, o, &random);
		}
	}
	return good;
}

static void
print_environment(const char *subject, const struct options *o)
{
	struct bench_json j = { .out = stdout };
	struct vbuf_limits limits;

	bench_json_object(&j, NULL);
	bench_json_text(&j, "type", "environment");
	bench_json_count(&j, "schema", SCHEMA);
	bench_json_text(&j, "subject", subject);
	bench_json_text(&j, "version", vbuf_version());
	bench_json_text(&j, "compiler", BENCH_COMPILER);
	bench_json_text(&j, "build", BENCH_BUILD);
	bench_environment(&j);
	if (vbuf_get_limits(&limits, sizeof limits) == VBUF_OK) {
		bench_json_count(&j, "page_size", limits.page_size);
		bench_json_count(&j, "huge_page_size", limits.huge_page_size);
	}
	bench_json_real(&j, "timer_ns", overhead);
	bench_json_count(&j, "repeats", o->repeats);
	bench_json_bool(&j, "quick", o->quick);
	bench_json_bool(&j, "apart", o->apart);
	bench_json_text(&j, "filter", o->filter);
	bench_json_count(&j, "seed", o->seed);
	bench_json_object_end(&j);
}

static void
usage(FILE *out, const char *program)
{
	fprintf(out,
	        "usage: %s [options]\n"
	        "  --repeats N      batches of each variant, 1 to %d (default 15, quick 5)\n"
	        "  --quick          short batches and the smaller sizes: to see that it runs\n"
	        "  --filter SUBSTR  only the cases whose name holds it\n"
	        "  --seed N         of the order of the variants; 0 to 4294967295\n"
	        "  --list           print the names of the cases and stop\n",
	        program, BENCH_STATS_MAX);
}

static bool
parse_number(const char *text, uint64_t max, uint64_t *ret)
{
	char *end;

	if (!text || *text < '0' || *text > '9')
		return false;
	unsigned long long n = strtoull(text, &end, 10);
	*ret = n;
	return *end == '\0' && n <= max;
}

/* Returns what is wrong, or NULL. */
static const char *
parse_options(int argc, char **argv, struct options *o)
{
	uint64_t n;

	for (int i = 1; i < argc; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : NULL;

		if (strcmp(argv[i], "--quick") == 0) {
			o->quick = true;
		} else if (strcmp(argv[i], "--list") == 0) {
			o->list = true;
		} else if (strcmp(argv[i], "--repeats") == 0) {
			if (!parse_number(value, BENCH_STATS_MAX, &n) || n == 0)
				return "--repeats wants a number it can use";
			o->repeats = (size_t)n;
			i++;
		} else if (strcmp(argv[i], "--seed") == 0) {
			if (!parse_number(value, UINT32_MAX, &o->seed))
				return "--seed wants a number it can use";
			i++;
		} else if (strcmp(argv[i], "--filter") == 0) {
			if (!value)
				return "--filter wants a part of a name";
			o->filter = value;
			i++;
		} else {
			return "unknown option";
		}
	}
	if (o->repeats == 0)
		o->repeats = o->quick ? 5 : 15;
	o->batch_ns = o->quick ? 500000 : 10000000;
	return NULL;
}

int
bench_main(int argc, char **argv, const char *subject, const struct bench_family *const *families)
{
	struct options o = { .seed = bench_now() & UINT32_MAX, .program = argv[0] };
	bool apart = false;

	if (argc > 1 && strcmp(argv[1], BENCH_APART) == 0)
		return bench_apart_main(argc, argv, families);
	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		usage(stdout, argv[0]);
		return 0;
	}
	const char *wrong = parse_options(argc, argv, &o);
	if (wrong) {
		fprintf(stderr, "%s: %s\n", argv[0], wrong);
		usage(stderr, argv[0]);
		return 2;
	}
	for (size_t i = 0; families[i]; i++)
		apart = apart || families[i]->apart;
	if (!o.list) {
		o.apart = apart && bench_apart_works(o.program);
		measure_overhead();
		print_environment(subject, &o);
	}
	return run_families(subject, families, &o) ? 0 : 1;
}
