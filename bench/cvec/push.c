/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Pushes by one thread, and by two at once, into memory that the process has not had. */
#include <stddef.h>

#include "../team.h"
#include "cvec.h"

static void
run(struct bench_batch *b, int threads, bench_job *job)
{
	const struct cvec_how *how = b->arg;
	if (!cvec_may(b, how, job != NULL))
		return;
	if (!how->peer->open(b->size + 2 * CVEC_MANY + 1024)) {
		bench_failed(b, "open", "out of memory");
		return;
	}
	if (!bench_team(b, job, b->size, threads))
		bench_failed(b, "push", "failed");
	else if (how->peer->len() < b->size - CVEC_MANY * 2 - (uint64_t)threads)
		bench_failed(b, "push", "elements are lost");
	how->peer->close();
	b->ops = b->size / (uint64_t)threads * (uint64_t)threads;
}

#define JOB(name, call, threads)                                                                   \
	static void name(struct bench_batch *b)                                                    \
	{                                                                                          \
		const struct cvec_how *how = b->arg;                                               \
		run(b, threads, how->peer->call);                                                  \
	}

JOB(push_1, push, 1)
JOB(push_2, push, 2)
JOB(push_4, push, 4)
JOB(push_10, push, 10)
JOB(push_n_1, push_n, 1)
JOB(push_n_2, push_n, 2)
JOB(append_1, append, 1)
JOB(append_2, append, 2)
JOB(append_4, append, 4)
JOB(append_10, append, 10)

static const uint64_t sizes[] = { 100000, 1000000, 10000000, 0 };
static const uint64_t large[] = { 100000, 10000000, 0 };
static const uint64_t crowd[] = { 1000000, 0 };

/* The last is another way to push, beside which the peers, who lack it, push singly. */
#define OF_MANY(ours, theirs)                                                                      \
	{ "cvec", ours, &cvec_how_vbuf },                        /* */                             \
		{ "TBB", theirs, &cvec_how_tbb },                /* */                             \
		{ "TBB, huge", theirs, &cvec_how_tbb_huge },     /* */                             \
		{ "mutex", theirs, &cvec_how_mutex },            /* */                             \
		{ "mutex, huge", theirs, &cvec_how_mutex_huge }, /* */                             \
		{ "rwlock", theirs, &cvec_how_rwlock },          /* */                             \
	{                                                                                          \
		"rwlock, huge", theirs, &cvec_how_rwlock_huge                                      \
	}
#define COUNTERS(pushes)                                                                           \
	{ "floor: atomic counter", pushes, &cvec_how_counter },                                    \
	{                                                                                          \
		"floor: atomic counter, huge", pushes, &cvec_how_counter_huge                      \
	}
#define VARIANTS(name, ours, theirs, pushes)                                                       \
	static const struct bench_variant name[] = { OF_MANY(ours, theirs),                        \
		                                     COUNTERS(pushes),                             \
		                                     { NULL, NULL, NULL } }
#define VARIANTS_OF_ONE(name, ours, theirs)                                                        \
	static const struct bench_variant name[] = { OF_MANY(ours, theirs),                        \
		                                     COUNTERS(push_1),                             \
		                                     { "floor: array", push_1, &cvec_how_array },  \
		                                     { "floor: array, huge", push_1,               \
		                                       &cvec_how_array_huge },                     \
		                                     { NULL, NULL, NULL } }

VARIANTS_OF_ONE(one, push_1, push_1);
VARIANTS_OF_ONE(many_one, push_n_1, push_n_1);
VARIANTS_OF_ONE(append_one, append_1, push_1);
VARIANTS(two, push_2, push_2, push_2);
VARIANTS(four, push_4, push_4, push_4);
VARIANTS(ten, push_10, push_10, push_10);
VARIANTS(many_two, push_n_2, push_n_2, push_n_2);
VARIANTS(append_two, append_2, push_2, push_n_2);
VARIANTS(append_four, append_4, push_4, push_4);
VARIANTS(append_ten, append_10, push_10, push_10);

static const char *const quick[] = {
	"cvec", "TBB", "mutex", "rwlock", "floor: atomic counter", "floor: array", NULL
};

#define TARGET(other, most)                                                                        \
	{                                                                                          \
		.variant = "cvec", .figure = "time", .against = (other), .at_most = (most),        \
		.min_size = 10000000                                                               \
	}
#define END                                                                                        \
	{                                                                                          \
		.variant = NULL                                                                    \
	}

static const struct bench_target one_targets[] = { TARGET("TBB", 0.9), TARGET("mutex", 0.5), END };
static const struct bench_target two_targets[] = { TARGET("TBB", 1), TARGET("mutex", 1),
	                                           TARGET("rwlock", 1), END };
static const struct bench_target block_targets[] = { TARGET(NULL, 1.5), END };
static const struct bench_target block_two_targets[] = { TARGET("TBB", 0.2), TARGET("mutex", 0.2),
	                                                 END };

#define FAMILY(family, name_, op_, threads_, sizes_, variants_, targets_)                          \
	const struct bench_family family = {                                                       \
		.name = (name_),                                                                   \
		.op = (op_),                                                                       \
		.baseline = "TBB",                                                                 \
		.sizes = (sizes_),                                                                 \
		.smoke_max = 100000,                                                               \
		.quick_max = 1000000,                                                              \
		.full_only = (threads_) > 2,                                                       \
		.variants = (variants_),                                                           \
		.targets = (targets_),                                                             \
		.counts = true,                                                                    \
		.once = true,                                                                      \
		.threads = (threads_),                                                             \
		.cost_ns = 15,                                                                     \
		.quick_few = quick,                                                                \
		.apart = cvec_environment,                                                         \
	}

FAMILY(cvec_push_1, "push", "push of 8 bytes, one thread", 1, sizes, one, one_targets);
FAMILY(cvec_push_2, "push-2", "push of 8 bytes, two threads together", 2, sizes, two, two_targets);
FAMILY(cvec_push_4, "push-4", "push of 8 bytes, four threads together", 4, crowd, four, NULL);
FAMILY(cvec_push_10, "push-10", "push of 8 bytes, ten threads together", 10, crowd, ten, NULL);
FAMILY(cvec_push_n_1, "push_n", "element, 64 a call, one thread", 1, large, many_one,
       block_targets);
FAMILY(cvec_push_n_2, "push_n-2", "element, 64 a call, two threads together", 2, large, many_two,
       block_two_targets);
FAMILY(cvec_append_1, "append", "push through an appender; peers: push", 1, large, append_one,
       block_targets);
FAMILY(cvec_append_2, "append-2", "the same by two threads together", 2, large, append_two,
       block_two_targets);
FAMILY(cvec_append_4, "append-4", "the same by four threads together", 4, crowd, append_four, NULL);
FAMILY(cvec_append_10, "append-10", "the same by ten threads together", 10, crowd, append_ten,
       NULL);
