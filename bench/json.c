/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "json.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>

static void
quote(FILE *out, const char *s)
{
	putc('"', out);
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;
		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c < 0x20 || c >= 0x7f) /* names of hardware come in any encoding */
			fprintf(out, "\\u%04x", c);
		else
			putc(c, out);
	}
	putc('"', out);
}

static void
begin(struct bench_json *j, const char *key)
{
	if (j->comma)
		fputs(", ", j->out);
	j->comma = true;
	if (key) {
		quote(j->out, key);
		fputs(": ", j->out);
	}
}

static void
open_bracket(struct bench_json *j, const char *key, char bracket)
{
	begin(j, key);
	putc(bracket, j->out);
	j->comma = false;
	j->depth++;
}

static void
close_bracket(struct bench_json *j, char bracket)
{
	putc(bracket, j->out);
	j->comma = --j->depth > 0;
	if (j->depth == 0) {
		putc('\n', j->out);
		fflush(j->out);
	}
}

void
bench_json_object(struct bench_json *j, const char *key)
{
	open_bracket(j, key, '{');
}

void
bench_json_object_end(struct bench_json *j)
{
	close_bracket(j, '}');
}

void
bench_json_array(struct bench_json *j, const char *key)
{
	open_bracket(j, key, '[');
}

void
bench_json_array_end(struct bench_json *j)
{
	close_bracket(j, ']');
}

void
bench_json_text(struct bench_json *j, const char *key, const char *text)
{
	begin(j, key);
	if (text)
		quote(j->out, text);
	else
		fputs("null", j->out);
}

void
bench_json_count(struct bench_json *j, const char *key, uint64_t n)
{
	begin(j, key);
	fprintf(j->out, "%" PRIu64, n);
}

void
bench_json_real(struct bench_json *j, const char *key, double x)
{
	begin(j, key);
	if (fabs(x) < 1e15 && x == floor(x)) /* bytes, and things that are counted */
		fprintf(j->out, "%.0f", x);
	else if (fabs(x) <= DBL_MAX) /* not NAN either; isfinite() warns with mingw */
		fprintf(j->out, "%.6g", x);
	else
		fputs("null", j->out);
}

void
bench_json_exact(struct bench_json *j, const char *key, double x)
{
	begin(j, key);
	if (fabs(x) <= DBL_MAX)
		fprintf(j->out, "%.17g", x);
	else
		fputs("null", j->out);
}

void
bench_json_bool(struct bench_json *j, const char *key, bool b)
{
	begin(j, key);
	fputs(b ? "true" : "false", j->out);
}

void
bench_json_null(struct bench_json *j, const char *key)
{
	begin(j, key);
	fputs("null", j->out);
}
