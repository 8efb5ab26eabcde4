/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * A subject of known latencies: this file is also the platform, and its clock moves
 * only when a variant, or a look at it, moves it.
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocators.h"
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

bool
bench_memory_of(const void *p, size_t size, struct bench_memory *ret)
{
	(void)p;
	(void)size;
	(void)ret;
	return false;
}

bool
bench_resident(uint64_t *ret_peak, uint64_t *ret_now)
{
	(void)ret_peak;
	(void)ret_now;
	return false;
}

bool
bench_fault_kinds(uint64_t *ret_minor, uint64_t *ret_major)
{
	(void)ret_minor;
	(void)ret_major;
	return false;
}

uint64_t
bench_available(void)
{
	return 0;
}

uint64_t
bench_cpu_time(void)
{
	return now / 2;
}

unsigned
bench_cpus(void)
{
	return 2;
}

void *
bench_symbol(const char *name)
{
	(void)name;
	return NULL;
}

void
bench_mark(void)
{
}

int
bench_count_calls(char *const *args, uint64_t *ret_calls, bool *ret_told)
{
	(void)args;
	*ret_calls = 0;
	*ret_told = false;
	return BENCH_RUN_IMPOSSIBLE;
}

/* The other process: each operation takes 50 ns there, or what the environment says. A
 * probe has figures of its own, a page fault for each operation among them. */
int
bench_run_self(char *const *args, const char *const *environment, uint64_t patience_ms, char *ret,
               size_t ret_size)
{
	(void)patience_ms;
	if (strcmp(args[1], BENCH_APART) != 0)
		return BENCH_RUN_IMPOSSIBLE;
	if (!args[2]) {
		snprintf(ret, ret_size, "ready\n");
		return 0;
	}
	if (strcmp(args[2], "version") == 0) {
		snprintf(ret, ret_size, "%s", environment[0] ? environment[0] : "");
		return 0;
	}
	if (strcmp(args[3], "dies") == 0)
		return BENCH_RUN_KILLED + 9;
	if (strcmp(args[3], "hangs") == 0)
		return BENCH_RUN_HUNG;
	if (strcmp(args[3], "missing") == 0) {
		snprintf(ret, ret_size, "{\"absent\": \"no such thing\", \"ops\": 0}\n");
		return 0;
	}
	unsigned long long ops = strtoull(args[5], NULL, 10), ns = 50;
	if (environment[0])
		ns = strtoull(strchr(environment[0], '=') + 1, NULL, 10);
	if (args[7])
		snprintf(ret, ret_size,
		         "{\"ops\": %llu, \"starts\": 1, \"ns\": 1, \"metrics\": {\"size\": -1}, "
		         "\"process\": {\"minor_faults\": %llu, \"mappings\": -3, \"peak_rss\": "
		         "0}}\n"
		         "{\"process\": {\"system_calls\": %llu}}\n",
		         ops, ops, 2 * ops);
	else
		snprintf(ret, ret_size,
		         "{\"ops\": %llu, \"starts\": 2, \"ns\": %llu, \"what is\": [\"this\"],\n"
		         " \"metrics\": {\"size\": %s}, \"process\": {\"peak_rss\": 4096},"
		         " \"series\": {\"rss\": {\"x\": \"elements\", \"unit\": \"bytes\","
		         " \"points\": [[0, 1], [%llu, 2.5]]}}}\n",
		         ops, ops * ns + 2 * LOOK_NS, args[4], ops);
	for (char *c = ret; *c; c++) /* one line */
		if (*c == '\n' && c[1] == ' ')
			*c = ' ';
	return 0;
}

/* A peer in another language: what it answers is its command, where that is no number,
 * which is how many nanoseconds it takes. */
int
bench_run_peer(const char *command, const char *text, uint64_t patience_ms, char *ret,
               size_t ret_size)
{
	const char *ops = strstr(text, "\"ops\": ");

	if (strcmp(command, "hangs") == 0)
		return patience_ms == 3000 ? BENCH_RUN_HUNG : 0;
	if (strcmp(command, "fails") == 0)
		return 3;
	if (strcmp(command, "is not there") == 0)
		return 127;
	if (strcmp(command, "asks") == 0) {
		snprintf(ret, ret_size, "{\"failed\": \"\"}");
		return strcmp(text, "{\"type\": \"batch\", \"schema\": 1, \"subject\": \"fake\", "
		                    "\"case\": \"once\", \"size\": 20, \"ops\": 1, \"once\": true, "
		                    "\"threads\": 1, \"smoke\": false}\n") == 0
		               ? 0
		               : 1;
	}
	if (command[0] < '0' || command[0] > '9') {
		snprintf(ret, ret_size, "%s", command);
		return 0;
	}
	unsigned long long n = ops ? strtoull(ops + strlen("\"ops\": "), NULL, 10) : 0;
	snprintf(ret, ret_size, "{\"ops\": %llu, \"ns\": %llu, \"metrics\": {\"luck\": 7}}\n", n,
	         n * strtoull(command, NULL, 10));
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

	/* each size but the last is tried once, while the right one is looked for, and that twice
	 */
	round[fast] = b->ops == ops[fast] ? round[fast] + 1 : 0;
	ops[fast] = b->ops;
	bench_start(b);
	now += b->ops * ns * (round[fast] >= (fast ? 5 : 4) ? 10 : 1);
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
	{ "there", idle, NULL }, { "told", idle, slow_there }, { "dies", idle, NULL },
	{ "hangs", idle, NULL }, { "missing", idle, NULL },    { NULL, NULL, NULL },
};

/* Two threads, as the metrics tell it. */
struct pair {
	double overlap, cores, waited; /* the last: -1 is unknown */
};

static void
two(struct bench_batch *b)
{
	const struct pair *p = b->arg;

	bench_start(b);
	now += b->ops * 100;
	bench_stop(b);
	bench_metric(b, "overlap", p->overlap);
	bench_metric(b, "cores", p->cores);
	if (p->waited >= 0)
		bench_metric(b, "waited", p->waited);
}

static const struct pair good_pair = { 0.99, 1.2, 0 }, apart_pair = { 0.5, 2, 0 },
			 starved_pair = { 0.99, 1.2, 0.4 }, lame_pair = { 0.99, 1.2, -1 };

static const struct bench_variant pair_variants[] = {
	{ "good", two, &good_pair },       { "one by one", two, &apart_pair },
	{ "starved", two, &starved_pair }, { "lame", two, &lame_pair },
	{ "alone", steady, &ns100 },       { NULL, NULL, NULL },
};

static const struct bench_variant once_variants[] = {
	{ "short", steady, &ns100 },
	{ "long", steady, &ns250 },
	{ NULL, NULL, NULL },
};

static const char *const only_short[] = { "short", NULL };
static const struct bench_few few[] = { { 3000, only_short }, { 0, NULL } };

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
	.slow = true,
	.few = few,
};

static const struct bench_family pairs = {
	.name = "pairs",
	.op = "something by two",
	.baseline = "good",
	.full_only = true,
	.threads = 2,
	.variants = pair_variants,
};

static const struct bench_family crowds = {
	.name = "crowds",
	.op = "something by three",
	.baseline = "good",
	.full_only = true,
	.threads = 3,
	.variants = pair_variants,
};

/* A second of each variant and repeat. */
static const struct bench_family long_one = {
	.name = "long",
	.op = "something that takes its time",
	.baseline = "short",
	.sizes = counts,
	.counts = true,
	.variants = once_variants,
	.quick_few = only_short,
	.cost_ns = 333333,
};

static const struct bench_family known = {
	.name = "known",
	.op = "nothing at all",
	.baseline = "base",
	.sizes = sizes,
	.smoke_max = 1 << 10,
	.quick_max = 3,
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

static const char *
version_here(void)
{
	return "1.2 \"here\"";
}

static const char *
version_nowhere(void)
{
	return NULL;
}

static const struct bench_allocator elsewhere = { "libelse.so", "x", slow_there, NULL, NULL };

int
main(int argc, char **argv)
{
	static const struct bench_family *const families[] = {
		&known, &drift, &noise, &once, &broken, &apart, &pairs, &crowds, &long_one, NULL,
	};
	static const struct bench_library libraries[] = {
		{ "here", version_here, NULL },
		{ "nowhere", version_nowhere, NULL },
		{ "elsewhere", NULL, &elsewhere },
		{ NULL, NULL, NULL },
	};
	static const struct bench_subject fake = { "fake", families, libraries };

	return bench_main(argc, argv, &fake);
}
