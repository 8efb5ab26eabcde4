/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "answer.h"

#include <string.h>

#include "json_in.h"

static void
write_figures(struct bench_json *j, const char *key, const struct bench_figures *f)
{
	bench_json_object(j, key);
	for (size_t i = 0; i < f->n; i++) /* of a batch, which may tell one several times */
		for (size_t k = 0; k < f->of[i].n; k++)
			bench_json_exact(j, f->of[i].name, f->of[i].samples[k]);
	bench_json_object_end(j);
}

void
bench_curves_write(struct bench_json *j, const struct bench_result *r)
{
	if (r->curves == 0)
		return;
	bench_json_object(j, "series");
	for (const struct bench_curve *c = r->curve; c < r->curve + r->curves; c++) {
		bench_json_object(j, c->name);
		bench_json_text(j, "x", c->x);
		bench_json_text(j, "unit", c->unit);
		bench_json_array(j, "points");
		for (size_t i = 0; i < c->n; i++) {
			bench_json_array(j, NULL);
			bench_json_exact(j, NULL, c->points[i][0]);
			bench_json_exact(j, NULL, c->points[i][1]);
			bench_json_array_end(j);
		}
		bench_json_array_end(j);
		bench_json_object_end(j);
	}
	bench_json_object_end(j);
}

void
bench_answer_write(FILE *out, const struct bench_batch *b)
{
	const struct bench_result *r = b->result;
	struct bench_json j = { .out = out };

	bench_json_object(&j, NULL);
	if (r->absent[0])
		bench_json_text(&j, "absent", r->absent);
	if (r->failed[0])
		bench_json_text(&j, "failed", r->failed);
	bench_json_count(&j, "ops", b->ops);
	bench_json_count(&j, "starts", b->starts);
	bench_json_count(&j, "ns", b->elapsed);
	write_figures(&j, "metrics", &r->metrics);
	write_figures(&j, "process", &r->process);
	bench_curves_write(&j, r);
	bench_json_object_end(&j);
}

static void
read_figures(struct bench_json_in *in, struct bench_batch *b, struct bench_figures *ret)
{
	char name[40];

	bench_json_open(in, '{');
	while (bench_json_member(in, name, sizeof name)) {
		if (bench_json_is_null(in))
			continue;
		double value = bench_json_number(in);
		if (!in->wrong && b->result->measuring && !bench_note(ret, name, value))
			bench_failed(b, name, "too many metrics");
	}
}

static void
read_points(struct bench_json_in *in, struct bench_curve *c)
{
	bench_json_open(in, '[');
	while (bench_json_element(in)) {
		double point[2] = { 0, 0 };

		bench_json_open(in, '[');
		for (int i = 0; bench_json_element(in); i++) {
			double x = bench_json_number(in);
			if (i < 2)
				point[i] = x;
		}
		if (!in->wrong && c->n < BENCH_POINTS)
			memcpy(c->points[c->n++], point, sizeof point);
	}
}

static void
read_curves(struct bench_json_in *in, struct bench_batch *b)
{
	static struct bench_curve in_vain;
	char name[40];

	bench_json_open(in, '{');
	while (bench_json_member(in, name, sizeof name)) {
		struct bench_curve *c = bench_curve_of(b->result, name);

		c = c ? c : &in_vain;
		bench_json_open(in, '{');
		while (bench_json_member(in, name, sizeof name)) {
			if (strcmp(name, "x") == 0)
				bench_json_string(in, c->x, sizeof c->x);
			else if (strcmp(name, "unit") == 0)
				bench_json_string(in, c->unit, sizeof c->unit);
			else if (strcmp(name, "points") == 0)
				read_points(in, c);
			else
				bench_json_skip(in);
		}
	}
}

static uint64_t
read_count(struct bench_json_in *in, const char *what)
{
	double x = bench_json_number(in);

	if (!in->wrong && (x < 0 || x > 1e18))
		in->wrong = what;
	return in->wrong ? 0 : (uint64_t)x;
}

/* Why not, in words: there are some even where the peer has none. */
static void
read_reason(struct bench_json_in *in, char *ret, size_t size)
{
	bench_json_string(in, ret, size);
	if (!in->wrong && !ret[0])
		snprintf(ret, size, "no reason given");
}

/* A member of the line; what is not known is for others. */
static void
read_member(struct bench_json_in *in, struct bench_batch *b, const char *key)
{
	struct bench_result *r = b->result;

	if (strcmp(key, "ops") == 0)
		b->ops = read_count(in, "\"ops\" cannot be");
	else if (strcmp(key, "ns") == 0)
		b->elapsed = read_count(in, "\"ns\" cannot be");
	else if (strcmp(key, "starts") == 0)
		b->starts = read_count(in, "\"starts\" cannot be");
	else if (strcmp(key, "absent") == 0)
		read_reason(in, r->absent, sizeof r->absent);
	else if (strcmp(key, "failed") == 0)
		read_reason(in, r->failed, sizeof r->failed);
	else if (strcmp(key, "metrics") == 0)
		read_figures(in, b, &r->metrics);
	else if (strcmp(key, "process") == 0)
		read_figures(in, b, &r->process);
	else if (strcmp(key, "series") == 0)
		read_curves(in, b);
	else
		bench_json_skip(in);
}

void
bench_answer_read(struct bench_batch *b, char *text)
{
	if (text[strspn(text, " \t\r\n")] == '\0') {
		bench_failed(b, "its answer", "there is none");
		return;
	}
	for (char *line = text, *next; *line; line = next) {
		char key[40];
		size_t len = strcspn(line, "\n");

		next = line + len + (line[len] != '\0');
		line[len] = '\0';
		if (line[strspn(line, " \t\r")] == '\0')
			continue;
		struct bench_json_in in = { .at = line };
		bench_json_open(&in, '{');
		while (bench_json_member(&in, key, sizeof key))
			read_member(&in, b, key);
		bench_json_end(&in);
		if (in.wrong) {
			bench_failed(b, "its answer", in.wrong);
			return;
		}
	}
}
