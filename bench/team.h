/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Threads that begin at once. */
#ifndef BENCH_TEAM_H
#define BENCH_TEAM_H

#include "bench.h"

enum { BENCH_TEAM_MOST = 16 };

typedef bool bench_job(uint64_t from, uint64_t n);

/*
 * Let each of the threads do its part of n, timed from the moment all are there to the
 * end of the last. ret_overlap receives the part of that time in which all worked, and
 * ret_cores the processor time used in it, over the time.
 */
bool bench_team(struct bench_batch *b, bench_job *job, uint64_t n, int threads, double *ret_overlap,
                double *ret_cores);

#endif
