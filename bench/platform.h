/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the harness asks the system. The build picks posix/ or win32/. */
#ifndef BENCH_PLATFORM_H
#define BENCH_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json.h"

#ifdef __cplusplus
extern "C" {
#endif

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

/* The most memory that was ever resident in this process, and what is now. */
bool bench_resident(uint64_t *ret_peak, uint64_t *ret_now);

/* Memory that a program can have without swapping; 0: the system does not tell. */
uint64_t bench_available(void);

/*
 * Run this very program with the arguments given (the first is its name, NULL at the
 * end) and with more in its environment, and collect what it prints, up to ret_size
 * - 1 bytes. Returns its exit status, or -1 where this cannot be done.
 */
int bench_run_self(char *const *args, const char *const *environment, char *ret, size_t ret_size);

/* Members that describe the machine. */
void bench_environment(struct bench_json *j);

#ifdef __cplusplus
}
#endif

#endif
