/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The fast paths whose instructions are counted. A file a subject, a table a file.
 *
 * What is counted is run(), with so many operations and with twice as many. What happens
 * once is in both, so the difference is that of the operations alone; prepare() sees to it
 * that they find the same however many there are.
 */
#ifndef BENCH_COUNTS_PATHS_H
#define BENCH_COUNTS_PATHS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct path {
	const char *name; /* subject/operation; " NOTE" behind it says what kind of it */
	size_t ops;       /* operations of the shorter run */
	bool (*prepare)(size_t ops);
	bool (*run)(size_t ops); /* false: an operation failed */
	void (*finish)(void);
};

/* Each ends with one without a name. */
extern const struct path vec_paths[], cvec_paths[], slotmap_paths[], vm_paths[];

/* The value is used, says this to the compiler. */
#define keep(x) __asm__ volatile("" : : "r"(x))

#endif
