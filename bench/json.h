/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Writes one line of JSON at a time. Keys are NULL inside arrays. */
#ifndef BENCH_JSON_H
#define BENCH_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct bench_json {
	FILE *out;
	bool comma;     /* does the next member need one? */
	unsigned depth; /* at 0 the line ends */
};

void bench_json_object(struct bench_json *j, const char *key);
void bench_json_object_end(struct bench_json *j);
void bench_json_array(struct bench_json *j, const char *key);
void bench_json_array_end(struct bench_json *j);
void bench_json_text(struct bench_json *j, const char *key, const char *text); /* NULL: null */
void bench_json_count(struct bench_json *j, const char *key, uint64_t n);
void bench_json_real(struct bench_json *j, const char *key, double x);  /* not finite: null */
void bench_json_exact(struct bench_json *j, const char *key, double x); /* to the last bit */
void bench_json_bool(struct bench_json *j, const char *key, bool b);
void bench_json_null(struct bench_json *j, const char *key);

#endif
