/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "harness.h"

enum { REPEATS = 15, LEAST = 10, SMOKE_REPEATS = 5 };

void
bench_usage(FILE *out, const char *program)
{
	fprintf(out,
	        "usage: %s [options]\n"
	        "  --quick            fewer cases, shorter batches: figures in some seconds\n"
	        "  --smoke            only to see that it runs: figures are worth nothing\n"
	        "  --repeats N        batches of each variant, 1 to %d (default %d, %d at least)\n"
	        "  --budget SECONDS   repeat less, and shorten batches, as time gets short\n"
	        "  --filter SUBSTR    only the cases whose name holds it; several: or\n"
	        "  --seed N           of the order of the variants; 0 to 4294967295\n"
	        "  --peer NAME=COMMAND  a peer in another process: see README.md; up to %d\n"
	        "  --peer-timeout SECONDS  of a batch of such a peer (default 60)\n"
	        "  --list             print the names of the cases and stop\n"
	        "  --plan             the same, and about how many seconds each takes\n",
	        program, BENCH_STATS_MAX, REPEATS, LEAST, BENCH_PEERS);
}

static bool
parse_number(const char *text, uint64_t least, uint64_t max, uint64_t *ret)
{
	char *end;

	if (!text || *text < '0' || *text > '9')
		return false;
	unsigned long long n = strtoull(text, &end, 10);
	*ret = n;
	return *end == '\0' && n >= least && n <= max;
}

static const char *
add_filter(struct bench_options *o, const char *value)
{
	const size_t max = sizeof o->filter / sizeof *o->filter;
	size_t n = 0;

	while (o->filter[n])
		n++;
	if (!value || n + 1 == max)
		return "--filter wants a part of a name, and there may be seven";
	o->filter[n] = value;
	return NULL;
}

static const char *
add_peer(struct bench_options *o, const char *value)
{
	if (o->peers == BENCH_PEERS || !value || !bench_peer_parse(&o->peer[o->peers], value))
		return "--peer wants NAME=COMMAND, and there may be eight";
	o->peers++;
	return NULL;
}

static const char *
parse_valued(const char *option, const char *value, struct bench_options *o, uint64_t *patience)
{
	uint64_t n;

	if (strcmp(option, "--repeats") == 0) {
		if (!parse_number(value, 1, BENCH_STATS_MAX, &n))
			return "--repeats wants a number it can use";
		o->repeats = o->least_repeats = (size_t)n;
	} else if (strcmp(option, "--seed") == 0) {
		if (!parse_number(value, 0, UINT32_MAX, &o->seed))
			return "--seed wants a number it can use";
	} else if (strcmp(option, "--budget") == 0) {
		if (!parse_number(value, 1, 1000000, &n))
			return "--budget wants a number of seconds";
		o->budget_ns = n * 1000000000;
	} else if (strcmp(option, "--peer-timeout") == 0) {
		if (!parse_number(value, 1, 100000, patience))
			return "--peer-timeout wants a number of seconds";
	} else if (strcmp(option, "--filter") == 0) {
		return add_filter(o, value);
	} else if (strcmp(option, "--peer") == 0) {
		return add_peer(o, value);
	} else {
		return "unknown option";
	}
	return NULL;
}

const char *
bench_options_parse(int argc, char **argv, struct bench_options *o)
{
	const char *wrong = NULL;
	uint64_t patience = 60;

	for (int i = 1; i < argc && !wrong; i++) {
		if (strcmp(argv[i], "--quick") == 0)
			o->mode = BENCH_QUICK;
		else if (strcmp(argv[i], "--smoke") == 0)
			o->mode = BENCH_SMOKE;
		else if (strcmp(argv[i], "--list") == 0)
			o->list = true;
		else if (strcmp(argv[i], "--plan") == 0)
			o->list = o->plan = true;
		else {
			wrong = parse_valued(argv[i], i + 1 < argc ? argv[i + 1] : NULL, o,
			                     &patience);
			i++;
		}
	}
	if (o->repeats == 0) {
		o->least_repeats = o->mode == BENCH_SMOKE ? SMOKE_REPEATS : LEAST;
		o->repeats = o->mode == BENCH_FULL ? REPEATS : o->least_repeats;
	}
	o->batch_ns = o->mode == BENCH_SMOKE ? 500000 : o->mode == BENCH_QUICK ? 3000000 : 10000000;
	for (size_t i = 0; i < o->peers; i++)
		o->peer[i].patience_ms = patience * 1000;
	return wrong;
}
