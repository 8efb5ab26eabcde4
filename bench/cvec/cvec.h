/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The concurrent vector's benchmarks. A peer is a vector of uint64_t that several
 * threads push to; its file has the loops, with push and read inline in each.
 */
#ifndef BENCH_CVEC_CVEC_H
#define BENCH_CVEC_CVEC_H

#include "../bench.h"
#include "../hist.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { CVEC_MANY = 64 }; /* elements of a push_n */

/* There is one vector at a time. Functions that a peer lacks are NULL. */
struct cvec_peer {
	const char *absent; /* why it cannot run here, and then nothing else is set */
	bool (*open)(uint64_t max);
	void (*close)(void);
	/* n times, or n / CVEC_MANY times; any thread. The values are from + 0, 1, ... */
	bool (*push)(uint64_t from, uint64_t n);
	bool (*push_n)(uint64_t from, uint64_t n);
	bool (*append)(uint64_t from, uint64_t n); /* by the thread's own block */
	/* sums of the first n elements, each way to read; once all has been pushed */
	uint64_t (*get)(uint64_t n);
	uint64_t (*unchecked)(uint64_t n);
	uint64_t (*prefix)(uint64_t n);
	uint64_t (*walk)(uint64_t n);
	/* the element i if it is there, else 0; any thread, at any time */
	uint64_t (*look)(uint64_t i);
	uint64_t (*len)(void);
};

extern const struct cvec_peer cvec_vbuf;                         /* peer_vbuf.c */
extern const struct cvec_peer cvec_array, cvec_counter;          /* floor.c */
extern const struct cvec_peer cvec_tbb, cvec_mutex, cvec_rwlock; /* in C++, or absent */

/* A peer, and what it is given: the arg of a variant. */
struct cvec_how {
	const struct cvec_peer *peer;
	const struct bench_allocator *allocator;
	bool huge;
};

extern const struct cvec_how cvec_how_vbuf, cvec_how_array, cvec_how_array_huge, cvec_how_counter,
	cvec_how_counter_huge, cvec_how_tbb, cvec_how_tbb_huge, cvec_how_mutex, cvec_how_mutex_huge,
	cvec_how_rwlock, cvec_how_rwlock_huge;

const char *const *cvec_environment(const void *how);

/* May it run? Tells the harness why not. */
bool cvec_may(struct bench_batch *b, const struct cvec_how *how, bool able);

/* Versions of the peers; NULL: absent. */
const char *cvec_tbb_version(void);
const char *cvec_std_version(void);

extern const struct bench_family cvec_push_1, cvec_push_2, cvec_push_4, cvec_push_10, cvec_push_n_1,
	cvec_push_n_2, cvec_append_1, cvec_append_2, cvec_append_4, cvec_append_10; /* push.c */
extern const struct bench_family cvec_reads;                                        /* reads.c */
extern const struct bench_family cvec_get_1, cvec_get_2, cvec_get_4, cvec_get_10;   /* get.c */
extern const struct bench_family cvec_during_growth;                                /* growth.c */

#ifdef __cplusplus
}
#endif

#endif
