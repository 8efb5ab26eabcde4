/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <vbuf/cvec.h>

#include "cvec.h"

VBUF_CVEC(words, uint64_t);

static struct words words;

static bool
vbuf_open(uint64_t max)
{
	struct vbuf_cvec_options o = { .size = sizeof o, .max = (size_t)max };

	return words_create(&words, &o) == VBUF_OK;
}

static void
vbuf_close(void)
{
	(void)words_destroy(&words);
}

static bool
push(uint64_t from, uint64_t n)
{
	struct words w = words;

	for (uint64_t i = 0; i < n; i++)
		if (words_push(w, from + i, NULL) != VBUF_OK)
			return false;
	return true;
}

static bool
push_n(uint64_t from, uint64_t n)
{
	struct words w = words;
	uint64_t some[CVEC_MANY];

	for (uint64_t i = 0; i < CVEC_MANY; i++)
		some[i] = from + i;
	for (uint64_t i = 0; i < n; i += CVEC_MANY)
		if (words_push_n(w, some, CVEC_MANY, NULL) != VBUF_OK)
			return false;
	return true;
}

static bool
append(uint64_t from, uint64_t n)
{
	struct vbuf_cvec_appender a;
	bool good = true;

	words_appender_init(&a, words, 0);
	for (uint64_t i = 0; i < n && good; i++)
		good = words_append(&a, from + i) == VBUF_OK;
	words_appender_fini(&a);
	return good;
}

static uint64_t
get(uint64_t n)
{
	struct words w = words;
	uint64_t sum = 0;

	for (uint64_t i = 0; i < n; i++) {
		uint64_t *p = words_get(w, (size_t)i);
		if (p)
			sum += *p;
	}
	return sum;
}

static uint64_t
unchecked(uint64_t n)
{
	struct words w = words;
	uint64_t sum = 0;

	for (uint64_t i = 0; i < n; i++)
		sum += *words_slot(w, (size_t)i);
	return sum;
}

static uint64_t
prefix(uint64_t n)
{
	const uint64_t *p = words_data(words);
	uint64_t sum = 0;
	size_t end = words_prefix(words);

	(void)n;
	for (size_t i = 0; i < end; i++)
		sum += p[i];
	return sum;
}

static uint64_t
walk(uint64_t n)
{
	uint64_t sum = 0;

	(void)n;
	for (size_t i = words_next(words, 0); i != SIZE_MAX; i = words_next(words, i + 1))
		sum += *words_slot(words, i);
	return sum;
}

static uint64_t
look(uint64_t i)
{
	uint64_t *p = words_get(words, (size_t)i);

	return p ? *p : 0;
}

static uint64_t
len(void)
{
	return words_prefix(words);
}

const struct cvec_peer cvec_vbuf = {
	.open = vbuf_open,
	.close = vbuf_close,
	.push = push,
	.push_n = push_n,
	.append = append,
	.get = get,
	.unchecked = unchecked,
	.prefix = prefix,
	.walk = walk,
	.look = look,
	.len = len,
};
