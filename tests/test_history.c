/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The checkers of histories, on histories sound and not; and on those of real threads. */
#include "history.h"
#include "test.h"

#include <pthread.h>

#include "model/tagged_stack.h"

#define EVENT(what_, key_, value_, from, to, ok_)                                                  \
	{                                                                                          \
		.what = HISTORY_##what_, .key = (key_), .value = (value_), .invoked = (from),      \
		.returned = (to), .ok = (ok_)                                                      \
	}

#define assert_sound(kind, ...)                                                                    \
	do {                                                                                       \
		struct history_event events_[] = { __VA_ARGS__ };                                  \
		const char *wrong_ =                                                               \
			history_wrong_##kind(events_, sizeof events_ / sizeof *events_);           \
                                                                                                   \
		if (wrong_)                                                                        \
			fail_msg("%s", wrong_);                                                    \
	} while (0)

#define assert_wrong(kind, why, ...)                                                               \
	do {                                                                                       \
		struct history_event events_[] = { __VA_ARGS__ };                                  \
		const char *wrong_ =                                                               \
			history_wrong_##kind(events_, sizeof events_ / sizeof *events_);           \
                                                                                                   \
		if (!wrong_ || strncmp(wrong_, why, strlen(why)) != 0)                             \
			fail_msg("%s, not %s", wrong_ ? wrong_ : "sound", why);                    \
	} while (0)

/* --- vector ------------------------------------------------------------------------------ */

#define PUSH_0 EVENT(PUSH, 0, 70, 10, 20, true)
#define PUSH_1 EVENT(PUSH, 1, 71, 15, 30, true)

static void
a_sound_vector_passes(void **state)
{
	(void)state;
	assert_int_equal((uintptr_t)history_wrong_vector(NULL, 0), 0);
	assert_sound(vector, PUSH_0, PUSH_1, EVENT(PREFIX, 2, 0, 40, 41, true),
	             EVENT(GET, 1, 71, 40, 41, true), EVENT(GET, 2, 0, 40, 41, false));
	/* What overlaps may go either way. */
	assert_sound(vector, PUSH_1, PUSH_0, EVENT(GET, 0, 0, 12, 13, false),
	             EVENT(GET, 0, 70, 12, 13, true), EVENT(PREFIX, 2, 0, 16, 17, true),
	             EVENT(PREFIX, 0, 0, 17, 18, true));
	/* A published element stays to be seen, one not yet published need not. */
	assert_sound(vector, PUSH_0, PUSH_1, EVENT(PREFIX, 0, 0, 50, 51, true),
	             EVENT(PREFIX, 1, 0, 52, 53, true));
}

static void
an_index_given_twice_is_found(void **state)
{
	(void)state;
	assert_wrong(vector, "an index was given twice", PUSH_0, EVENT(PUSH, 0, 99, 11, 12, true));
}

static void
an_index_left_out_is_found(void **state)
{
	(void)state;
	assert_wrong(vector, "an index before this one", PUSH_1);
	assert_wrong(vector, "an index before this one", PUSH_0, EVENT(PUSH, 2, 0, 1, 2, true));
}

static void
a_lost_element_is_found(void **state)
{
	(void)state;
	assert_wrong(vector, "not found while it was there", PUSH_0,
	             EVENT(GET, 0, 0, 21, 22, false));
	assert_wrong(vector, "found with another value", PUSH_0, EVENT(GET, 0, 71, 21, 22, true));
	assert_wrong(vector, "found with another value", PUSH_0, EVENT(GET, 0, 0, 12, 13, true));
}

static void
an_element_from_nowhere_is_found(void **state)
{
	(void)state;
	assert_wrong(vector, "found before it was there", PUSH_0, EVENT(GET, 0, 70, 8, 9, true));
	assert_wrong(vector, "found, but nobody pushed it", PUSH_0, EVENT(GET, 1, 71, 8, 9, true));
}

static void
a_prefix_that_shrinks_is_found(void **state)
{
	(void)state;
	assert_wrong(vector, "the prefix has shrunk", PUSH_0, PUSH_1,
	             EVENT(PREFIX, 2, 0, 40, 41, true), EVENT(PREFIX, 1, 0, 42, 43, true));
	/* Also where a longer one was invoked first and returned later. */
	assert_wrong(vector, "the prefix has shrunk", PUSH_0, PUSH_1,
	             EVENT(PREFIX, 2, 0, 40, 90, true), EVENT(PREFIX, 1, 0, 41, 42, true),
	             EVENT(PREFIX, 0, 0, 43, 44, true));
}

static void
a_prefix_of_what_is_not_there_is_found(void **state)
{
	(void)state;
	assert_wrong(vector, "an element of the prefix was not whole", PUSH_0,
	             EVENT(PREFIX, 1, 0, 40, 41, false));
	assert_wrong(vector, "the prefix is longer", PUSH_0, EVENT(PREFIX, 2, 0, 40, 41, true));
	assert_wrong(vector, "an element was in the prefix before its push", PUSH_1, PUSH_0,
	             EVENT(PREFIX, 2, 0, 13, 14, true));
	/* The push that came last need not be that of the last index. */
	assert_wrong(vector, "an element was in the prefix before its push",
	             EVENT(PUSH, 0, 70, 30, 40, true), EVENT(PUSH, 1, 71, 10, 20, true),
	             EVENT(PREFIX, 2, 0, 25, 26, true));
}

static void
a_get_that_fails_below_the_prefix_is_found(void **state)
{
	(void)state;
	/* The push has not returned, but its element was seen in the prefix. */
	assert_wrong(vector, "not found below the prefix", EVENT(PUSH, 0, 70, 10, 90, true),
	             EVENT(PREFIX, 1, 0, 20, 21, true), EVENT(GET, 0, 0, 30, 31, false));
}

/* --- map ---------------------------------------------------------------------------------- */

#define INSERT EVENT(INSERT, 8, 70, 10, 20, true)
#define REMOVE EVENT(REMOVE, 8, 0, 40, 50, true)

static void
a_sound_map_passes(void **state)
{
	(void)state;
	assert_int_equal((uintptr_t)history_wrong_map(NULL, 0), 0);
	assert_sound(map, INSERT, REMOVE, EVENT(GET, 8, 0, 1, 2, false),
	             EVENT(GET, 8, 70, 30, 31, true), EVENT(GET, 8, 0, 60, 61, false),
	             EVENT(GET, 9, 0, 30, 31, false));
	/* What overlaps may go either way. */
	assert_sound(map, INSERT, REMOVE, EVENT(GET, 8, 70, 11, 12, true),
	             EVENT(GET, 8, 0, 11, 12, false), EVENT(GET, 8, 70, 41, 99, true),
	             EVENT(GET, 8, 0, 41, 42, false), EVENT(REMOVE, 8, 0, 30, 45, false));
}

static void
a_handle_given_twice_is_found(void **state)
{
	(void)state;
	assert_wrong(map, "a handle was given twice", INSERT, REMOVE,
	             EVENT(INSERT, 8, 71, 60, 61, true));
}

static void
a_second_remove_is_found(void **state)
{
	(void)state;
	assert_wrong(map, "removed twice", INSERT, REMOVE, EVENT(REMOVE, 8, 0, 45, 46, true));
	assert_wrong(map, "removed before it was there", INSERT, EVENT(REMOVE, 8, 0, 1, 2, true));
	assert_wrong(map, "found, but nobody inserted it", EVENT(REMOVE, 9, 0, 1, 2, true));
}

static void
a_get_after_the_remove_is_found(void **state)
{
	(void)state;
	assert_wrong(map, "found after it was removed", INSERT, REMOVE,
	             EVENT(GET, 8, 70, 51, 52, true));
}

static void
a_miss_in_the_live_interval_is_found(void **state)
{
	(void)state;
	assert_wrong(map, "not found while it was there", INSERT, REMOVE,
	             EVENT(GET, 8, 0, 30, 31, false));
	assert_wrong(map, "not found while it was there", INSERT, EVENT(GET, 8, 0, 60, 61, false));
	assert_wrong(map, "not found while it was there", INSERT, REMOVE,
	             EVENT(REMOVE, 8, 0, 30, 31, false));
}

static void
a_get_of_another_value_is_found(void **state)
{
	(void)state;
	assert_wrong(map, "found with another value", INSERT, EVENT(GET, 8, 71, 30, 31, true));
	assert_wrong(map, "found before it was there", INSERT, EVENT(GET, 8, 70, 1, 2, true));
}

/* --- real threads -------------------------------------------------------------------------- */

/* The stack of the model, once more: here the header gives it the real operations. The
 * value pushed serves as the handle: each is inserted once, and removed once. */
enum { THREADS = 4, ROUNDS = 2000, OPERATIONS = 2 * ROUNDS };

static struct stack stack;
static struct history_event all[THREADS * OPERATIONS];
static struct history of[THREADS];

static void *
push_and_pop(void *argument)
{
	struct history *h = argument;
	uint32_t node = h->thread;

	for (int i = 0; i < ROUNDS; i++) {
		int handle = (int)h->thread * ROUNDS + i;

		history_begin(h, HISTORY_INSERT);
		stack_push(&stack, node, handle);
		history_end(h, (uint64_t)handle, 0, true);

		history_begin(h, HISTORY_REMOVE);
		int got = stack_pop(&stack, &handle);

		if (got < 0)
			return h; /* cannot be: there are as many nodes as threads */
		history_end(h, (uint64_t)handle, 0, true);
		node = (uint32_t)got;
	}
	return NULL;
}

static void
real_threads_have_a_sound_history(void **state)
{
	pthread_t threads[THREADS];
	void *failed = NULL;
	const char *wrong;

	(void)state;
	stack = (struct stack){ .tag_step = 1 };
	for (uint32_t i = 0; i < THREADS; i++)
		of[i] = (struct history){ .events = &all[i * OPERATIONS],
			                  .size = OPERATIONS,
			                  .thread = i };
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, push_and_pop, &of[i]), 0);
	for (int i = 0; i < THREADS; i++) {
		void *result;

		assert_int_equal(pthread_join(threads[i], &result), 0);
		failed = result ? result : failed;
	}
	assert_null(failed);
	wrong = history_wrong_map(all, THREADS * OPERATIONS);
	if (wrong)
		fail_msg("%s", wrong);

	/* And the same with one event spoiled: some remove has another's handle. */
	size_t spoiled = 0;

	while (all[spoiled].what != HISTORY_REMOVE)
		spoiled++;
	all[spoiled].key++;
	assert_non_null(history_wrong_map(all, THREADS * OPERATIONS));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sound_vector_passes),
		cmocka_unit_test(an_index_given_twice_is_found),
		cmocka_unit_test(an_index_left_out_is_found),
		cmocka_unit_test(a_lost_element_is_found),
		cmocka_unit_test(an_element_from_nowhere_is_found),
		cmocka_unit_test(a_prefix_that_shrinks_is_found),
		cmocka_unit_test(a_prefix_of_what_is_not_there_is_found),
		cmocka_unit_test(a_get_that_fails_below_the_prefix_is_found),
		cmocka_unit_test(a_sound_map_passes),
		cmocka_unit_test(a_handle_given_twice_is_found),
		cmocka_unit_test(a_second_remove_is_found),
		cmocka_unit_test(a_get_after_the_remove_is_found),
		cmocka_unit_test(a_miss_in_the_live_interval_is_found),
		cmocka_unit_test(a_get_of_another_value_is_found),
		cmocka_unit_test(real_threads_have_a_sound_history),
	};

	return run_group("history", tests);
}
