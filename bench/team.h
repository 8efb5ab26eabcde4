/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Threads that begin at once. */
#ifndef BENCH_TEAM_H
#define BENCH_TEAM_H

#include "bench.h"

enum { BENCH_TEAM_MOST = 16 };

typedef bool bench_job(uint64_t from, uint64_t n);

/*
 * Let each of the threads do its part of n, timed from the moment all are there to the end
 * of the last; and tell the harness, where they are several, whether they really worked at
 * once. These are the metrics
 *
 *   overlap  the part of the time in which all were at work
 *   cores    processor time over time
 *   waited   the part of their time in which threads were ready and had no processor
 */
bool bench_team(struct bench_batch *b, bench_job *job, uint64_t n, int threads);

/*
 * A lock that starves somebody can take a thousand times what it should: nobody waits for that.
 * Let the job do n from an index on, in parts, as long as bench_now() is below ends, and one part
 * in any case. Returns how many it did, 0 if one failed.
 */
enum { BENCH_PATIENCE_NS = 500 }; /* enough for each operation */
uint64_t bench_with_patience(bench_job *job, uint64_t from, uint64_t n, uint64_t part,
                             uint64_t ends);

#endif
