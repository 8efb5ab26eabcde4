/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Allocators that can take the place of the C library's: each a file in allocators/. */
#ifndef BENCH_ALLOCATORS_H
#define BENCH_ALLOCATORS_H

#include "bench.h"

#ifdef __cplusplus
extern "C" {
#endif

struct bench_allocator {
	const char *library;            /* that the reason names when it is absent */
	const char *symbol;             /* there is such a one when it is loaded */
	const char *const *environment; /* which loads it */
	const char *const *huge;        /* the same, with huge pages; NULL: it has no means */
	/* NULL: it is not loaded, or does not tell */
	const char *(*version)(void);
};

extern const struct bench_allocator bench_glibc, bench_jemalloc, bench_mimalloc, bench_tcmalloc;

/* What a process needs in its environment; a may be NULL: as it is. Never NULL. */
const char *const *bench_allocator_environment(const struct bench_allocator *a, bool huge);

/* May a variant run that wants this one? Tells the harness why not. */
bool bench_allocator_may(struct bench_batch *b, const struct bench_allocator *a, bool huge);

#ifdef __cplusplus
}
#endif

#endif
