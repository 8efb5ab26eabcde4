/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the files of the harness share. */
#ifndef BENCH_HARNESS_H
#define BENCH_HARNESS_H

#include <stdio.h>

#include "peer.h"
#include "result.h"

enum bench_mode {
	BENCH_FULL,
	BENCH_QUICK, /* fewer cases, shorter batches; figures all the same */
	BENCH_SMOKE, /* to see that it runs: what it measures is worth nothing */
};

struct bench_options {
	enum bench_mode mode;
	size_t repeats, least_repeats; /* the second where time is short */
	uint64_t seed, batch_ns;
	uint64_t budget_ns;    /* 0: as long as it takes */
	const char *filter[8]; /* NULL behind the last; a case holds one of them */
	bool list, plan, apart;
	char *program;
	size_t peers;
	struct bench_peer peer[BENCH_PEERS];
	double overhead; /* nanoseconds that a pair of start and stop measures of itself */
};

/* One of those that are compared in a case: a variant, or a peer elsewhere. */
struct bench_entrant {
	const char *name;
	const struct bench_variant *variant;
	const struct bench_peer *peer;
	struct bench_result *result;
};

enum { BENCH_ENTRANTS = 32 };

struct bench_case {
	const char *subject;
	char name[128];
	const struct bench_family *family;
	uint64_t size; /* 0: its family has none */
	size_t entrants;
	struct bench_entrant entrant[BENCH_ENTRANTS];
	double wall_s, cpu_s; /* what the measurement took */
};

/* measure.c */
/* The names of those that take part, NULL: all; and whether the size is one for few. */
const char *const *bench_few_of(const struct bench_case *c, const struct bench_options *o,
                                bool *ret_large);
bool bench_is_out(const struct bench_result *r);
double bench_measure_overhead(void);
void bench_measure(struct bench_case *c, const struct bench_options *o, size_t repeats,
                   uint64_t *random);

/* lines.c */
void bench_print_environment(const struct bench_subject *s, const struct bench_options *o);
void bench_print_case(const struct bench_case *c);
/* Say on stderr what nobody should overlook. */
void bench_print_doubts(const struct bench_case *c, const struct bench_options *o);

/* options.c; returns what is wrong, or NULL. */
const char *bench_options_parse(int argc, char **argv, struct bench_options *ret);
void bench_usage(FILE *out, const char *program);

#endif
