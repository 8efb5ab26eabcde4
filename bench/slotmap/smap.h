/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The slotmap's benchmarks. A peer is a map from handles to values of 16 bytes; its
 * file has the loops, with all operations inline in each (loops.h, loops_read.h).
 */
#ifndef BENCH_SLOTMAP_SMAP_H
#define BENCH_SLOTMAP_SMAP_H

#include "../bench.h"
#include "../hist.h"

#ifdef __cplusplus
extern "C" {
#endif

struct smap_value {
	uint64_t a, b;
};

/* What a map tells of itself. */
struct smap_state {
	uint64_t slots;    /* that were in use ever */
	uint64_t retired;  /* elements removed that wait for readers */
	uint64_t resident; /* bytes; 0: the system does not tell */
};

struct smap_how;

/*
 * There is one map at a time. Functions that a peer lacks are NULL. All but open and close
 * may be called by any thread where the peer is made for threads, and join it by
 * themselves. What is filled in has the values a = 1, 2, ...
 */
struct smap_peer {
	const char *absent; /* why it cannot run here, and then nothing else is set */
	bool (*open)(const struct smap_how *how, uint64_t max);
	void (*close)(void);

	/* n times */
	uint64_t (*pins)(uint64_t n);                 /* begin to read and end it, no more */
	uint64_t (*get_each)(uint64_t h, uint64_t n); /* the same element, pinned for each */
	uint64_t (*get_hot)(uint64_t h, uint64_t n);  /* the same, one pin for all */
	uint64_t (*get_all)(const uint64_t *handles, uint64_t n, uint64_t times);

	bool (*fill)(uint64_t n, uint64_t *ret_handles);
	bool (*fill_bare)(uint64_t n, uint64_t *ret_handles); /* without the pins */
	bool (*drain)(const uint64_t *handles, uint64_t n);   /* in that order */
	bool (*churn)(uint64_t n);                            /* insert one and remove it */
	bool (*churn_bare)(uint64_t n);
	/* n times: remove one of the live ones at random, put another one in its place */
	bool (*replace)(uint64_t *handles, uint64_t live, uint64_t n);

	bool (*fill_timed)(uint64_t n, uint64_t *ret_handles, struct bench_hist *inserts);
	bool (*drain_timed)(const uint64_t *handles, uint64_t n, struct bench_hist *removes);
	bool (*replace_timed)(uint64_t *handles, uint64_t live, uint64_t n,
	                      struct bench_hist *inserts, struct bench_hist *removes);

	/* all elements, so many times; the sum of a. The second asks for the handles too */
	uint64_t (*walk)(uint64_t times);
	uint64_t (*walk_handles)(uint64_t times);

	/* the slotmap only */
	void (*reclaim)(void);
	bool (*state)(struct smap_state *ret);
	bool (*hold)(uint64_t h); /* pin, and find it */
	void (*let_go)(void);
	uint64_t (*walk_runs)(uint64_t times); /* by runs of neighbours */
	uint64_t (*walk_runs_handles)(uint64_t times);
};

extern const struct smap_peer smap_vbuf, smap_exclusive;           /* peer_vbuf*.c */
extern const struct smap_peer smap_array, smap_words, smap_bits;   /* peer_array.c */
extern const struct smap_peer smap_plain, smap_mutex, smap_rwlock; /* in C++, or absent */
/* those that only read: guard_*.c */
extern const struct smap_peer smap_urcu_memb, smap_urcu_qsbr, smap_urcu_bp, smap_ck;

/* A peer, and what it is given: the arg of a variant. */
struct smap_how {
	const struct smap_peer *peer;
	const struct bench_allocator *allocator;
	bool huge;      /* the allocator: with huge pages */
	bool small;     /* pages are: no huge ones */
	bool symmetric; /* readers pay for the fence */
	bool used;      /* walks: few of the slots are as they were when fresh */
};

extern const struct smap_how smap_how_vbuf, smap_how_small, smap_how_symmetric, smap_how_exclusive,
	smap_how_exclusive_small, smap_how_used, smap_how_plain_used, smap_how_array,
	smap_how_array_huge, smap_how_words, smap_how_words_huge, smap_how_bits_huge,
	smap_how_plain, smap_how_plain_huge, smap_how_mutex, smap_how_mutex_huge, smap_how_rwlock,
	smap_how_rwlock_huge, smap_how_urcu_memb, smap_how_urcu_qsbr, smap_how_urcu_bp, smap_how_ck;

const char *const *smap_environment(const void *how);

/* May it run? Tells the harness why not. */
bool smap_may(struct bench_batch *b, const struct smap_how *how, bool able);

/* On a busy machine threads begin late, and a short batch measures that alone: not less
 * than so many operations for each of them. */
static inline void
smap_not_too_few(struct bench_batch *b, int threads)
{
	const uint64_t least = b->smoke ? 20000 : 2000000 / (uint64_t)threads;

	if (b->ops < least)
		b->ops = least;
}

/* Room for n handles, touched, so that it takes no part in what is measured; NULL, and
 * the harness is told, if there is none. One at a time. */
uint64_t *smap_handles(struct bench_batch *b, uint64_t n);

/* Marsaglia's xorshift. */
static inline uint64_t
smap_random(uint64_t *state)
{
	uint64_t x = *state;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return *state = x;
}

void smap_shuffle(uint64_t *some, uint64_t n);

/* Versions of the peers; NULL: absent. */
const char *smap_urcu_version(void);
const char *smap_ck_version(void);
const char *smap_std_version(void);

extern const struct bench_family smap_case_pin; /* pin.c */
extern const struct bench_family smap_case_get, smap_case_get_2, smap_case_get_4, smap_case_get_10,
	smap_case_get_pinned, smap_case_get_random; /* get.c */
extern const struct bench_family smap_case_churn, smap_case_churn_2, smap_case_churn_4,
	smap_case_churn_10;
extern const struct bench_family smap_case_fresh; /* fresh.c */
extern const struct bench_family smap_case_walk, smap_case_sparse, smap_case_occupancy; /* walk.c */
extern const struct bench_family smap_case_memory, smap_case_stalled;        /* memory.c */
extern const struct bench_family smap_case_latency, smap_case_latency_fresh; /* latency.c */

#ifdef __cplusplus
}
#endif

#endif
