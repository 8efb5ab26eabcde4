/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * A subject of known latencies: this file is also the platform, and its clock moves
 * only when a variant, or a look at it, moves it.
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apart.h"
#include "bench.h"
#include "platform.h"

#define LOOK_NS 7

static uint64_t now;

uint64_t
bench_now(void)
{
	return now += LOOK_NS;
}

void
bench_environment(struct bench_json *j)
{
	bench_json_text(j, "kernel", "a \"quoted\\name\"\n\tof \xe9");
	bench_json_text(j, "cpu", NULL);
	bench_json_real(j, "load", -1.5e-7);
	bench_json_count(j, "memory", UINT64_MAX);
}

/* The other process: each operation takes 50 ns there, or what the environment says. */
int
bench_run_self(char *const *args, const char *const *environment, char *ret, size_t ret_size)
{
	if (strcmp(args[1], BENCH_APART) != 0)
		return -1;
	if (!args[2]) {
		snprintf(ret, ret_size, "ready\n");
		return 0;
	}
	if (strcmp(args[3], "dies") == 0)
		return 256 + 9;
	if (strcmp(args[3], "missing") == 0) {
		snprintf(ret, ret_size, "absent no such thing\nops 0\n");
		return 0;
	}
	unsigned long long ops = strtoull(args[5], NULL, 10), ns = 50;
	if (environment[0])
		ns = strtoull(strchr(environment[0], '=') + 1, NULL, 10);
	snprintf(ret, ret_size, "ops %llu\nstarts 2\nelapsed %llu\nmetric size %s\nwhat is this\n",
	         ops, ops * ns + 2 * LOOK_NS, args[4]);
	return 0;
}

static const char *const *
environment_of(const void *arg)
{
	static const char *const nothing[] = { NULL };

	return arg ? arg : nothing;
}

/* Each operation takes *b->arg ns. */
static void
steady(struct bench_batch *b)
{
	bench_start(b);
	now += b->ops * *(const uint64_t *)b->arg;
	bench_stop(b);
	bench_metric(b, "size", (double)b->size);
	now += 5000; /* not timed */
}

/* Does more than it is asked for, in two timed parts. */
static void
rounds(struct bench_batch *b)
{
	b->ops = (b->ops + 99) / 100 * 100;
	for (int i = 0; i < 2; i++) {
		bench_start(b);
		now += b->ops * 15 / 2;
		bench_stop(b);
	}
}

/* Batch by batch 1, 2, 3, ... ns an operation; the first one is the warm-up. */
static void
drifting(struct bench_batch *b)
{
	static uint64_t batch;

	bench_start(b);
	now += batch == 0 ? 1000000000 : b->ops * batch;
	bench_stop(b);
	bench_metric(b, "batch", (double)batch);
	batch++;
}

/* The machine becomes ten times as slow in the midst of the third round: after one
 * variant had its turn and before the other. */
static void
disturbed(struct bench_batch *b)
{
	static uint64_t ops[2], round[2];
	const uint64_t ns = *(const uint64_t *)b->arg;
	const unsigned fast = ns == 100;

	/* each size but the last is tried once, while the right one is looked for */
	round[fast] = b->ops == ops[fast] ? round[fast] + 1 : 0;
	ops[fast] = b->ops;
	bench_start(b);
	now += b->ops * ns * (round[fast] >= (fast ? 4 : 3) ? 10 : 1);
	bench_stop(b);
}

static void
missing(struct bench_batch *b)
{
	bench_absent(b, b->arg);
}

static void
breaking(struct bench_batch *b)
{
	bench_failed(b, "thing", b->arg);
}

/* Breaks in the midst of the measurement. */
static void
breaking_late(struct bench_batch *b)
{
	static int batches;

	steady(b);
	if (++batches == 4)
		bench_failed(b, "thing", "broke late");
}

static void
idle(struct bench_batch *b)
{
	(void)b;
}

static const uint64_t ns100 = 100, ns250 = 250, ns1e9 = 1000000000;
static const uint64_t sizes[] = { 3, 1 << 10, 5 << 20, 0 };

static const struct bench_variant known_variants[] = {
	{ "base", steady, &ns250 },
	{ "fast", steady, &ns100 },
	{ "slow", steady, &ns1e9 },
	{ "rounds", rounds, NULL },
	{ "peer \"x\"", missing, "not installed: \"x\"" },
	{ NULL, NULL, NULL },
};

static const struct bench_target known_targets[] = {
	{ .variant = "fast", .figure = "time", .against = "base", .at_most = 0.4 },
	{ .variant = "fast", .figure = "time", .against = "base", .at_most = 0.39 },
	{ .variant = "fast", .figure = "size", .at_least = 1024, .min_size = 1024 },
	{ .variant = "peer \"x\"", .figure = "time", .against = "base", .at_most = 1 },
	{ .variant = "fast", .figure = "unheard of", .at_most = 1 },
	{ .variant = "fast",
	  .figure = "time",
	  .against = "base",
	  .at_most = 0.39,
	  .or_at_most = 101 },
	{ .variant = "fast",
	  .figure = "time",
	  .against = "base",
	  .at_most = 0.39,
	  .or_at_most = 99 },
	{ .variant = NULL },
};

static const struct bench_variant drift_variants[] = {
	{ "drifting", drifting, NULL },
	{ NULL, NULL, NULL },
};

static const struct bench_variant noise_variants[] = {
	{ "base", disturbed, &ns250 },
	{ "fast", disturbed, &ns100 },
	{ NULL, NULL, NULL },
};

static const struct bench_target noise_targets[] = {
	{ .variant = "fast", .figure = "time", .against = "base", .at_most = 0.4 },
	{ .variant = NULL },
};

static const struct bench_variant broken_variants[] = {
	{ "early", breaking, "broke at once" },
	{ "late", breaking_late, &ns100 },
	{ "idle", idle, NULL },
	{ "good", steady, &ns100 },
	{ NULL, NULL, NULL },
};

static const char *const slow_there[] = { "SLOW=400", NULL };

/* What runs here would be idle. */
static const struct bench_variant apart_variants[] = {
	{ "there", idle, NULL },   { "told", idle, slow_there }, { "dies", idle, NULL },
	{ "missing", idle, NULL }, { NULL, NULL, NULL },
};

static const struct bench_variant once_variants[] = {
	{ "short", steady, &ns100 },
	{ NULL, NULL, NULL },
};

static const uint64_t counts[] = { 20, 3000, 0 };

static const struct bench_family apart = {
	.name = "apart",
	.op = "something elsewhere",
	.baseline = "there",
	.variants = apart_variants,
	.apart = environment_of,
};

static const struct bench_family once = {
	.name = "once",
	.op = "one thing",
	.baseline = "short",
	.sizes = counts,
	.variants = once_variants,
	.counts = true,
	.once = true,
	.most_repeats = 4,
};

static const struct bench_family known = {
	.name = "known",
	.op = "nothing at all",
	.baseline = "base",
	.sizes = sizes,
	.quick_max = 1 << 10,
	.variants = known_variants,
	.targets = known_targets,
};

static const struct bench_family drift = {
	.name = "drift",
	.op = "drift",
	.baseline = "drifting",
	.variants = drift_variants,
};

static const struct bench_family noise = {
	.name = "noise",
	.op = "nothing on a busy machine",
	.baseline = "base",
	.variants = noise_variants,
	.targets = noise_targets,
};

static const struct bench_family broken = {
	.name = "broken",
	.op = "break",
	.baseline = "good",
	.variants = broken_variants,
};

int
main(int argc, char **argv)
{
	static const struct bench_family *const families[] = { &known,  &drift, &noise, &once,
		                                               &broken, &apart, NULL };

	return bench_main(argc, argv, "fake", families);
}
