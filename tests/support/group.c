/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Running the tests of a program, and skipping one; see test.h for why. */
#include "test.h"

#include <stdio.h>

enum { TESTS_MAX = 64, NAME_MAX_SIZE = 200 };

static const struct CMUnitTest *given;   /* as the program wrote them */
static struct CMUnitTest run[TESTS_MAX]; /* as CMocka gets them */
static char skipped[TESTS_MAX][NAME_MAX_SIZE];
static size_t current;
static jmp_buf leave;

/* CMocka says nothing of where it is, so each test has its own way in here: its state
 * at first is its number, and the one it asked for follows. */
static int
set_up(void **state)
{
	current = (size_t)(uintptr_t)*state;
	*state = given[current].initial_state;
	return given[current].setup_func ? given[current].setup_func(state) : 0;
}

static void
run_one(void **state)
{
	if (setjmp(leave) == 0)
		given[current].test_func(state);
}

void (*skip_elsewhere)(void);

void
skip_because(const char *why)
{
	if (skip_elsewhere)
		skip_elsewhere();
	snprintf(skipped[current], NAME_MAX_SIZE, "%s # SKIP %s", given[current].name, why);
	run[current].name = skipped[current];
	longjmp(leave, 1);
}

int
run_group_of(const char *name, const struct CMUnitTest *tests, size_t count)
{
	if (count > TESTS_MAX) {
		print_error("%s: more than %d tests\n", name, TESTS_MAX);
		return 1;
	}
	given = tests;
	for (size_t i = 0; i < count; i++) {
		run[i] = tests[i];
		run[i].test_func = run_one;
		run[i].setup_func = set_up;
		run[i].initial_state = (void *)(uintptr_t)i;
	}
	return _cmocka_run_group_tests(name, run, count, NULL, NULL);
}
