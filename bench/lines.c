/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The lines that are printed. README.md says what they mean. */
#include <float.h>
#include <math.h>
#include <string.h>

#include <vbuf/vbuf.h>

#include "answer.h"
#include "apart.h"
#include "harness.h"
#include "json.h"
#include "platform.h"

#define SCHEMA 1 /* raised when a field changes its meaning */

static double
median_of(const double *samples, size_t n)
{
	struct bench_stats s;

	bench_stats_of(samples, n, &s);
	return s.median;
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

static void
print_figures(struct bench_json *j, const char *key, const struct bench_figures *f)
{
	bench_json_object(j, key);
	for (size_t i = 0; i < f->n; i++)
		bench_json_real(j, f->of[i].name, median_of(f->of[i].samples, f->of[i].n));
	bench_json_object_end(j);
}

/* isnan() warns with mingw */
static bool
is_missing(double x)
{
	return x != x;
}

/* NAN if there is no such figure. */
static double
figure_in(const struct bench_figures *f, const char *name)
{
	for (size_t i = 0; i < f->n; i++)
		if (strcmp(f->of[i].name, name) == 0)
			return median_of(f->of[i].samples, f->of[i].n);
	return NAN;
}

/*
 * Did the threads of a case run at once? That none waited for a processor says more than
 * the processor time, which locks lower too; where the system does not tell, that has to
 * do. Returns why they are not believed, or NULL.
 */
static const char *
doubt_of(const struct bench_case *c, const struct bench_result *r)
{
	static char why[160];
	const int threads = c->family->threads;
	double overlap = figure_in(&r->metrics, "overlap");
	double cores = figure_in(&r->metrics, "cores");
	double waited = figure_in(&r->metrics, "waited");

	if (threads < 2 || bench_is_out(r) || is_missing(overlap)) /* one for comparison is alone */
		return NULL;
	if (threads > (int)bench_cpus())
		return "there are more threads than processors";
	if (overlap < 0.8)
		snprintf(why, sizeof why,
		         "its threads were at work together in only %.0f %% of the time",
		         overlap * 100);
	else if (waited > 0.1)
		snprintf(why, sizeof why,
		         "its threads waited for a processor in %.0f %% of the time", waited * 100);
	else if (is_missing(waited) && cores < 0.9 * threads)
		snprintf(why, sizeof why, "its threads had only %.2f processors", cores);
	else
		return NULL;
	return why;
}

static void
print_entrant(struct bench_json *j, const struct bench_case *c, const struct bench_entrant *e)
{
	const struct bench_result *r = e->result;

	bench_json_object(j, NULL);
	bench_json_text(j, "name", e->name);
	if (r->failed[0]) {
		bench_json_text(j, "failed", r->failed);
	} else if (r->absent[0]) {
		bench_json_text(j, "absent", r->absent);
	} else {
		const char *doubt = doubt_of(c, r);

		if (e->peer)
			bench_json_text(j, "command", e->peer->command);
		if (doubt)
			bench_json_text(j, "doubt", doubt);
		bench_json_count(j, "ops", r->ops);
		print_stats(j, r->samples, r->n);
		bench_json_array(j, "samples");
		for (size_t i = 0; i < r->n; i++)
			bench_json_real(j, NULL, r->samples[i]);
		bench_json_array_end(j);
		print_figures(j, "metrics", &r->metrics);
		print_figures(j, "process", &r->process);
		bench_curves_write(j, r);
	}
	bench_json_object_end(j);
}

/* NULL if it does not exist or was not measured. */
static const struct bench_result *
result_of(const struct bench_case *c, const char *variant)
{
	for (size_t i = 0; i < c->entrants; i++)
		if (strcmp(c->entrant[i].name, variant) == 0)
			return bench_is_out(c->entrant[i].result) ? NULL : c->entrant[i].result;
	return NULL;
}

static double
figure_of(const struct bench_result *r, const char *figure)
{
	if (!r)
		return NAN;
	if (strcmp(figure, "time") == 0)
		return median_of(r->samples, r->n);
	return figure_in(&r->metrics, figure);
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
target_figure(const struct bench_case *c, const struct bench_target *t)
{
	const struct bench_result *r = result_of(c, t->variant);
	const struct bench_result *against = t->against ? result_of(c, t->against) : NULL;

	if (r && against && strcmp(t->figure, "time") == 0)
		return time_ratio(r, against);
	return figure_of(r, t->figure) / (t->against ? figure_of(against, t->figure) : 1);
}

static void
print_target(struct bench_json *j, const struct bench_case *c, const struct bench_target *t)
{
	double got = target_figure(c, t);
	double itself = figure_of(result_of(c, t->variant), t->figure);

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

void
bench_print_case(const struct bench_case *c)
{
	const struct bench_family *f = c->family;
	struct bench_json j = { .out = stdout };

	bench_json_object(&j, NULL);
	bench_json_text(&j, "type", "case");
	bench_json_text(&j, "subject", c->subject);
	bench_json_text(&j, "case", c->name);
	bench_json_text(&j, "op", f->op);
	bench_json_text(&j, "unit", "ns/op");
	if (f->sizes)
		bench_json_count(&j, "size", c->size);
	bench_json_count(&j, "threads", f->threads ? (uint64_t)f->threads : 1);
	bench_json_bool(&j, "once", f->once);
	bench_json_real(&j, "wall_s", c->wall_s);
	bench_json_real(&j, "cpu_s", c->cpu_s);
	bench_json_text(&j, "baseline", f->baseline);
	bench_json_array(&j, "variants");
	for (size_t i = 0; i < c->entrants; i++)
		print_entrant(&j, c, &c->entrant[i]);
	bench_json_array_end(&j);
	bench_json_array(&j, "targets");
	for (const struct bench_target *t = f->targets; t && t->variant; t++)
		if (c->size >= t->min_size)
			print_target(&j, c, t);
	bench_json_array_end(&j);
	bench_json_object_end(&j);
}

/* One line for all the variants of a case that are doubtful. */
static void
print_doubtful(const struct bench_case *c)
{
	const char *separator = "do not believe";
	char why[160] = "";

	for (size_t i = 0; i < c->entrants; i++) {
		const char *doubt = doubt_of(c, c->entrant[i].result);
		if (!doubt)
			continue;
		if (!why[0])
			fprintf(stderr, "*** %s %s: ", c->subject, c->name);
		snprintf(why, sizeof why, "%s", doubt);
		fprintf(stderr, "%s \"%s\"", separator, c->entrant[i].name);
		separator = ",";
	}
	if (why[0])
		fprintf(stderr, ": %s\n", why);
}

void
bench_print_doubts(const struct bench_case *c, const struct bench_options *o)
{
	for (size_t i = 0; i < c->entrants; i++)
		if (c->entrant[i].result->failed[0])
			fprintf(stderr, "*** %s %s: %s FAILED: %s\n", c->subject, c->name,
			        c->entrant[i].name, c->entrant[i].result->failed);
	/* Of a crowd it goes without saying, and a moment shows nothing. */
	if (c->family->threads <= (int)bench_cpus() && o->mode != BENCH_SMOKE)
		print_doubtful(c);
}

static void
print_libraries(struct bench_json *j, const struct bench_subject *s, const struct bench_options *o)
{
	bench_json_object(j, "libraries");
	for (const struct bench_library *l = s->libraries; l && l->name; l++) {
		char version[80];
		bool asks = l->version || (l->allocator && o->apart);

		if (!asks || !bench_apart_version(o->program, l, version, sizeof version))
			bench_json_null(j, l->name);
		else
			bench_json_text(j, l->name, version);
	}
	bench_json_object_end(j);
}

void
bench_print_environment(const struct bench_subject *s, const struct bench_options *o)
{
	static const char *const modes[] = { "full", "quick", "smoke" };
	struct bench_json j = { .out = stdout };
	struct vbuf_limits limits;

	bench_json_object(&j, NULL);
	bench_json_text(&j, "type", "environment");
	bench_json_count(&j, "schema", SCHEMA);
	bench_json_text(&j, "subject", s->name);
	bench_json_text(&j, "version", vbuf_version());
	bench_json_text(&j, "compiler", BENCH_COMPILER);
	bench_json_text(&j, "build", BENCH_BUILD);
	print_libraries(&j, s, o);
	bench_environment(&j);
	if (vbuf_get_limits(&limits, sizeof limits) == VBUF_OK) {
		bench_json_count(&j, "page_size", limits.page_size);
		bench_json_count(&j, "huge_page_size", limits.huge_page_size);
	}
	bench_json_real(&j, "timer_ns", o->overhead);
	bench_json_text(&j, "mode", modes[o->mode]);
	bench_json_count(&j, "repeats", o->repeats);
	bench_json_real(&j, "batch_ms", (double)o->batch_ns / 1e6);
	if (o->budget_ns)
		bench_json_real(&j, "budget_s", (double)o->budget_ns / 1e9);
	bench_json_bool(&j, "quick", o->mode != BENCH_FULL);
	bench_json_bool(&j, "apart", o->apart);
	bench_json_array(&j, "filter");
	for (size_t i = 0; o->filter[i]; i++)
		bench_json_text(&j, NULL, o->filter[i]);
	bench_json_array_end(&j);
	bench_json_count(&j, "seed", o->seed);
	bench_json_object_end(&j);
}
