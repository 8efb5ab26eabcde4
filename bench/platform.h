/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the harness asks the system. The build picks posix/ or win32/. */
#ifndef BENCH_PLATFORM_H
#define BENCH_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json.h"

/* Nanoseconds of a clock that never goes back. */
uint64_t bench_now(void);

/* What the system holds for a range of addresses; bytes. */
struct bench_memory {
	uint64_t mappings; /* number of them that the range lies in */
	uint64_t charge;   /* promised to this process: what counts against a commit limit */
	uint64_t resident; /* private pages that are there; a shared page of zeros is not */
	uint64_t huge;     /* of those, in huge pages */
};

/* false: the system does not tell. Costs many microseconds. */
bool bench_memory_of(const void *p, size_t size, struct bench_memory *ret);

/* What the system has promised to all processes together; false: it does not tell. */
bool bench_system_charge(uint64_t *ret);

/* Page faults of this process so far. */
uint64_t bench_faults(void);

/* Members that describe the machine. */
void bench_environment(struct bench_json *j);

#endif
