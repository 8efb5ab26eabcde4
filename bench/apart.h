/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Batches in processes of their own. The program runs itself with BENCH_APART as its
 * first argument and what the batch is; the other answers as answer.h says.
 */
#ifndef BENCH_APART_H
#define BENCH_APART_H

#include "result.h"

#define BENCH_APART "--apart"

/* Can this system do so? */
bool bench_apart_works(char *program);

/* Run a batch in another process: b is then as if it had run in this one. With probe it is
 * looked at closely, and what it takes is of no use. */
void bench_apart_run(struct bench_batch *b, char *program, const char *family, const char *variant,
                     const char *const *environment, bool probe);

/* The version of a library, as it is in its environment; false: it is not there. */
bool bench_apart_version(char *program, const struct bench_library *library, char *ret,
                         size_t size);

/* What the other process does. */
int bench_apart_main(int argc, char **argv, const struct bench_subject *subject);

#endif
