/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The checker on small lock-free structures with well-known faults: each fault is found,
 * and the sound form passes. Those of the latter kind also show the mutation gate.
 */
#include "model/model.h"
#include "model/tagged_stack.h"
#include "test.h"

/* --- a stack: ABA ----------------------------------------------------------------------- */

static struct stack stack;
static int had[MODEL_THREADS][STACK_NODES]; /* by a thread: how often each node, net */
static int taken[MODEL_THREADS];            /* the value of its last pop */

static void
make_stack(uint32_t tag_step, uint32_t nodes)
{
	memset(&stack, 0, sizeof stack);
	memset(had, 0, sizeof had);
	memset(taken, 0, sizeof taken);
	stack.tag_step = tag_step;
	for (uint32_t i = nodes; i-- > 0;)
		stack_push(&stack, i, (int)i);
}

static void
three_nodes(void)
{
	make_stack(1, 3);
}

static void
three_nodes_without_tags(void)
{
	make_stack(0, 3);
}

static void
no_nodes(void)
{
	make_stack(1, 0);
}

static int
pop(int thread)
{
	int node = stack_pop(&stack, &taken[thread]);

	if (node >= 0)
		had[thread][node]++;
	return node;
}

static void
push(int thread, int node)
{
	if (node < 0)
		return;
	had[thread][node]--;
	stack_push(&stack, (uint32_t)node, node);
}

static void
pop_1(void)
{
	pop(0);
}

static void
pop_2_push_1(void)
{
	int first = pop(1);

	pop(1);
	push(1, first);
}

static void
push_pop_twice_1(void)
{
	push(0, 0);
	push(0, pop(0));
	pop(0);
}

static void
push_pop_twice_2(void)
{
	push(1, 1);
	push(1, pop(1));
	pop(1);
}

static void
push_pop_3(void)
{
	push(2, 2);
	pop(2);
}

/* Every node is in one place: with one thread, or once on the stack. */
static void
each_node_is_in_one_place(void)
{
	int places[STACK_NODES] = { 0 };
	uint32_t link = (uint32_t)stack.head;

	for (int steps = 0; link; steps++) {
		model_check(steps < STACK_NODES);
		places[link - 1]++;
		link = stack.next[link - 1];
	}
	for (int i = 0; i < 3; i++)
		model_check(places[i] + had[0][i] + had[1][i] + had[2][i] <= 1);
}

/* The same where the threads brought the nodes. */
static void
no_node_is_lost(void)
{
	int places[STACK_NODES] = { 0 };
	uint32_t link = (uint32_t)stack.head;

	for (int steps = 0; link; steps++) {
		model_check(steps < STACK_NODES);
		places[link - 1]++;
		link = stack.next[link - 1];
	}
	for (int i = 0; i < 2; i++)
		model_check(places[i] + had[0][i] + had[1][i] + had[2][i] == 0);
}

static void
a_stack_without_tags_has_aba(void **state)
{
	const struct model_test t = {
		.name = "a_stack_without_tags_has_aba",
		.setup = three_nodes_without_tags,
		.threads = { pop_1, pop_2_push_1 },
		.check = each_node_is_in_one_place,
	};

	(void)state;
	assert_model_breaks(&t, "does not hold");
}

static void
tags_keep_aba_away(void **state)
{
	const struct model_test t = {
		.name = "tags_keep_aba_away",
		.setup = three_nodes,
		.threads = { pop_1, pop_2_push_1 },
		.check = each_node_is_in_one_place,
		.preemptions = -1,
	};

	(void)state;
	assert_model_holds(&t);
}

static void
two_threads_push_and_pop(void **state)
{
	const struct model_test t = {
		.name = "two_threads_push_and_pop",
		.setup = no_nodes,
		.threads = { push_pop_twice_1, push_pop_twice_2 },
		.check = no_node_is_lost,
	};

	(void)state;
	assert_model_holds(&t);
}

static void
push_pop_1(void)
{
	push(0, 0);
	pop(0);
}

static void
push_pop_2(void)
{
	push(1, 1);
	pop(1);
}

static void
three_threads_push_and_pop(void **state)
{
	const struct model_test t = {
		.name = "three_threads_push_and_pop",
		.setup = no_nodes,
		.threads = { push_pop_1, push_pop_2, push_pop_3 },
		.check = no_node_is_lost,
	};

	(void)state;
	assert_model_holds(&t);
}

/* --- a capacity that only grows: the lost update ---------------------------------------- */

static uint64_t capacity;
static bool whole_loop;
static int grown[2]; /* by each thread: is its own request granted? */

static void
eight_slots(void)
{
	capacity = 8;
	memset(grown, 0, sizeof grown);
}

static bool
reserve(uint64_t wanted)
{
	uint64_t now = vbuf_load_relaxed_(&capacity);

	while (now < wanted)
		if (vbuf_cas_relaxed_(&capacity, &now, wanted) || !whole_loop)
			break; /* somebody else has raised it: but is that enough? */
	return vbuf_load_relaxed_(&capacity) >= wanted;
}

static void
reserve_16(void)
{
	grown[0] = reserve(16);
}

static void
reserve_32(void)
{
	grown[1] = reserve(32);
}

static void
both_have_their_room(void)
{
	model_check(grown[0] && grown[1] && capacity == 32);
}

static const struct model_test growth = {
	.name = "a_capacity_that_is_raised_in_a_loop_is_enough",
	.setup = eight_slots,
	.threads = { reserve_16, reserve_32 },
	.check = both_have_their_room,
};

static void
a_capacity_that_is_raised_once_loses_to_a_smaller_one(void **state)
{
	(void)state;
	whole_loop = false;
	assert_model_breaks(&growth, "grown[0] && grown[1]");
}

static void
a_capacity_that_is_raised_in_a_loop_is_enough(void **state)
{
	(void)state;
	whole_loop = true;
	assert_model_holds(&growth);
}

/* --- a value of two words, copied out while it may change (seqlock) ----------------------- */

static uint32_t version;
static uint64_t word[2];
static uint64_t copy[2];
static bool copied;

static void
first_version(void)
{
	version = 0;
	word[0] = word[1] = 0;
	copied = false;
}

static void
write_words(void)
{
	for (uint32_t i = 1; i <= 2; i++) {
		vbuf_store_relaxed_(&version, 2 * i - 1);
		for (int w = 0; w < 2; w++) /* [words] pairs with [copy] */
			vbuf_store_release_(&word[w], i);
		vbuf_store_release_(&version, 2 * i); /* [version] pairs with [begin] */
	}
}

static void
copy_words(void)
{
	uint32_t before = vbuf_load_acquire_(&version); /* [begin] pairs with [version] */

	for (int w = 0; w < 2; w++) /* [copy] pairs with [words] */
		copy[w] = vbuf_load_acquire_(&word[w]);
	copied = before % 2 == 0 && vbuf_load_relaxed_(&version) == before;
}

/* With the same orderings of the version, as one finds it in many programs. */
static void
write_words_relaxed(void)
{
	for (uint32_t i = 1; i <= 2; i++) {
		vbuf_store_relaxed_(&version, 2 * i - 1);
		for (int w = 0; w < 2; w++)
			vbuf_store_relaxed_(&word[w], i);
		vbuf_store_release_(&version, 2 * i);
	}
}

static void
copy_words_relaxed(void)
{
	uint32_t before = vbuf_load_acquire_(&version);

	for (int w = 0; w < 2; w++)
		copy[w] = vbuf_load_relaxed_(&word[w]);
	copied = before % 2 == 0 && vbuf_load_acquire_(&version) == before;
}

static void
write_words_plainly(void)
{
	for (uint32_t i = 1; i <= 2; i++) {
		vbuf_store_relaxed_(&version, 2 * i - 1);
		vbuf_plain_write_(word, sizeof word);
		word[0] = word[1] = i;
		vbuf_store_release_(&version, 2 * i);
	}
}

static void
copy_words_plainly(void)
{
	uint32_t before = vbuf_load_acquire_(&version);

	vbuf_plain_read_(word, sizeof word);
	memcpy(copy, word, sizeof copy);
	copied = before % 2 == 0 && vbuf_load_relaxed_(&version) == before;
}

static void
the_copy_is_of_one_version(void)
{
	model_check(!copied || copy[0] == copy[1]);
}

#define SEQLOCK(name_, writer, reader)                                                             \
	static const struct model_test name_ = { .name = #name_,                                   \
		                                 .setup = first_version,                           \
		                                 .threads = { writer, reader },                    \
		                                 .check = the_copy_is_of_one_version }

SEQLOCK(copied_by_acquire_loads, write_words, copy_words);
SEQLOCK(copied_by_relaxed_loads, write_words, copy_words_relaxed);
SEQLOCK(written_by_relaxed_stores, write_words_relaxed, copy_words);
SEQLOCK(copied_plainly, write_words_plainly, copy_words_plainly);

static void
a_value_is_copied_whole_by_acquire_loads(void **state)
{
	(void)state;
	assert_model_holds(&copied_by_acquire_loads);
}

static void
a_value_is_torn_without_acquire_or_release(void **state)
{
	(void)state;
	assert_model_breaks(&copied_by_relaxed_loads, "does not hold");
	assert_model_breaks(&written_by_relaxed_stores, "does not hold");
}

static void
a_plain_copy_is_a_data_race(void **state)
{
	(void)state;
	assert_model_breaks(&copied_plainly, "data race");
}

/* --- a pin that costs its reader no fence: the remover pays (light and heavy) -------------- */

static uint32_t pinned[2], live;
static int payload;
static int seen[2];

static void
one_live_object(void)
{
	pinned[0] = pinned[1] = 0;
	live = 1;
	payload = 7;
	seen[0] = seen[1] = 7;
}

static void
read_object(int reader)
{
	vbuf_store_relaxed_(&pinned[reader], 1);
	vbuf_light_(); /* [pin] pairs with [scan] */
	if (vbuf_load_relaxed_(&live)) {
		vbuf_plain_read_(&payload, sizeof payload);
		seen[reader] = payload;
	}
	vbuf_store_release_(&pinned[reader], 0); /* [unpin] pairs with [drained] */
}

static void
read_object_1(void)
{
	read_object(0);
}

static void
read_object_2(void)
{
	read_object(1);
}

static void
free_unless_pinned(void)
{
	for (int i = 0; i < 2; i++)
		if (vbuf_load_acquire_(&pinned[i])) /* [drained] pairs with [unpin] */
			return;
	vbuf_plain_write_(&payload, sizeof payload);
	payload = -1;
}

static void
remove_object(void)
{
	vbuf_store_relaxed_(&live, 0);
	if (vbuf_heavy_(0) == 0) /* [scan] pairs with [pin] */
		free_unless_pinned();
}

static void
remove_without_heavy(void)
{
	vbuf_store_relaxed_(&live, 0);
	free_unless_pinned();
}

static void
nothing_dead_is_seen(void)
{
	model_check(seen[0] == 7 && seen[1] == 7);
}

static void
a_pin_holds_with_a_light_and_a_heavy_fence(void **state)
{
	const struct model_test t = {
		.name = "a_pin_holds_with_a_light_and_a_heavy_fence",
		.setup = one_live_object,
		.threads = { read_object_1, remove_object, read_object_2 },
		.check = nothing_dead_is_seen,
		.preemptions = -1,
	};

	(void)state;
	assert_model_holds(&t);
}

static void
a_pin_fails_without_the_heavy_fence(void **state)
{
	const struct model_test t = {
		.name = "a_pin_fails_without_the_heavy_fence",
		.setup = one_live_object,
		.threads = { read_object_1, remove_without_heavy },
		.check = nothing_dead_is_seen,
	};

	(void)state;
	assert_model_breaks(&t, "data race");
}

static void
a_remover_whose_heavy_fence_fails_frees_nothing(void **state)
{
	const struct model_test t = {
		.name = "a_remover_whose_heavy_fence_fails_frees_nothing",
		.setup = one_live_object,
		.threads = { read_object_1, remove_object },
		.check = nothing_dead_is_seen,
		.heavy_result = VBUF_ENOTSUP,
	};

	(void)state;
	assert_model_holds(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stack_without_tags_has_aba),
		cmocka_unit_test(tags_keep_aba_away),
		cmocka_unit_test(two_threads_push_and_pop),
		cmocka_unit_test(three_threads_push_and_pop),
		cmocka_unit_test(a_capacity_that_is_raised_once_loses_to_a_smaller_one),
		cmocka_unit_test(a_capacity_that_is_raised_in_a_loop_is_enough),
		cmocka_unit_test(a_value_is_copied_whole_by_acquire_loads),
		cmocka_unit_test(a_value_is_torn_without_acquire_or_release),
		cmocka_unit_test(a_plain_copy_is_a_data_race),
		cmocka_unit_test(a_pin_holds_with_a_light_and_a_heavy_fence),
		cmocka_unit_test(a_pin_fails_without_the_heavy_fence),
		cmocka_unit_test(a_remover_whose_heavy_fence_fails_frees_nothing),
	};

	return run_group("structures", tests);
}
