/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The free bits of a slotmap on their own, under the model: three levels of them, made by
 * hand. Whoever takes a slot has it alone, and none is lost.
 */
#include "../src/slotmap.h"
#include "model/model.h"
#include "test.h"

/* Behind a door: nothing is purged here. */
void
vbuf_slotmap_unit_free(struct vbuf_slotmap *m, size_t unit)
{
	(void)m, (void)unit;
}

enum { WORDS = 64 * 64 + 64, FAR = 64 * 64 };

static vbuf_atomic_u64_ level_0[WORDS], level_1[WORDS / 64], level_2[2], level_3[1];
static struct vbuf_slotmap map;
static struct vbuf_slotmap_control control;
static struct vbuf_slotmap_unit units[8];

/* Bits taken by each thread, of words 0, 1 and FAR. */
enum { THREADS = 3, PLACES = 3 };
static const size_t place[PLACES] = { 0, 1, FAR };
static uint64_t taken[THREADS][PLACES], given[THREADS][PLACES];
static uint64_t at_first[PLACES];

static void
make(uint64_t first, uint64_t second, uint64_t far)
{
	const uint64_t bits[PLACES] = { first, second, far };

	for (unsigned i = 0; i < PLACES; i++) {
		level_0[place[i]] = 0;
		level_1[place[i] / 64] = 0;
		at_first[i] = bits[i];
	}
	level_2[0] = level_2[1] = level_3[0] = 0;
	memset(units, 0, sizeof units);
	memset(taken, 0, sizeof taken);
	memset(given, 0, sizeof given);
	control = (struct vbuf_slotmap_control){ .levels = { level_0, level_1, level_2, level_3 },
		                                 .depth = 4,
		                                 .unit_shift = 16,
		                                 .units = units };
	map = (struct vbuf_slotmap){ .control_ = &control, .free_ = level_0 };
	for (unsigned i = 0; i < PLACES; i++)
		if (bits[i])
			vbuf_slotmap_set_free(&map, place[i], bits[i]);
}

static void
nothing_free(void)
{
	make(0, 0, 0);
}

static void
one_free(void)
{
	make(1, 0, 0);
}

static void
one_free_far_away(void)
{
	make(0, 0, 1);
}

static void
two_free(void)
{
	make(1, 1, 0);
}

static bool
take(int thread)
{
	size_t word;
	uint64_t bits = vbuf_slotmap_take_free(&map, &word);

	if (bits == 0)
		return false;
	unsigned i = 0;
	while (i < PLACES && place[i] != word)
		i++;
	model_check(i < PLACES && (taken[thread][i] & bits) == 0);
	taken[thread][i] |= bits;
	return true;
}

static void
give(int thread, unsigned i, uint64_t bits)
{
	given[thread][i] |= bits;
	vbuf_slotmap_set_free(&map, place[i], bits);
}

/* What a thread has taken it gives back. */
static void
give_back(int thread)
{
	for (unsigned i = 0; i < PLACES; i++) {
		uint64_t bits = taken[thread][i];
		taken[thread][i] = 0;
		if (bits)
			vbuf_slotmap_set_free(&map, place[i], bits);
	}
}

static void
none_is_lost(void)
{
	uint64_t there[PLACES];
	size_t word;

	for (unsigned i = 0; i < PLACES; i++) {
		there[i] = at_first[i];
		for (int t = 0; t < THREADS; t++)
			there[i] |= given[t][i];
	}
	for (int t = 0; t < THREADS; t++)
		for (unsigned i = 0; i < PLACES; i++) {
			model_check((there[i] & taken[t][i]) == taken[t][i]);
			there[i] &= ~taken[t][i];
		}
	for (uint64_t bits; (bits = vbuf_slotmap_take_free(&map, &word)) != 0;) {
		unsigned i = 0;
		while (place[i] != word)
			i++;
		model_check((there[i] & bits) == bits);
		there[i] &= ~bits;
	}
	for (unsigned i = 0; i < PLACES; i++)
		model_check(there[i] == 0);
}

static void
take_1(void)
{
	(void)take(0);
}

static void
take_twice_1(void)
{
	(void)take(0);
	(void)take(0);
}

static void
take_2(void)
{
	(void)take(1);
}

static void
give_second_bit_2(void)
{
	give(1, 0, 2);
}

static void
give_and_take_2(void)
{
	give(1, 0, 2);
	(void)take(1);
}

static void
give_neighbour_3(void)
{
	give(2, 1, 4);
}

static void
give_second_bit_3(void)
{
	give(2, 0, 4);
}

static void
give_far_2(void)
{
	give(1, 2, 2);
}

static void
take_and_give_back_1(void)
{
	(void)take(0);
	give_back(0);
}

static void
take_and_give_back_2(void)
{
	(void)take(1);
	give_back(1);
}

/* Its slots are as they were left: here plain data, one for each bit of word 0. */
static int left[4];

static void
one_free_and_left(void)
{
	one_free();
	left[0] = 7;
}

static void
use(int thread)
{
	if (!take(thread))
		return;
	vbuf_plain_write_(&left[0], sizeof left[0]);
	left[0]++;
	give_back(thread);
}

static void
use_1(void)
{
	use(0);
}

static void
use_2(void)
{
	use(1);
}

/* As a purge does it. */
static void
take_all_and_put_back_1(void)
{
	/* [take] pairs with [free] */
	uint64_t bits = vbuf_exchange_acquire_(&level_0[0], 0);

	if (bits == ~(uint64_t)0) {
		vbuf_plain_write_(&left[0], sizeof left[0]);
		left[0]++;
		vbuf_slotmap_put_back(&map, 0);
	} else if (bits) {
		vbuf_slotmap_set_free(&map, 0, bits);
	}
}

static void
all_free(void)
{
	make(~(uint64_t)0, 0, 0);
}

#define HOLDS(name_, ...)                                                                          \
	static void name_(void **state)                                                            \
	{                                                                                          \
		const struct model_test t = { .name = #name_,                                      \
			                      .check = none_is_lost,                               \
			                      __VA_ARGS__ };                                       \
		(void)state;                                                                       \
		assert_model_holds(&t);                                                            \
	}

HOLDS(two_take_one, .setup = one_free, .threads = { take_1, take_2 })
HOLDS(two_take_two, .setup = two_free, .threads = { take_twice_1, take_2 })
HOLDS(one_takes_and_one_gives, .setup = one_free, .threads = { take_1, give_second_bit_2 })
HOLDS(one_takes_and_one_gives_far_away, .setup = one_free_far_away,
      .threads = { take_1, give_far_2 })
HOLDS(one_takes_twice_and_one_gives_and_takes, .setup = one_free,
      .threads = { take_twice_1, give_and_take_2 })
HOLDS(two_take_and_give_back, .setup = one_free,
      .threads = { take_and_give_back_1, take_and_give_back_2 })
HOLDS(two_use_the_same_slot, .setup = one_free_and_left, .threads = { use_1, use_2 })
HOLDS(a_word_is_taken_out_and_put_back, .setup = all_free,
      .threads = { take_all_and_put_back_1, use_2 })
HOLDS(two_give_to_a_word_that_is_emptied, .setup = one_free,
      .threads = { take_1, give_second_bit_2, give_second_bit_3 }, .preemptions = 2)
HOLDS(two_give_to_neighbours, .setup = nothing_free,
      .threads = { take_1, give_second_bit_2, give_neighbour_3 }, .preemptions = 2)
HOLDS(one_takes_while_two_give, .setup = one_free,
      .threads = { take_twice_1, give_and_take_2, give_neighbour_3 }, .preemptions = 2)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_take_one),
		cmocka_unit_test(two_take_two),
		cmocka_unit_test(one_takes_and_one_gives),
		cmocka_unit_test(one_takes_and_one_gives_far_away),
		cmocka_unit_test(one_takes_twice_and_one_gives_and_takes),
		cmocka_unit_test(two_take_and_give_back),
		cmocka_unit_test(two_use_the_same_slot),
		cmocka_unit_test(a_word_is_taken_out_and_put_back),
		cmocka_unit_test(two_give_to_a_word_that_is_emptied),
		cmocka_unit_test(two_give_to_neighbours),
		cmocka_unit_test(one_takes_while_two_give),
	};

	return run_group("model_slotmap_free", tests);
}
