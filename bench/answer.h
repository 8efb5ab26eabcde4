/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * What another process says of the batch that it has run, on lines of JSON. It is the
 * same for this program started once more, and for peers in other languages: README.md
 * has the members.
 */
#ifndef BENCH_ANSWER_H
#define BENCH_ANSWER_H

#include <stdio.h>

#include "json.h"
#include "result.h"

/* A limit that no good answer comes near. */
#define BENCH_ANSWER_MAX ((size_t)64 << 10)

void bench_answer_write(FILE *out, const struct bench_batch *b);

/* The member "series", where there are any. */
void bench_curves_write(struct bench_json *j, const struct bench_result *r);

/* Make b what the text says. It is changed. */
void bench_answer_read(struct bench_batch *b, char *text);

#endif
