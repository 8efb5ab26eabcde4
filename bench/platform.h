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

/* Those that found the page in memory, and those that did not; false: it does not tell. */
bool bench_fault_kinds(uint64_t *ret_minor, uint64_t *ret_major);

/* Processor time of this process and of those that it has seen end; nanoseconds. */
uint64_t bench_cpu_time(void);

/* Nanoseconds that the thread that opened it was ready and had no processor: quick to ask
 * while the clock runs. -1: the system does not tell. */
int bench_waited_open(void);
bool bench_waited(int handle, uint64_t *ret);
void bench_waited_close(int handle);

/* Processors that this process may use. */
unsigned bench_cpus(void);

/* Keep the calling thread on the nth of these, if there are so many; or let it go to any again.
 * Without effect where the system has no means. */
void bench_stay_on(unsigned nth);
void bench_roam(void);

/* The most memory that was ever resident in this process, and what is now. */
bool bench_resident(uint64_t *ret_peak, uint64_t *ret_now);

/* Memory that a program can have without swapping; 0: the system does not tell. */
uint64_t bench_available(void);

/* What a process may end with, beside its exit status. */
enum {
	BENCH_RUN_IMPOSSIBLE = -1, /* it cannot be begun here */
	BENCH_RUN_KILLED = 256,    /* and the number of the signal */
	BENCH_RUN_HUNG = 1024,     /* its time was over, and it was killed */
};

/* In words, valid until the next call. */
const char *bench_run_ended(int status);

/*
 * Run this very program with the arguments given (the first is its name, NULL at the
 * end) and with more in its environment, for so many milliseconds at most, and collect
 * what it prints, up to ret_size - 1 bytes. Returns what it ended with.
 */
int bench_run_self(char *const *args, const char *const *environment, uint64_t patience_ms,
                   char *ret, size_t ret_size);

/* The same of a simple command for the shell, which is given a text to read. */
int bench_run_peer(const char *command, const char *text, uint64_t patience_ms, char *ret,
                   size_t ret_size);

/*
 * Run this very program, which prints where we do, and count its system calls between
 * odd and even marks. ret_told: it could be done, and there were not too many. Returns
 * what it ended with.
 */
int bench_count_calls(char *const *args, uint64_t *ret_calls, bool *ret_told);
void bench_mark(void);

/* What is loaded under that name, or NULL. */
void *bench_symbol(const char *name);

/* Members that describe the machine. */
void bench_environment(struct bench_json *j);

#ifdef __cplusplus
}
#endif

#endif
