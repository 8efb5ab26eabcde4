/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The floor of iteration. An array of values, all of which are there; the same with a
 * word for each that says whether it is: what visiting every slot costs at least; and with a
 * bit for each beside that: what visiting but those does.
 */
#include <stdlib.h>

#include "smap.h"

static struct smap_value *all;
static uint64_t *words, *bits;
static uint64_t len;

static bool
array_open(const struct smap_how *how, uint64_t max)
{
	(void)how;
	all = malloc((size_t)max * sizeof *all);
	words = malloc((size_t)max * sizeof *words);
	len = 0;
	return all && words;
}

static void
array_close(void)
{
	free(all);
	free(words);
}

static bool
array_fill(uint64_t n, uint64_t *ret_handles)
{
	for (uint64_t i = 0; i < n; i++) {
		all[i] = (struct smap_value){ i + 1, ~i };
		words[i] = ret_handles[i] = i + 1;
	}
	len = n;
	return true;
}

static bool
array_drain(const uint64_t *handles, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		words[handles[i] - 1] = 0;
	return true;
}

/* The handle is the place, and nothing is asked. */
static uint64_t
array_get(uint64_t h, uint64_t n)
{
	const struct smap_value *p = all;
	volatile uint64_t hot = h;
	uint64_t sum = 0;

	for (uint64_t i = 0; i < n; i++)
		sum += p[hot - 1].a;
	return sum;
}

static uint64_t
array_get_all(const uint64_t *handles, uint64_t n, uint64_t times)
{
	const struct smap_value *p = all;
	uint64_t sum = 0;

	for (uint64_t k = 0; k < times; k++)
		for (uint64_t i = 0; i < n; i++)
			sum += p[handles[i] - 1].a;
	return sum;
}

static uint64_t
array_walk(uint64_t times)
{
	const struct smap_value *p = all;
	uint64_t sum = 0;

	for (uint64_t k = 0; k < times; k++)
		for (uint64_t i = 0; i < len; i++)
			sum += p[i].a;
	return sum;
}

static uint64_t
words_walk(uint64_t times)
{
	const struct smap_value *p = all;
	const uint64_t *w = words;
	uint64_t sum = 0;

	for (uint64_t k = 0; k < times; k++)
		for (uint64_t i = 0; i < len; i++)
			if (w[i] != 0)
				sum += p[i].a;
	return sum;
}

static bool
bits_open(const struct smap_how *how, uint64_t max)
{
	bits = calloc((size_t)(max / 64 + 1), sizeof *bits);
	return array_open(how, max) && bits;
}

static void
bits_close(void)
{
	free(bits);
	array_close();
}

static bool
bits_fill(uint64_t n, uint64_t *ret_handles)
{
	for (uint64_t i = 0; i < n; i++)
		bits[i / 64] |= (uint64_t)1 << i % 64;
	return array_fill(n, ret_handles);
}

static bool
bits_drain(const uint64_t *handles, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		bits[(handles[i] - 1) / 64] &= ~((uint64_t)1 << (handles[i] - 1) % 64);
	return array_drain(handles, n);
}

/* The bit is a hint, as where others insert and remove meanwhile: the word is asked too. */
static uint64_t
bits_walk(uint64_t times)
{
	const struct smap_value *p = all;
	const uint64_t *w = words;
	uint64_t sum = 0;

	for (uint64_t k = 0; k < times; k++)
		for (uint64_t i = 0; i < len; i += 64)
			for (uint64_t left = bits[i / 64]; left != 0; left &= left - 1) {
				uint64_t at = i + (uint64_t)__builtin_ctzll(left);
				if (__builtin_expect(w[at] != 0, 1))
					sum += p[at].a;
			}
	return sum;
}

const struct smap_peer smap_bits = {
	.open = bits_open,
	.close = bits_close,
	.fill = bits_fill,
	.drain = bits_drain,
	.walk = bits_walk,
};

const struct smap_peer smap_array = {
	.open = array_open,
	.close = array_close,
	.get_each = array_get,
	.get_hot = array_get,
	.get_all = array_get_all,
	.fill = array_fill,
	.walk = array_walk,
};

const struct smap_peer smap_words = {
	.open = array_open,
	.close = array_close,
	.fill = array_fill,
	.drain = array_drain,
	.walk = words_walk,
};
