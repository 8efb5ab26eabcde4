/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "fault.h"

#include <string.h>

/* Threads may go through the doors at the same time; they are armed and disarmed
 * while only one is there. */
#define ATOMIC_LOAD(p) __atomic_load_n((p), __ATOMIC_RELAXED)
#define ATOMIC_STORE(p, v) __atomic_store_n((p), (v), __ATOMIC_RELAXED)
#define ATOMIC_ADD(p, n) __atomic_add_fetch((p), (n), __ATOMIC_RELAXED)
#define ATOMIC_CAS(p, expected, desired)                                                           \
	__atomic_compare_exchange_n((p), (expected), (desired), false, __ATOMIC_RELAXED,           \
	                            __ATOMIC_RELAXED)

enum { NAMES = 64 };

static struct {
	unsigned countdown; /* 0: none is armed */
	int err;
	struct {
		const char *name;
		int err;
	} always[2];
	struct {
		const char *name;
		unsigned count;
	} seen[NAMES];
} doors[FAULT_DOORS];

/* See fault_after(). */
static const char *awaited;
static void (*action)(void);

static const char *failed;

static void
reset(void)
{
	memset(doors, 0, sizeof doors);
}

void
fault_arm(enum fault_door door, unsigned nth, int err)
{
	reset();
	failed = NULL;
	doors[door].countdown = nth;
	doors[door].err = err;
}

void
fault_always(enum fault_door door, const char *name, int err)
{
	reset();
	failed = NULL;
	doors[door].always[0].name = name;
	doors[door].always[0].err = err;
}

void
fault_also(enum fault_door door, const char *name, int err)
{
	doors[door].always[1].name = name;
	doors[door].always[1].err = err;
}

void
fault_after(const char *name, void (*then)(void))
{
	awaited = name;
	action = then;
}

bool
fault_disarm(void)
{
	for (int i = 0; i < FAULT_DOORS; i++) {
		doors[i].countdown = 0;
		doors[i].always[0].name = doors[i].always[1].name = NULL;
	}
	return failed != NULL;
}

const char *
fault_name(void)
{
	return failed;
}

unsigned
fault_count(enum fault_door door, const char *name)
{
	for (int i = 0; i < NAMES && doors[door].seen[i].name; i++)
		if (strcmp(doors[door].seen[i].name, name) == 0)
			return doors[door].seen[i].count;
	return 0;
}

/* The first call of a name takes a slot for it. */
static void
count(enum fault_door door, const char *name)
{
	for (int i = 0; i < NAMES; i++) {
		const char *slot = NULL;
		if (ATOMIC_CAS(&doors[door].seen[i].name, &slot, name) || strcmp(slot, name) == 0) {
			ATOMIC_ADD(&doors[door].seen[i].count, 1);
			return;
		}
	}
}

/* Is this the call that the countdown is for? */
static bool
counted_down(enum fault_door door)
{
	return ATOMIC_LOAD(&doors[door].countdown) != 0 &&
	       ATOMIC_ADD(&doors[door].countdown, -1) == 0;
}

bool
fault_now(enum fault_door door, const char *name, int *ret_err)
{
	bool now = false;

	count(door, name);
	if (counted_down(door)) {
		*ret_err = doors[door].err;
		now = true;
	}
	for (int i = 0; i < 2; i++) {
		const char *always = doors[door].always[i].name;
		if (always && strcmp(always, name) == 0) {
			*ret_err = doors[door].always[i].err;
			now = true;
		}
	}
	if (now)
		ATOMIC_STORE(&failed, name);
	return now;
}

void
fault_done(const char *name)
{
	if (!awaited || strcmp(awaited, name) != 0)
		return;
	awaited = NULL;
	action();
}
