/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Pushes by one thread, and by two at once, into memory that the process has not had. */
#include <stddef.h>

#include "../team.h"
#include "cvec.h"

static void
run(struct bench_batch *b, int threads, bench_job *job)
{
	const struct cvec_how *how = b->arg;
	double overlap, cores;

	if (!cvec_may(b, how, job != NULL))
		return;
	if (!how->peer->open(b->size + 2 * CVEC_MANY + 1024)) {
		bench_failed(b, "open", "out of memory");
		return;
	}
	if (!bench_team(b, job, b->size, threads, &overlap, &cores))
		bench_failed(b, "push", "failed");
	else if (how->peer->len() < b->size - CVEC_MANY * 2)
		bench_failed(b, "push", "elements are lost");
	how->peer->close();
	/* Did they really run at once? On a busy machine "cores" says that they did not. */
	bench_metric(b, "cores", cores);
	if (threads > 1)
		bench_metric(b, "overlap", overlap);
	b->ops = b->size;
}

#define JOB(name, call, threads)                                                                   \
	static void name(struct bench_batch *b)                                                    \
	{                                                                                          \
		const struct cvec_how *how = b->arg;                                               \
		run(b, threads, how->peer->call);                                                  \
	}

JOB(push_1, push, 1)
JOB(push_2, push, 2)
JOB(push_n_1, push_n, 1)
JOB(push_n_2, push_n, 2)
JOB(append_1, append, 1)
JOB(append_2, append, 2)

static const uint64_t sizes[] = { 10000000, 0 };

/* The last is another way to push, beside which the peers, who lack it, push singly. */
#define VARIANTS(name, ours, theirs)                                                               \
	static const struct bench_variant name[] = {                                               \
		{ "cvec", ours, &cvec_how_vbuf },                                                  \
		{ "TBB", theirs, &cvec_how_tbb },                                                  \
		{ "TBB, huge", theirs, &cvec_how_tbb_huge },                                       \
		{ "mutex", theirs, &cvec_how_mutex },                                              \
		{ "mutex, huge", theirs, &cvec_how_mutex_huge },                                   \
		{ "rwlock", theirs, &cvec_how_rwlock },                                            \
		{ NULL, NULL, NULL },                                                              \
	}

VARIANTS(one, push_1, push_1);
VARIANTS(two, push_2, push_2);
VARIANTS(many_one, push_n_1, push_n_1);
VARIANTS(many_two, push_n_2, push_n_2);
VARIANTS(append_one, append_1, push_1);
VARIANTS(append_two, append_2, push_2);

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

#define FAMILY(family, name_, op_, variants_, targets_)                                            \
	const struct bench_family family = {                                                       \
		.name = (name_),                                                                   \
		.op = (op_),                                                                       \
		.baseline = "TBB",                                                                 \
		.sizes = sizes,                                                                    \
		.quick_max = 1,                                                                    \
		.variants = (variants_),                                                           \
		.targets = (targets_),                                                             \
		.counts = true,                                                                    \
		.once = true,                                                                      \
		.apart = cvec_environment,                                                         \
	}

FAMILY(cvec_push_1, "push", "push of 8 bytes, one thread", one, one_targets);
FAMILY(cvec_push_2, "push-2", "push of 8 bytes, two threads together", two, two_targets);
FAMILY(cvec_push_n_1, "push_n", "element, 64 a call, one thread", many_one, block_targets);
FAMILY(cvec_push_n_2, "push_n-2", "element, 64 a call, two threads together", many_two,
       block_two_targets);
FAMILY(cvec_append_1, "append", "push through an appender; peers: push", append_one, block_targets);
FAMILY(cvec_append_2, "append-2", "the same by two threads together", append_two,
       block_two_targets);
