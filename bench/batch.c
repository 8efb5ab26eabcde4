/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What a case calls while it runs. */
#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "platform.h"
#include "probe.h"
#include "result.h"

void
bench_start(struct bench_batch *b)
{
	b->starts++;
	if (b->probe)
		bench_probe_start(b->probe);
	b->started = bench_now();
}

void
bench_stop(struct bench_batch *b)
{
	b->elapsed += bench_now() - b->started;
	if (b->probe)
		bench_probe_stop(b->probe);
}

bool
bench_note(struct bench_figures *f, const char *name, double value)
{
	size_t i = 0;

	while (i < f->n && strcmp(f->of[i].name, name) != 0)
		i++;
	if (i == BENCH_FIGURES)
		return false;
	struct bench_figure *m = &f->of[i];
	if (i == f->n) {
		snprintf(m->name, sizeof m->name, "%s", name);
		m->n = 0;
		f->n++;
	}
	if (m->n < BENCH_STATS_MAX)
		m->samples[m->n++] = value;
	return true;
}

void
bench_metric(struct bench_batch *b, const char *name, double value)
{
	if (b->result->measuring && !bench_note(&b->result->metrics, name, value))
		bench_failed(b, name, "too many metrics");
}

struct bench_curve *
bench_curve_of(struct bench_result *r, const char *name)
{
	for (size_t i = 0; i < r->curves; i++)
		if (strcmp(r->curve[i].name, name) == 0)
			return &r->curve[i];
	if (r->curves == BENCH_SERIES)
		return NULL;
	struct bench_curve *c = &r->curve[r->curves++];
	snprintf(c->name, sizeof c->name, "%s", name);
	c->n = 0;
	return c;
}

void
bench_series(struct bench_batch *b, const char *name, const char *x_name, const char *unit,
             double x, double y)
{
	struct bench_curve *c = bench_curve_of(b->result, name);

	if (!c || c->n == BENCH_POINTS) {
		bench_failed(b, name, c ? "too many points" : "too many curves");
		return;
	}
	snprintf(c->x, sizeof c->x, "%s", x_name);
	snprintf(c->unit, sizeof c->unit, "%s", unit);
	c->points[c->n][0] = x;
	c->points[c->n++][1] = y;
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
