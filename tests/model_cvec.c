/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The concurrent vector under the model. Its sources are compiled with the functions of
 * vbuf.c renamed to those below: a system whose page is one element, so that every push
 * grows, and whose memory may run out and come back.
 */
#include <vbuf/cvec.h>

#include "../src/core.h"
#include "../src/sync.h"
#include "model/model.h"
#include "test.h"

enum { MANY = 4000000, SIZE = 4096, ELEMENT = 8, ENOUGH = 100 };

VBUF_CVEC(longs, uint64_t);

/* --- the system ------------------------------------------------------------------------- */

static _Alignas(128) unsigned char memory[SIZE];
static bool present[SIZE / ELEMENT]; /* the lock below guards it, once threads run */
static uint32_t mmap_lock;
static size_t first_element; /* offset */
static size_t memory_for;    /* elements; it may change while threads run */

size_t
vbuf_page_size(void)
{
	return ELEMENT;
}

size_t
vbuf_huge_page_size(void)
{
	return 0;
}

/* What was not committed does not read as zero. */
int
vbuf_reserve(struct vbuf *ret, size_t size, const struct vbuf_options *options)
{
	(void)options;
	assert_true(size <= SIZE);
	memset(memory, 0xee, SIZE);
	memset(present, 0, sizeof present);
	mmap_lock = 0;
	*ret = (struct vbuf){ .base = memory, .size = size };
	return VBUF_OK;
}

/* As the system does it: one at a time, and pages that are there stay as they are. */
int
vbuf_commit(struct vbuf *v, size_t offset, size_t size)
{
	size_t limit = vbuf_load_relaxed_(&memory_for);

	if (first_element && offset + size > first_element + limit * ELEMENT)
		return VBUF_ECOMMIT;
	for (uint32_t is_free = 0; !vbuf_cas_acquire_(&mmap_lock, &is_free, 1); is_free = 0)
		vbuf_spin_();
	for (size_t i = offset; i < offset + size; i += ELEMENT)
		if (!present[i / ELEMENT]) {
			if (first_element)
				vbuf_plain_write_(v->base + i, ELEMENT);
			memset(v->base + i, 0, ELEMENT);
			present[i / ELEMENT] = true;
		}
	vbuf_store_release_(&mmap_lock, 0);
	return VBUF_OK;
}

void
vbuf_sync_yield(void)
{
	vbuf_spin_();
}

int
vbuf_unreserve(struct vbuf *v)
{
	*v = (struct vbuf){ 0 };
	return VBUF_OK;
}

/* Exclusive calls are no business of the model. */
int
vbuf_purge_rw(struct vbuf *v, size_t offset, size_t size)
{
	(void)v, (void)offset, (void)size;
	return VBUF_ESYS;
}

int
vbuf_decommit(struct vbuf *v, size_t offset, size_t size)
{
	(void)v, (void)offset, (void)size;
	return VBUF_ESYS;
}

int
vbuf_protect(struct vbuf *v, size_t offset, size_t size, enum vbuf_prot prot)
{
	(void)v, (void)offset, (void)size, (void)prot;
	return VBUF_ESYS;
}

int
vbuf_resident(const struct vbuf *v, size_t offset, size_t size, size_t *ret)
{
	(void)v, (void)offset, (void)size, (void)ret;
	return VBUF_ESYS;
}

/* --- what the threads do ---------------------------------------------------------------- */

static struct longs x;

/* Of each thread: what became of its pushes, by value. */
enum { PUSHES = 4 };
static struct {
	size_t index[PUSHES];
	int err[PUSHES];
	int pushes;
	size_t given_up; /* indices */
} did[MODEL_THREADS];

static size_t before; /* elements that were there when the threads began */

static void
make(size_t max, size_t enough)
{
	struct vbuf_cvec_options o = { .size = sizeof o, .max = max, .growth = 1 };

	memset(did, 0, sizeof did);
	before = 0;
	first_element = 0;
	memory_for = enough;
	assert_ok(longs_create(&x, &o));
	first_element = (size_t)((unsigned char *)longs_data(x) - memory);
}

static void
roomy(void)
{
	make(8, ENOUGH);
}

static void
memory_for_two(void)
{
	make(8, 2);
}

static void
two_at_most(void)
{
	make(2, ENOUGH);
}

static void
three_at_most(void)
{
	make(3, ENOUGH);
}

static void
with_room_for_six(void)
{
	make(8, ENOUGH);
	assert_ok(longs_reserve(x, 6));
}

/* The next growth needs another page of states, which is of as many bytes. */
static void
one_page_of_states(void)
{
	make(2 * ELEMENT, ENOUGH);
	for (before = 0; before < ELEMENT - 1; before++)
		assert_ok(longs_push(x, 60, NULL));
}

static uint64_t
value_of(int thread, int number)
{
	return (uint64_t)thread * 16 + (uint64_t)number + 1;
}

static void
push(int thread)
{
	int k = did[thread].pushes++;

	did[thread].err[k] = longs_push(x, value_of(thread, k), &did[thread].index[k]);
}

static void
push_two(int thread)
{
	int k = did[thread].pushes;
	uint64_t two[2] = { value_of(thread, k), value_of(thread, k + 1) };

	did[thread].pushes += 2;
	did[thread].err[k] = did[thread].err[k + 1] =
		longs_push_n(x, two, 2, &did[thread].index[k]);
	did[thread].index[k + 1] = did[thread].index[k] + 1;
}

/* An element that is found is whole: what a push wrote, or zero for an abandoned one. */
static void
look_at(size_t i)
{
	uint64_t *p = longs_get(x, i);

	if (p) {
		vbuf_plain_read_(p, sizeof *p);
		model_check(*p < 64 && (*p != 0 || longs_state(x, i) == VBUF_CVEC_ABANDONED));
	}
}

/* Nothing atomic comes between the prefix and the last element: it would hide a missing
 * acquire. */
static size_t
look_at_prefix(size_t had, size_t n)
{
	model_check(n >= had);
	for (size_t i = n; i-- > 0;) {
		uint64_t *p = longs_slot(x, i);
		vbuf_plain_read_(p, sizeof *p);
		model_check(*p < 64 && (*p != 0 || longs_state(x, i) == VBUF_CVEC_ABANDONED));
	}
	for (size_t i = 0; i < n; i++)
		model_check(longs_get(x, i) == longs_slot(x, i));
	return n;
}

/* Every push that returned an index has it alone, and its element is there; the others have
 * left no trace. */
static size_t
sound(void)
{
	size_t pushed = 0, given_up = 0, n = longs_len(x);

	model_check(longs_prefix(x) == n);
	model_check(longs_capacity(x) >= n);
	for (int t = 0; t < MODEL_THREADS; t++) {
		given_up += did[t].given_up;
		for (int k = 0; k < did[t].pushes; k++) {
			if (did[t].err[k] != VBUF_OK)
				continue;
			pushed++;
			model_check(did[t].index[k] < n);
			model_check(longs_state(x, did[t].index[k]) == VBUF_CVEC_PUBLISHED);
			model_check(*longs_get(x, did[t].index[k]) == value_of(t, k));
		}
	}
	size_t published = 0;
	for (size_t i = 0; i < n; i++)
		published += longs_state(x, i) == VBUF_CVEC_PUBLISHED;
	model_check(published == before + pushed);
	model_check(n <= before + pushed + given_up);
	for (size_t i = n; i < longs_capacity(x); i++) {
		model_check(longs_state(x, i) == VBUF_CVEC_ABSENT);
		model_check(*longs_slot(x, i) == 0);
	}
	return pushed;
}

static void
all_is_sound(void)
{
	sound();
}

static void
nothing_failed(void)
{
	size_t pushes = 0;

	for (int t = 0; t < MODEL_THREADS; t++)
		pushes += (size_t)did[t].pushes;
	model_check(sound() == pushes);
}

static void
two_were_pushed(void)
{
	model_check(sound() == 2);
}

/* Reserving beside them takes no index; whether there was memory depends on nobody. */
static void
two_were_pushed_by_1(void)
{
	model_check(sound() == 2 && did[0].err[0] == VBUF_OK && did[0].err[1] == VBUF_OK);
}

static void
push_twice_1(void)
{
	push(0);
	push(0);
}

static void
push_twice_2(void)
{
	push(1);
	push(1);
}

static void
push_thrice_1(void)
{
	push(0);
	push(0);
	push(0);
}

static void
push_4_times_1(void)
{
	push_thrice_1();
	push(0);
}

static void
push_4_times_2(void)
{
	push_twice_2();
	push_twice_2();
}

static void
push_1(void)
{
	push(0);
}

static void
push_2(void)
{
	push(1);
}

static void
push_3(void)
{
	push(2);
}

static void
push_two_1(void)
{
	push_two(0);
}

static void
push_two_then_one_1(void)
{
	push_two(0);
	push(0);
}

static void
push_two_2(void)
{
	push_two(1);
}

static void
look_at_prefix_thrice(void)
{
	size_t n = look_at_prefix(0, longs_prefix(x));

	n = look_at_prefix(n, longs_prefix_seen(x));
	look_at_prefix(n, longs_prefix(x));
}

static void
look_at_prefix_twice(void)
{
	size_t n = look_at_prefix(0, longs_prefix(x));

	look_at_prefix(n, longs_prefix(x));
}

static void
look_at_prefix_seen(void)
{
	size_t n = look_at_prefix(0, longs_prefix_seen(x));

	look_at_prefix(n, longs_prefix_seen(x));
}

static void
look_at_prefix_once(void)
{
	(void)!longs_prefix(x);
}

static void
look_at_three(void)
{
	look_at(1);
	look_at(0);
	look_at(2);
}

static void
look_beyond(void)
{
	look_at(ELEMENT);
	look_at(ELEMENT + 1);
}

static void
look_at_the_end_of_the_prefix(void)
{
	for (int i = 0; i < 2; i++) {
		size_t n = longs_prefix(x);
		uint64_t *p = longs_slot(x, n - 1);
		vbuf_plain_read_(p, sizeof *p);
		model_check(*p != 0 && *p < 64);
	}
}

static void
walk(void)
{
	size_t had = longs_len(x), i = longs_next(x, 0);

	if (i != SIZE_MAX)
		look_at(i);
	i = longs_prev(x, SIZE_MAX);
	if (i != SIZE_MAX)
		look_at(i);
	look_at(had);
}

static void
reserve_and_use(size_t n)
{
	if (longs_reserve(x, n) != VBUF_OK)
		return;
	size_t capacity = longs_capacity(x);
	model_check(capacity >= n);
	model_check(longs_state(x, n - 1) <= VBUF_CVEC_PUBLISHED);
}

static void
reserve_4_2(void)
{
	reserve_and_use(4);
	reserve_and_use(2);
}

static void
reserve_3_5(void)
{
	reserve_and_use(3);
	reserve_and_use(5);
}

static void
reserve_5(void)
{
	reserve_and_use(5);
}

static void
reserve_6(void)
{
	reserve_and_use(6);
}

static void
capacity_is_the_largest_asked_for(void)
{
	model_check(longs_capacity(x) >= 5);
	sound();
}

static void
memory_comes_and_push_2(void)
{
	push(1);
	vbuf_store_relaxed_(&memory_for, ENOUGH);
	push(1);
}

static void
append(int thread, struct vbuf_cvec_appender *a)
{
	int k = did[thread].pushes++;

	did[thread].err[k] = longs_append(a, value_of(thread, k));
	did[thread].index[k] = a->next - 1;
}

static void
append_one_of_three_1(void)
{
	struct vbuf_cvec_appender a;

	longs_appender_init(&a, x, 3);
	append(0, &a);
	did[0].given_up = a.end - a.next;
	longs_appender_fini(&a);
}

static void
append_one_of_two_2(void)
{
	struct vbuf_cvec_appender a;

	longs_appender_init(&a, x, 2);
	append(1, &a);
	did[1].given_up = a.end - a.next;
	longs_appender_fini(&a);
}

static void
claim_and_abandon_1(void)
{
	size_t i;

	if (longs_claim(x, 2, &i) != VBUF_OK)
		return;
	vbuf_plain_write_(longs_slot(x, i), 2 * sizeof(uint64_t));
	longs_slot(x, i)[0] = longs_slot(x, i)[1] = 1000;
	longs_abandon(x, i, 2);
	did[0].given_up = 2;
	push(0);
}

/* --- the tests -------------------------------------------------------------------------- */

/* A failing test's name is its function's. */
#define HOLDS(name_, ...)                                                                          \
	static void name_(void **state)                                                            \
	{                                                                                          \
		const struct model_test t = { .name = #name_, __VA_ARGS__ };                       \
		(void)state;                                                                       \
		assert_model_holds(&t);                                                            \
	}

HOLDS(two_threads_push, .setup = roomy, .threads = { push_twice_1, push_twice_2 },
      .check = nothing_failed)
HOLDS(two_threads_push_where_there_is_room, .setup = with_room_for_six,
      .threads = { push_thrice_1, push_twice_2 }, .check = nothing_failed)
HOLDS(two_threads_push_several, .setup = roomy, .threads = { push_two_then_one_1, push_two_2 },
      .check = nothing_failed)
HOLDS(one_pushes_and_one_reserves, .setup = roomy, .threads = { push_thrice_1, reserve_4_2 },
      .check = nothing_failed)
HOLDS(one_pushes_and_one_asks_for_the_prefix, .setup = roomy,
      .threads = { push_thrice_1, look_at_prefix_thrice }, .check = nothing_failed)
HOLDS(one_pushes_and_one_gets, .setup = roomy, .threads = { push_thrice_1, look_at_three },
      .check = nothing_failed)
HOLDS(one_pushes_several_and_one_asks_for_the_prefix, .setup = roomy,
      .threads = { push_two_then_one_1, look_at_prefix_thrice }, .check = nothing_failed)
HOLDS(one_pushes_several_and_one_gets, .setup = roomy,
      .threads = { push_two_then_one_1, look_at_three }, .check = nothing_failed)
HOLDS(one_pushes_and_one_walks, .setup = roomy, .threads = { push_twice_1, walk },
      .check = nothing_failed)
HOLDS(a_state_in_a_new_page_is_found, .setup = one_page_of_states,
      .threads = { push_thrice_1, look_beyond }, .check = nothing_failed)
HOLDS(a_prefix_goes_on_to_a_new_page_of_states, .setup = one_page_of_states,
      .threads = { push_thrice_1, look_at_the_end_of_the_prefix }, .check = nothing_failed)
HOLDS(two_threads_push_into_a_new_page_of_states, .setup = one_page_of_states,
      .threads = { push_twice_1, push_2 }, .check = nothing_failed)
HOLDS(two_threads_reserve, .setup = roomy, .threads = { reserve_4_2, reserve_3_5 },
      .check = capacity_is_the_largest_asked_for, .executions = MANY)
HOLDS(three_threads_reserve_and_push, .setup = roomy, .threads = { reserve_5, reserve_6, push_3 },
      .check = capacity_is_the_largest_asked_for, .executions = MANY)

HOLDS(claims_without_memory_are_taken_back, .setup = memory_for_two,
      .threads = { push_twice_1, push_twice_2 }, .check = two_were_pushed)
HOLDS(claims_beyond_the_maximum_are_taken_back, .setup = two_at_most,
      .threads = { push_twice_1, push_twice_2 }, .check = two_were_pushed)
HOLDS(three_threads_reach_the_maximum, .setup = two_at_most, .threads = { push_1, push_2, push_3 },
      .check = two_were_pushed)
HOLDS(a_large_claim_is_taken_back_beside_small_ones, .setup = three_at_most,
      .threads = { push_two_then_one_1, push_twice_2 }, .check = all_is_sound)
HOLDS(three_claims_are_taken_back, .setup = two_at_most,
      .threads = { push_two_1, push_two_2, push_3 }, .check = all_is_sound, .executions = MANY)
HOLDS(a_claim_is_taken_back_while_others_reserve, .setup = memory_for_two,
      .threads = { push_thrice_1, reserve_3_5 }, .check = two_were_pushed_by_1)
HOLDS(memory_comes_back, .setup = memory_for_two,
      .threads = { push_twice_1, memory_comes_and_push_2 }, .check = all_is_sound,
      .executions = MANY)
HOLDS(memory_comes_back_for_three, .setup = memory_for_two,
      .threads = { push_two_1, memory_comes_and_push_2, push_3 }, .check = all_is_sound,
      .samples = 30000)

HOLDS(an_appender_gives_back_or_abandons, .setup = roomy,
      .threads = { append_one_of_three_1, push_twice_2 }, .check = nothing_failed)
HOLDS(two_appenders_give_back_or_abandon, .setup = roomy,
      .threads = { append_one_of_three_1, append_one_of_two_2 }, .check = nothing_failed)
HOLDS(an_appender_ends_beside_claims_without_memory, .setup = memory_for_two,
      .threads = { append_one_of_three_1, push_twice_2 }, .check = all_is_sound, .executions = MANY)
HOLDS(abandoned_elements_are_zero_to_all, .setup = roomy,
      .threads = { claim_and_abandon_1, look_at_three }, .check = nothing_failed)
HOLDS(abandoned_elements_count_for_the_prefix, .setup = roomy,
      .threads = { claim_and_abandon_1, look_at_prefix_thrice }, .check = nothing_failed)

HOLDS(two_threads_push_and_one_asks_for_the_prefix, .setup = roomy,
      .threads = { push_1, push_2, look_at_prefix_twice }, .check = nothing_failed)
HOLDS(one_pushes_and_two_ask_for_the_prefix, .setup = roomy,
      .threads = { push_twice_1, look_at_prefix_twice, look_at_prefix_once },
      .check = nothing_failed)
HOLDS(a_prefix_that_another_found_is_whole, .setup = roomy,
      .threads = { push_twice_1, look_at_prefix_once, look_at_prefix_seen },
      .check = nothing_failed)
HOLDS(an_element_below_a_prefix_that_another_found_is_whole, .setup = roomy,
      .threads = { push_twice_1, look_at_prefix_once, look_at_three }, .check = nothing_failed)
HOLDS(an_element_that_a_walk_finds_below_it_is_whole, .setup = roomy,
      .threads = { push_twice_1, look_at_prefix_once, walk }, .check = nothing_failed)
HOLDS(two_threads_push_4_times, .setup = roomy, .threads = { push_4_times_1, push_4_times_2 },
      .check = nothing_failed, .samples = 20000)

/* The checks can fail: a reader that does not ask whether the element is there. */
static void
read_blindly(void)
{
	if (longs_len(x) > 0)
		vbuf_plain_read_(longs_slot(x, 0), sizeof(uint64_t));
}

static void
to_read_what_is_claimed_is_a_race(void **state)
{
	const struct model_test t = {
		.name = "to_read_what_is_claimed_is_a_race",
		.setup = roomy,
		.threads = { push_1, read_blindly },
		.check = nothing_failed,
	};

	(void)state;
	assert_model_breaks(&t, "data race");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_threads_push),
		cmocka_unit_test(two_threads_push_where_there_is_room),
		cmocka_unit_test(two_threads_push_several),
		cmocka_unit_test(one_pushes_and_one_reserves),
		cmocka_unit_test(one_pushes_and_one_asks_for_the_prefix),
		cmocka_unit_test(one_pushes_and_one_gets),
		cmocka_unit_test(one_pushes_several_and_one_asks_for_the_prefix),
		cmocka_unit_test(one_pushes_several_and_one_gets),
		cmocka_unit_test(one_pushes_and_one_walks),
		cmocka_unit_test(a_state_in_a_new_page_is_found),
		cmocka_unit_test(a_prefix_goes_on_to_a_new_page_of_states),
		cmocka_unit_test(two_threads_push_into_a_new_page_of_states),
		cmocka_unit_test(two_threads_reserve),
		cmocka_unit_test(three_threads_reserve_and_push),
		cmocka_unit_test(claims_without_memory_are_taken_back),
		cmocka_unit_test(claims_beyond_the_maximum_are_taken_back),
		cmocka_unit_test(three_threads_reach_the_maximum),
		cmocka_unit_test(a_large_claim_is_taken_back_beside_small_ones),
		cmocka_unit_test(three_claims_are_taken_back),
		cmocka_unit_test(a_claim_is_taken_back_while_others_reserve),
		cmocka_unit_test(memory_comes_back),
		cmocka_unit_test(memory_comes_back_for_three),
		cmocka_unit_test(an_appender_gives_back_or_abandons),
		cmocka_unit_test(two_appenders_give_back_or_abandon),
		cmocka_unit_test(an_appender_ends_beside_claims_without_memory),
		cmocka_unit_test(abandoned_elements_are_zero_to_all),
		cmocka_unit_test(abandoned_elements_count_for_the_prefix),
		cmocka_unit_test(two_threads_push_and_one_asks_for_the_prefix),
		cmocka_unit_test(one_pushes_and_two_ask_for_the_prefix),
		cmocka_unit_test(a_prefix_that_another_found_is_whole),
		cmocka_unit_test(an_element_below_a_prefix_that_another_found_is_whole),
		cmocka_unit_test(an_element_that_a_walk_finds_below_it_is_whole),
		cmocka_unit_test(two_threads_push_4_times),
		cmocka_unit_test(to_read_what_is_claimed_is_a_race),
	};

	return run_group("model_cvec", tests);
}
