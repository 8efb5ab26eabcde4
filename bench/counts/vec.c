/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The vector: as a local variable, which lives in registers, and through a pointer. */
#include <vbuf/vec.h>

#include "paths.h"

enum { OPS = 8192, MANY = 64 };

VBUF_VEC(words, uint64_t);

static struct words v;

static bool
room(size_t ops)
{
	struct vbuf_vec_options o = { .size = sizeof o, .huge = VBUF_HUGE_NEVER };

	return words_init(&v, &o) == VBUF_OK && words_reserve(&v, ops) == VBUF_OK;
}

static bool
room_for_many(size_t ops)
{
	return room(ops * MANY);
}

static bool
filled(size_t ops)
{
	return room(ops) && words_resize_fill(&v, ops, 1) == VBUF_OK;
}

/* As a vector that has shrunk far gives memory back, more than is taken out. */
static bool
filled_to_pop(size_t ops)
{
	return room(ops * 4) && words_resize_fill(&v, ops * 4, 1) == VBUF_OK;
}

static void
end(void)
{
	(void)words_fini(&v);
}

static bool
nothing(size_t ops)
{
	(void)ops;
	return true;
}

static void
no_end(void)
{
}

static bool
loop(size_t ops)
{
	for (size_t i = 0; i < ops; i++)
		keep(i);
	return true;
}

static bool
push_local(size_t ops)
{
	struct words local = v;
	bool good = true;

	for (size_t i = 0; i < ops && good; i++)
		good = words_push(&local, i) == VBUF_OK;
	v = local;
	return good;
}

/* In a function of its own, so that the compiler cannot know what the pointer means. */
static __attribute__((noinline)) bool
push_to(struct words *to, size_t ops)
{
	bool good = true;

	for (size_t i = 0; i < ops && good; i++)
		good = words_push(to, i) == VBUF_OK;
	return good;
}

static bool
push_pointer(size_t ops)
{
	return push_to(&v, ops);
}

static bool
push_engine(size_t ops)
{
	bool good = true;
	struct vbuf_vec u = words_lower_(&v);

	for (uint64_t i = 0; i < ops && good; i++)
		good = vbuf_vec_push(&u, &i) == VBUF_OK;
	words_raise_(&v, &u);
	return good;
}

static bool
push_n(size_t ops)
{
	const uint64_t many[MANY] = { 1 };
	bool good = true;

	for (size_t i = 0; i < ops && good; i++)
		good = words_push_n(&v, many, MANY) == VBUF_OK;
	return good;
}

static __attribute__((noinline)) bool
pop_from(struct words *from, size_t ops)
{
	bool good = true;

	for (size_t i = 0; i < ops && good; i++) {
		uint64_t last = 0;
		good = words_pop(from, &last) == VBUF_OK;
		keep(last);
	}
	return good;
}

static bool
pop_pointer(size_t ops)
{
	return pop_from(&v, ops);
}

static bool
pop_local(size_t ops)
{
	struct words local = v;
	bool good = true;

	for (size_t i = 0; i < ops && good; i++) {
		uint64_t last = 0;
		good = words_pop(&local, &last) == VBUF_OK;
		keep(last);
	}
	v = local;
	return good;
}

static __attribute__((noinline)) bool
at_in(const struct words *in, size_t ops)
{
	bool good = true;

	for (size_t i = 0; i < ops && good; i++) {
		uint64_t *p = words_at(in, i);
		good = p != NULL;
		if (good)
			keep(*p);
	}
	return good;
}

static bool
at(size_t ops)
{
	return at_in(&v, ops);
}

const struct path vec_paths[] = {
	{ "loop", OPS, nothing, loop, no_end },
	{ "vec/push local", OPS, room, push_local, end },
	{ "vec/push pointer", OPS, room, push_pointer, end },
	{ "vec/push engine", OPS, room, push_engine, end },
	{ "vec/push_n 64", OPS / MANY, room_for_many, push_n, end },
	{ "vec/pop local", OPS, filled_to_pop, pop_local, end },
	{ "vec/pop pointer", OPS, filled_to_pop, pop_pointer, end },
	{ "vec/at", OPS, filled, at, end },
	{ 0 },
};
