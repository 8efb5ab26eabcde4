/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "fault.h"

#include <stdint.h>
#include <string.h>

/* Threads may go through the doors at the same time; they are armed and disarmed
 * while only one is there. */
#define ATOMIC_LOAD(p) __atomic_load_n((p), __ATOMIC_RELAXED)
#define ATOMIC_STORE(p, v) __atomic_store_n((p), (v), __ATOMIC_RELAXED)
#define ATOMIC_ADD(p, n) __atomic_add_fetch((p), (n), __ATOMIC_RELAXED)
#define ATOMIC_CAS(p, expected, desired)                                                           \
	__atomic_compare_exchange_n((p), (expected), (desired), false, __ATOMIC_RELAXED,           \
	                            __ATOMIC_RELAXED)

enum { NAMES = 64, ALWAYS = 3 };

static struct {
	unsigned countdown; /* 0: none is armed */
	int err;
	bool on;            /* once it has come to 0, every call */
	const char *spared; /* but none of this name */
	struct {
		const char *name;
		int err;
		unsigned one_in, calls; /* 0: every call */
	} always[ALWAYS];
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
fault_arm_from(enum fault_door door, unsigned nth, int err, const char *spared)
{
	fault_arm(door, nth, err);
	doors[door].on = true;
	doors[door].spared = spared;
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
	for (int i = 0; i < ALWAYS; i++)
		if (!doors[door].always[i].name) {
			doors[door].always[i].name = name;
			doors[door].always[i].err = err;
			return;
		}
}

void
fault_often(enum fault_door door, const char *name, unsigned n, int err)
{
	fault_always(door, name, err);
	doors[door].always[0].one_in = n;
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
		for (int k = 0; k < ALWAYS; k++)
			doors[i].always[k].name = NULL;
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

/* Is this the call that the countdown is for, or one behind it? */
static bool
counted_down(enum fault_door door, const char *name)
{
	const char *spared = doors[door].spared;

	if ((spared && strcmp(spared, name) == 0) || ATOMIC_LOAD(&doors[door].countdown) == 0 ||
	    ATOMIC_ADD(&doors[door].countdown, -1) != 0)
		return false;
	if (doors[door].on)
		ATOMIC_STORE(&doors[door].countdown, 1);
	return true;
}

static bool
its_turn(enum fault_door door, int i)
{
	unsigned n = doors[door].always[i].one_in;

	if (n == 0)
		return true;
	uint32_t hash = (uint32_t)ATOMIC_ADD(&doors[door].always[i].calls, 1) * 2654435761u;
	return (hash >> 16) % n == 0;
}

bool
fault_now(enum fault_door door, const char *name, int *ret_err)
{
	bool now = false;

	count(door, name);
	if (counted_down(door, name)) {
		*ret_err = doors[door].err;
		now = true;
	}
	for (int i = 0; i < ALWAYS; i++) {
		const char *always = doors[door].always[i].name;
		if (always && strcmp(always, name) == 0 && its_turn(door, i)) {
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
