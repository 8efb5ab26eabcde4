/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The vector's benchmarks. A peer is a vector of uint64_t; its file says how one is
 * made, pushed to and so on, and loops.h makes of that the loops that are timed, so
 * that push is inlined in all of them alike.
 */
#ifndef BENCH_VEC_VEC_H
#define BENCH_VEC_VEC_H

#include "../bench.h"
#include "../hist.h"

#ifdef __cplusplus
extern "C" {
#endif

struct vbuf_vec_options;
struct vec_peer;

enum vec_ready {
	VEC_COLD,
	VEC_STEPS,    /* what comes next is made resident, in steps, whenever it is reached */
	VEC_PREFAULT, /* all memory is made resident before the first push */
	VEC_AHEAD,    /* a second thread makes it resident, ahead of the pushes */
};

/* A peer, and how it is to be used: the arg of a variant. */
struct vec_how {
	const struct vec_peer *peer;
	const struct bench_allocator *allocator; /* NULL: whichever there is */
	unsigned num, den;                       /* growth of realloc */
	bool reserve;                            /* std::vector: room for all at first */
	bool huge;                              /* the allocator, or the mapping: with huge pages */
	size_t step;                            /* libvbuf: prefault so many bytes at a time */
	enum vec_ready ready;                   /* libvbuf */
	const struct vbuf_vec_options *options; /* libvbuf */
};

/* There is one vector at a time, within the peer. Functions that return a string
 * return NULL, or what went wrong. */
struct vec_peer {
	const char *absent; /* why it cannot run here, and then nothing else is set */
	const char *(*open)(const struct vec_how *how, uint64_t n); /* for n elements at most */
	const char *(*push)(uint64_t n);         /* onto a vector that is a local variable */
	const char *(*push_through)(uint64_t n); /* onto one that a pointer leads to */
	const char *(*push_timed)(uint64_t n, struct bench_hist *hist);
	const char *(*append)(const uint64_t *from, uint64_t n);
	void (*pop)(uint64_t n);
	void (*clear)(void); /* keeps the memory */
	void (*fit)(void);   /* gives back what can be, by the call there is for it */
	uint64_t *(*data)(void);
	uint64_t (*capacity)(void);
	double (*spare)(uint64_t n, uint64_t least); /* push n, and look at the capacity */
	void (*close)(void);
	/* times: make one, push n, destroy it */
	const char *(*lives)(const struct vec_how *how, uint64_t n, uint64_t times);
	/* make VEC_MANY, push n to each, destroy them. ret_resident may be NULL */
	const char *(*many)(const struct vec_how *how, uint64_t n, uint64_t *ret_resident);
};

enum { VEC_MANY = 1000, VEC_STEP = 4 << 20 };

/* Push n onto the vector, prefaulting the next so many bytes where the last ones end. */
const char *vec_vbuf_push_steps(uint64_t n, size_t step);

const char *vec_std_version(void); /* NULL: it is absent */

/* One store an element, as a push has it: not several of them in a vector register. */
void vec_store_all(uint64_t *p, uint64_t n);

/* posix/ or win32/: have the system fill so much fresh memory with zeros, and map it. */
struct vec_pages {
	void *base;
	size_t size;
};
const char *vec_pages_take(struct vec_pages *ret, size_t size, bool huge);
void vec_pages_give(struct vec_pages *p);

extern const struct vec_peer vec_vbuf;    /* peer_vbuf.c */
extern const struct vec_peer vec_realloc; /* peer_realloc.c */
extern const struct vec_peer vec_std;     /* peer_std.cpp, or peer_std_absent.c */
extern const struct vec_peer vec_deque;   /* peer_deque.cpp, or peer_std_absent.c */
extern const struct vec_peer vec_map;     /* in posix/ or win32/ */

/* hows.c: what the families share. */
extern const struct vec_how vec_default, vec_bounded, vec_cold, vec_kept, vec_small, vec_double,
	vec_linear, vec_ready, vec_steps, vec_ahead;
extern const struct vec_how vec_x2, vec_x2_huge, vec_x15, vec_x15_huge;
extern const struct vec_how vec_je_x2, vec_je_x15, vec_je_x2_huge, vec_je_x15_huge;
extern const struct vec_how vec_mi_x2, vec_mi_x15, vec_mi_x2_huge, vec_mi_x15_huge;
extern const struct vec_how vec_tc_x2, vec_tc_x15, vec_tc_x2_huge;
extern const struct vec_how vec_cpp, vec_cpp_huge, vec_cpp_reserve, vec_cpp_reserve_huge,
	vec_cpp_deque, vec_cpp_deque_huge;
extern const struct vec_how vec_plain_map, vec_huge_map;

/* The environment of a variant: vec_how is its arg. */
const char *const *vec_environment(const void *how);

/* May the variant run? Tells the harness why not. */
bool vec_may(struct bench_batch *b, const struct vec_how *how);

/* Tell the harness if err is not NULL; returns whether it is. */
bool vec_ok(struct bench_batch *b, const char *what, const char *err);

extern const struct bench_family vec_push, vec_allocators, vec_memory; /* fresh.c */
/* floor.c; arg is NULL */
void vec_floor_stores(struct bench_batch *b);
void vec_floor_stores_huge(struct bench_batch *b);
void vec_floor_memset(struct bench_batch *b);
void vec_floor_zeros(struct bench_batch *b);
void vec_floor_zeros_huge(struct bench_batch *b);

extern const struct bench_family vec_life, vec_tiny;              /* life.c */
extern const struct bench_family vec_warm, vec_append, vec_swing; /* warm.c */
extern const struct bench_family vec_breathe;                     /* breathe.c */
extern const struct bench_family vec_latency;                     /* latency.c */
extern const struct bench_family vec_reads;                       /* reads.c */

#ifdef __cplusplus
}
#endif

#endif
