/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Reads a line of JSON, member by member, as whoever wrote it may have made mistakes.
 * After the first mistake all functions do nothing, and wrong says what it was.
 *
 *   bench_json_open(&r, '{');
 *   while (bench_json_member(&r, key, sizeof key))
 *       ... exactly one of number(), text(), skip(), or open() and what belongs to it
 *   bench_json_end(&r);
 */
#ifndef BENCH_JSON_IN_H
#define BENCH_JSON_IN_H

#include <stdbool.h>
#include <stddef.h>

struct bench_json_in {
	const char *at;    /* ends with '\0' */
	const char *wrong; /* NULL: nothing yet */
	bool first;        /* of the members of what was opened last */
};

void bench_json_open(struct bench_json_in *r, char bracket); /* '{' or '[' */
/* To the next member, or the next element; false at the end, or where there is a mistake. */
bool bench_json_member(struct bench_json_in *r, char *ret_key, size_t key_size);
bool bench_json_element(struct bench_json_in *r);
bool bench_json_is_null(struct bench_json_in *r); /* and then it is read */
double bench_json_number(struct bench_json_in *r);
/* What does not fit is cut off. */
void bench_json_string(struct bench_json_in *r, char *ret, size_t size);
void bench_json_skip(struct bench_json_in *r); /* a value of any kind */
void bench_json_end(struct bench_json_in *r);  /* nothing may follow */

#endif
