/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The concurrent vector, in a thread alone. */
#include <vbuf/cvec.h>

#include "paths.h"

enum { OPS = 8192, MANY = 64 };

VBUF_CVEC(words, uint64_t);

static struct words w;

static bool
room(size_t ops)
{
	struct vbuf_cvec_options o = {
		.size = sizeof o, .max = ops, .initial = ops, .huge = VBUF_HUGE_NEVER
	};

	return words_create(&w, &o) == VBUF_OK;
}

static bool
room_for_many(size_t ops)
{
	return room(ops * MANY);
}

static void
end(void)
{
	(void)words_destroy(&w);
}

static bool
push(size_t ops)
{
	const struct words to = w;
	bool good = true;

	for (size_t i = 0; i < ops && good; i++)
		good = words_push(to, i, NULL) == VBUF_OK;
	return good;
}

static bool
push_exclusive(size_t ops)
{
	const struct words to = w;
	bool good = true;

	for (size_t i = 0; i < ops && good; i++)
		good = words_push_exclusive(to, i, NULL) == VBUF_OK;
	return good;
}

static bool
push_n(size_t ops)
{
	const struct words to = w;
	const uint64_t many[MANY] = { 1 };
	bool good = true;

	for (size_t i = 0; i < ops && good; i++)
		good = words_push_n(to, many, MANY, NULL) == VBUF_OK;
	return good;
}

static bool
append(size_t ops)
{
	struct vbuf_cvec_appender a;
	bool good = true;

	words_appender_init(&a, w, 0);
	for (size_t i = 0; i < ops && good; i++)
		good = words_append(&a, i) == VBUF_OK;
	words_appender_fini(&a);
	return good;
}

/* Readers have seen all of it. */
static bool
filled(size_t ops)
{
	return room(ops) && push(ops) && words_prefix(w) == ops;
}

static bool
get(size_t ops)
{
	const struct words from = w;
	bool good = true;

	for (size_t i = 0; i < ops && good; i++) {
		const uint64_t *p = words_get(from, i);
		good = p != NULL;
		if (good)
			keep(*p);
	}
	return good;
}

static bool
next(size_t ops)
{
	const struct words from = w;
	size_t n = 0;

	for (size_t i = words_next(from, 0); i != SIZE_MAX; i = words_next(from, i + 1)) {
		keep(*words_slot(from, i));
		n++;
	}
	return n == ops;
}

/* Nobody has looked before. */
static bool
unseen(size_t ops)
{
	return room(ops) && push(ops);
}

static bool
prefix(size_t ops)
{
	return words_prefix(w) == ops;
}

const struct path cvec_paths[] = {
	{ "cvec/push", OPS, room, push, end },
	{ "cvec/push exclusive", OPS, room, push_exclusive, end },
	{ "cvec/push_n 64", OPS / MANY, room_for_many, push_n, end },
	{ "cvec/append", OPS, room, append, end },
	{ "cvec/get", OPS, filled, get, end },
	{ "cvec/next", OPS, filled, next, end },
	{ "cvec/prefix", OPS, unseen, prefix, end },
	{ 0 },
};
