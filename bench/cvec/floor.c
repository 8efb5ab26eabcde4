/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * What no concurrent vector can go below: an array of one thread; and the same with an
 * atomic counter that hands out its elements, so that several threads can store into
 * them, and nobody could tell which ones are there.
 */
#include <stddef.h>
#include <stdlib.h>

#include "cvec.h"

static uint64_t *array;
static uint64_t array_len;

static bool
array_open(uint64_t max)
{
	array = malloc((size_t)max * sizeof *array);
	array_len = 0;
	return array != NULL;
}

static void
array_close(void)
{
	free(array);
}

static bool
array_push(uint64_t from, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		array[array_len++] = from + i;
	return true;
}

static uint64_t
array_read(uint64_t n)
{
	const uint64_t *p = array;
	uint64_t sum = 0;

	for (uint64_t i = 0; i < n; i++)
		sum += p[i];
	return sum;
}

static uint64_t
array_look(uint64_t i)
{
	return array[i];
}

static uint64_t
array_length(void)
{
	return array_len;
}

const struct cvec_peer cvec_array = {
	.open = array_open,
	.close = array_close,
	.push = array_push,
	.get = array_read,
	.look = array_look,
	.len = array_length,
};

static bool
counter_push(uint64_t from, uint64_t n)
{
	uint64_t *p = array;

	for (uint64_t i = 0; i < n; i++)
		p[__atomic_fetch_add(&array_len, 1, __ATOMIC_RELAXED)] = from + i;
	return true;
}

/* So many by one addition. */
static bool
counter_push_n(uint64_t from, uint64_t n)
{
	uint64_t *p = array;

	for (uint64_t i = 0; i < n; i += CVEC_MANY) {
		uint64_t at = __atomic_fetch_add(&array_len, CVEC_MANY, __ATOMIC_RELAXED);
		for (uint64_t k = 0; k < CVEC_MANY; k++)
			p[at + k] = from + i + k;
	}
	return true;
}

const struct cvec_peer cvec_counter = {
	.open = array_open,
	.close = array_close,
	.push = counter_push,
	.push_n = counter_push_n,
	.get = array_read,
	.look = array_look,
	.len = array_length,
};
