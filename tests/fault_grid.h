/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Grids: operations, by combinations of options, by failures. The options are factors with
 * a few levels each. All combinations would be too many; in the rows of an orthogonal array
 * any two levels of any two factors meet, and that is where options get in each other's way.
 *
 * For each row and operation every call fails in turn: through os.h, alone and with all
 * calls behind it, as memory that is short is short for the second try as well; and in every
 * third row with half of its work done, or the system calls in place of those of os.h.
 */
#ifndef VBUF_TESTS_FAULT_GRID_H
#define VBUF_TESTS_FAULT_GRID_H

#include "fault.h"
#include "test.h"

/* A row of a table of operations: the function that it drives, which tools/check looks for,
 * and what is to be done. */
#define DRIVES(function, ...)                                                                      \
	{                                                                                          \
#function, __VA_ARGS__                                                             \
	}

enum { GRID_PRIME = 11, GRID_ROWS = GRID_PRIME * GRID_PRIME, GRID_FACTORS = GRID_PRIME + 1 };

/* Rows that are gone through: not all of them where an emulator takes its time. */
#ifndef TEST_GRID_STEP
#define TEST_GRID_STEP 1
#endif

/* The level of one of the first GRID_FACTORS factors in a row. */
static inline unsigned
grid_level(unsigned row, unsigned factor, unsigned levels)
{
	unsigned a = row / GRID_PRIME, b = row % GRID_PRIME;

	return (factor == GRID_PRIME ? b : (a + factor * b) % GRID_PRIME) % levels;
}

/* How calls fail: one through os.h, that and all behind it, both with half of the range done
 * where that may be; one system call. */
enum grid_how { GRID_ONE, GRID_REST, GRID_HALF, GRID_HALVES, GRID_SYSTEM, GRID_HOWS };

/* A case: the nth call fails with the code. */
struct grid_case {
	const char *function;
	size_t operation;
	unsigned row, nth;
	enum grid_how how;
	int code;
};

/* The case that runs; function NULL: none. */
static struct grid_case grid_now;

static const int grid_errors[] = { VBUF_ENOADDR, VBUF_ECOMMIT, VBUF_EMAPS,
	                           VBUF_ERLIMIT, VBUF_ELOCKED, VBUF_ESYS };

/* Giving back what a failed call leaves is spared: what then does not go stays, as it must. */
static inline void
grid_arm(void)
{
	fault_halfway = grid_now.how == GRID_HALF || grid_now.how == GRID_HALVES;
	if (grid_now.how == GRID_REST || grid_now.how == GRID_HALVES)
		fault_arm_from(FAULT_OS, grid_now.nth, grid_now.code, "unreserve");
	else
		fault_arm(grid_now.how == GRID_SYSTEM ? FAULT_SYSTEM : FAULT_OS, grid_now.nth,
		          grid_now.code);
}

/* What a call may say when one below it failed so. A system call's code is no more than a
 * reason for an error of the contract. */
static inline void
grid_check_error(int err)
{
	bool known = grid_now.how != GRID_SYSTEM && err == grid_now.code;

	/* memory that is gone, whose options could not be set anew: see vbuf_decommit() */
	known = known || (err == VBUF_ESYS && fault_count(FAULT_OS, "advise") > 0);
	if (grid_now.how == GRID_SYSTEM)
		known = err < 0 && err != VBUF_ERANGE && err != VBUF_ESTALE &&
		        (err != VBUF_EINVAL || strcmp(grid_now.function, "vbuf_numa") == 0);
	if (!known)
		fail_msg("%s: %s", fault_name(), vbuf_errname(err));
	/* whatever was called since, to clean up; collapse may have met another failure before */
	if (grid_now.how == GRID_SYSTEM && fault_codes_stay &&
	    strcmp(grid_now.function, "vbuf_collapse") != 0)
		assert_int_equal(vbuf_sys_error(), grid_now.code);
}

/* All cases of one operation in one row; returns at how many a call failed. */
static inline unsigned
grid_cases(const char *function, size_t operation, unsigned row, bool (*one)(void))
{
	unsigned failures = 0;

	for (enum grid_how how = 0; how < GRID_HOWS; how++) {
		if ((how == GRID_SYSTEM && row % 3 != 0) || (how == GRID_HALF && row % 3 != 1) ||
		    (how == GRID_HALVES && row % 3 != 2))
			continue;
		for (unsigned nth = 1;; nth++) {
			size_t turn = row + operation + nth;
			grid_now = (struct grid_case){
				function,
				operation,
				row,
				nth,
				how,
				how == GRID_SYSTEM ? fault_codes[turn % FAULT_CODES]
						   : grid_errors[turn % COUNT(grid_errors)],
			};
			if (!one())
				break;
			failures++;
		}
	}
	grid_now.function = NULL;
	return failures;
}

/* A failed assertion says where in the grid it was. */
static inline int
grid_teardown(void **state)
{
	(void)state;
	(void)fault_disarm();
	if (grid_now.function)
		fprintf(stderr, "in %s (%zu), row %u, call %u, way %d, code %d\n",
		        grid_now.function, grid_now.operation, grid_now.row, grid_now.nth,
		        (int)grid_now.how, grid_now.code);
	return 0;
}

/*
 * Elements that are counted: how many of each kind were born and died. A kind is a byte, of
 * which all bytes of the element are one.
 */
enum { GRID_WIDEST = 4160 };

static struct {
	size_t size;
	long born[256], died[256];
} grid_elements;

static inline void
grid_write(void *to, unsigned char kind)
{
	memset(to, kind, grid_elements.size);
}

static inline unsigned char
grid_kind(const void *element)
{
	const unsigned char *p = element;

	if (memcmp(p, p + 1, grid_elements.size - 1) != 0)
		fail_msg("an element of kind %u has other bytes, too", p[0]);
	return p[0];
}

/* The destructor. */
static inline void
grid_destroy(void *element, void *arg)
{
	unsigned char kind = grid_kind(element);

	assert_ptr_equal(arg, &grid_elements);
	assert_true(grid_elements.died[kind] < grid_elements.born[kind]);
	grid_elements.died[kind]++;
}

static inline unsigned char
grid_kind_at(size_t i)
{
	return (unsigned char)(i % 251 + 1);
}

#endif
