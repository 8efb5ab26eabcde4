/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The vector's cache under the model: its source, with two slots, and with what it asks
 * of the system renamed to what stands below. A block is what a vector has in front of
 * its elements; whoever takes one reads and writes it, as a new vector does.
 */
#include <vbuf/atomic.h>

#include "../src/vec.h"
#include "model/model.h"
#include "test.h"

enum { UNIT = 64, BLOCKS = 4, SLOTS = 2, HAS = 5 * UNIT };

static struct vbuf_vec_control blocks[BLOCKS];
static size_t ended[BLOCKS]; /* how often the reservation was given back */

/* Of each thread. */
static struct vbuf_vec_control *found[MODEL_THREADS];
static bool left[MODEL_THREADS];

/* --- the system ------------------------------------------------------------------------- */

size_t
vbuf_page_size(void)
{
	return UNIT;
}

/* A size of its own tells whose it is. */
static size_t
number_of(const struct vbuf *v)
{
	return v->size / UNIT - 100;
}

int
vbuf_unreserve(struct vbuf *v)
{
	size_t i = number_of(v);

	vbuf_plain_write_(&blocks[i], sizeof blocks[i]);
	ended[i]++;
	return VBUF_OK;
}

int
vbuf_vec_decommit(struct vbuf_vec_control *c, size_t end)
{
	if (end < c->committed)
		c->committed = end;
	return VBUF_OK;
}

/* --- what the threads do ---------------------------------------------------------------- */

static void
make_blocks(void)
{
	memset(blocks, 0, sizeof blocks);
	memset(ended, 0, sizeof ended);
	for (size_t i = 0; i < BLOCKS; i++) {
		blocks[i].mark = VBUF_VEC_MARK;
		blocks[i].buf.size = (100 + i) * UNIT;
		blocks[i].offset = UNIT / 2;
		blocks[i].committed = HAS;
		blocks[i].elem_size = 8;
		blocks[i].elem_align = 8;
		blocks[i].defaults = true;
	}
}

/* The hints are as blocks of 8 bytes leave them, whatever ran before. */
static void
empty_cache(void)
{
	assert_ok(vbuf_vec_cache_limit(HAS));
	make_blocks();
	for (size_t i = 0; i < SLOTS; i++)
		assert_true(vbuf_vec_cache_put(&blocks[i]));
	assert_ok(vbuf_vec_cache_trim());
	make_blocks();
	memset(found, 0, sizeof found);
	memset(left, 0, sizeof left);
}

static void
cache_of_one(void)
{
	empty_cache();
	assert_true(vbuf_vec_cache_put(&blocks[3]));
}

/* One whose hint is that of another type. */
static void
cache_of_a_stranger(void)
{
	empty_cache();
	blocks[3].elem_size = 7;
	blocks[3].elem_align = 8 + 31;
	assert_true(vbuf_vec_cache_put(&blocks[3]));
}

static void
leave(int thread)
{
	struct vbuf_vec_control *c = &blocks[thread];

	vbuf_plain_write_(c, sizeof *c);
	c->regret = 7;
	left[thread] = vbuf_vec_cache_put(c);
}

static void
have(int thread, struct vbuf_vec_control *c)
{
	if (!c)
		return;
	vbuf_plain_read_(c, sizeof *c);
	model_check(c->mark == VBUF_VEC_MARK_CACHED && (c->regret == 7 || c == &blocks[3]));
	vbuf_plain_write_(c, sizeof *c);
	c->mark = VBUF_VEC_MARK;
	found[thread] = c;
}

static void
take_alike(int thread)
{
	have(thread, vbuf_vec_cache_take_alike(8, 8));
}

static void
take_any(int thread)
{
	struct vbuf buf;
	size_t committed;

	if (vbuf_vec_cache_take(&buf, &committed))
		have(thread, &blocks[number_of(&buf)]);
}

static void
switch_off(void)
{
	assert_ok(vbuf_vec_cache_limit(0));
}

static void
trim(void)
{
	assert_ok(vbuf_vec_cache_trim());
}

#define OF_THREAD(what, i)                                                                         \
	static void what##_##i(void)                                                               \
	{                                                                                          \
		what(i);                                                                           \
	}
OF_THREAD(leave, 0)
OF_THREAD(leave, 1)
OF_THREAD(leave, 2)
OF_THREAD(take_alike, 0)
OF_THREAD(take_alike, 1)
OF_THREAD(take_alike, 2)
OF_THREAD(take_any, 1)
OF_THREAD(take_any, 2)

/* --- what must hold --------------------------------------------------------------------- */

static size_t
used(void)
{
	struct vbuf_vec_cache c;

	assert_ok(vbuf_vec_cache_get_stats(&c, sizeof c));
	return c.used;
}

/* Each block that was left, or there, is in one place: found, given back, or in a slot. */
static void
nothing_is_lost_or_had_twice(void)
{
	size_t in_slots = 0;

	for (size_t i = 0; i < BLOCKS; i++) {
		size_t places = ended[i];
		for (size_t t = 0; t < MODEL_THREADS; t++)
			places += found[t] == &blocks[i];
		model_check(places <= 1);
		bool there = blocks[i].mark == VBUF_VEC_MARK_CACHED || places == 1;
		in_slots += there && places == 0;
	}
	model_check(used() == in_slots);
}

static void
one_has_it(void)
{
	nothing_is_lost_or_had_twice();
	model_check(used() == 0 && ended[3] == 0);
}

static void
the_cache_is_empty(void)
{
	nothing_is_lost_or_had_twice();
	model_check(used() == 0);
}

static void
both_are_in(void)
{
	nothing_is_lost_or_had_twice();
	model_check(left[0] && left[1] && used() == 2);
}

#define HOLDS(test, set_up, checks, ...)                                                           \
	static void test(void **state)                                                             \
	{                                                                                          \
		const struct model_test t = {                                                      \
			.name = #test,                                                             \
			.setup = set_up,                                                           \
			.threads = { __VA_ARGS__ },                                                \
			.check = checks,                                                           \
		};                                                                                 \
                                                                                                   \
		(void)state;                                                                       \
		assert_model_holds(&t);                                                            \
	}

HOLDS(what_one_leaves_another_takes_whole, empty_cache, nothing_is_lost_or_had_twice, leave_0,
      take_alike_1)
HOLDS(what_one_leaves_another_kind_takes_whole, empty_cache, nothing_is_lost_or_had_twice, leave_0,
      take_any_1)
HOLDS(one_of_two_takes_it, cache_of_one, one_has_it, take_alike_0, take_any_1)
HOLDS(two_are_left_in_two_slots, empty_cache, both_are_in, leave_0, leave_1)
HOLDS(three_are_left_in_two_slots, empty_cache, nothing_is_lost_or_had_twice, leave_0, leave_1,
      leave_2)
HOLDS(what_is_left_beside_a_limit_is_within_it, empty_cache, the_cache_is_empty, leave_0,
      switch_off)
HOLDS(what_is_left_beside_a_limit_and_a_taker_is_within_it, cache_of_one, the_cache_is_empty,
      leave_0, switch_off, take_any_2)
HOLDS(two_are_left_beside_a_limit, empty_cache, the_cache_is_empty, leave_0, leave_1, switch_off)
HOLDS(what_is_put_back_beside_a_limit_is_within_it, cache_of_a_stranger, the_cache_is_empty,
      take_alike_0, switch_off)
HOLDS(what_is_trimmed_is_whole, empty_cache, nothing_is_lost_or_had_twice, leave_0, trim,
      take_alike_2)
HOLDS(two_trim_what_one_leaves, empty_cache, nothing_is_lost_or_had_twice, leave_0, trim, trim)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_one_leaves_another_takes_whole),
		cmocka_unit_test(what_one_leaves_another_kind_takes_whole),
		cmocka_unit_test(one_of_two_takes_it),
		cmocka_unit_test(two_are_left_in_two_slots),
		cmocka_unit_test(three_are_left_in_two_slots),
		cmocka_unit_test(what_is_left_beside_a_limit_is_within_it),
		cmocka_unit_test(what_is_left_beside_a_limit_and_a_taker_is_within_it),
		cmocka_unit_test(two_are_left_beside_a_limit),
		cmocka_unit_test(what_is_put_back_beside_a_limit_is_within_it),
		cmocka_unit_test(what_is_trimmed_is_whole),
		cmocka_unit_test(two_trim_what_one_leaves),
	};

	return run_group("model_vec_cache", tests);
}
