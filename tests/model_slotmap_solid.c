/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * What is known of a block of a slotmap, under the model: a block of two slots, both with an
 * element at first, unless the test says otherwise. It is never known for solid once an
 * element has gone.
 */
#include "../src/slotmap_solid.h"
#include "model/model.h"
#include "test.h"

enum { SLOTS = 2, GONE = 0, LIVE = 1 };

static vbuf_atomic_u64_ state, word[SLOTS], pin;
static uint64_t element[SLOTS];

static void
set_up(uint64_t second)
{
	state = pin = 0;
	word[0] = LIVE;
	word[1] = second;
	element[0] = 7;
	element[1] = second ? 7 : 0;
}

static void
two_live(void)
{
	set_up(LIVE);
}

static void
one_live(void)
{
	set_up(GONE);
}

static void
two_live_and_known(void)
{
	set_up(LIVE);
	state = VBUF_SOLID;
}

static bool
all_live(void)
{
	uint64_t live = 0;

	for (unsigned i = 0; i < SLOTS; i++)
		/* [look] pairs with [publish] and [retire] */
		live += vbuf_load_seq_cst_(&word[i]) == LIVE;
	return live == SLOTS;
}

static void
look(void)
{
	uint64_t known;

	if (vbuf_solid_begin(&state, &known))
		vbuf_solid_end(&state, known, all_live() ? VBUF_SOLID_IN_A_ROW : 0);
}

static void
insert(unsigned i)
{
	vbuf_plain_write_(&element[i], sizeof element[i]);
	element[i] = 7;
	/* [publish] pairs with [look] */
	vbuf_store_release_(&word[i], LIVE);
}

static void
insert_second(void)
{
	insert(1);
}

/* And where nobody is pinned its memory is used for something else. */
static bool
take_out(unsigned i)
{
	uint64_t live = LIVE;

	/* [retire] pairs with [look] */
	if (!vbuf_cas_seq_cst_(&word[i], &live, GONE))
		return false;
	vbuf_solid_open(&state);
	/* [scan] pairs with [pin] */
	if (vbuf_load_seq_cst_(&pin))
		return false;
	vbuf_plain_write_(&element[i], sizeof element[i]);
	element[i] = 0;
	return true;
}

static void
take_out_first(void)
{
	(void)take_out(0);
}

static void
take_out_second(void)
{
	(void)take_out(1);
}

static void
replace_first(void)
{
	if (take_out(0))
		insert(0);
}

/* Without a look at the words. */
static void
read_elements(void)
{
	/* [pin] pairs with [scan] */
	vbuf_store_seq_cst_(&pin, 1);
	if (!vbuf_solid(&state))
		return;
	for (unsigned i = 0; i < SLOTS; i++) {
		vbuf_plain_read_(&element[i], sizeof element[i]);
		model_check(element[i] == 7);
	}
}

static void
solid_if_all_live(void)
{
	model_check(!vbuf_solid(&state) || all_live());
}

/* And nobody's look keeps others from finding it out. */
static void
known_when_all_is_quiet(void)
{
	solid_if_all_live();
	look();
	model_check((vbuf_solid(&state) != 0) == all_live());
}

static void
open_when_all_is_quiet(void)
{
	model_check(!vbuf_solid(&state));
	known_when_all_is_quiet();
}

#define HOLDS(name_, ...)                                                                          \
	static void name_(void **unused)                                                           \
	{                                                                                          \
		const struct model_test t = { .name = #name_, __VA_ARGS__ };                       \
		(void)unused;                                                                      \
		assert_model_holds(&t);                                                            \
	}

HOLDS(one_looks_while_one_goes, .setup = two_live, .check = open_when_all_is_quiet,
      .threads = { look, take_out_first })
HOLDS(two_look_while_one_goes, .setup = two_live, .check = open_when_all_is_quiet,
      .threads = { look, look, take_out_first })
HOLDS(one_looks_while_both_go, .setup = two_live, .check = open_when_all_is_quiet,
      .threads = { look, take_out_first, take_out_second })
HOLDS(one_looks_twice_while_one_is_replaced, .setup = two_live, .check = known_when_all_is_quiet,
      .threads = { look, look, replace_first }, .preemptions = 2)
HOLDS(both_go_from_a_known_block, .setup = two_live_and_known, .check = open_when_all_is_quiet,
      .threads = { take_out_first, take_out_second })
HOLDS(who_finds_it_solid_has_the_elements, .setup = one_live, .check = known_when_all_is_quiet,
      .threads = { insert_second, look, read_elements })
HOLDS(who_finds_it_solid_keeps_the_elements, .setup = two_live_and_known,
      .check = open_when_all_is_quiet, .threads = { take_out_first, read_elements })
HOLDS(who_finds_out_that_it_is_solid_keeps_the_elements, .setup = two_live,
      .check = open_when_all_is_quiet, .threads = { look, take_out_first, read_elements },
      .preemptions = 2)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_looks_while_one_goes),
		cmocka_unit_test(two_look_while_one_goes),
		cmocka_unit_test(one_looks_while_both_go),
		cmocka_unit_test(one_looks_twice_while_one_is_replaced),
		cmocka_unit_test(both_go_from_a_known_block),
		cmocka_unit_test(who_finds_it_solid_has_the_elements),
		cmocka_unit_test(who_finds_it_solid_keeps_the_elements),
		cmocka_unit_test(who_finds_out_that_it_is_solid_keeps_the_elements),
	};

	return run_group("model_slotmap_solid", tests);
}
