/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "fault.h"

#include <string.h>

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

static void
count(enum fault_door door, const char *name)
{
	for (int i = 0; i < NAMES; i++) {
		if (!doors[door].seen[i].name)
			doors[door].seen[i].name = name;
		if (strcmp(doors[door].seen[i].name, name) == 0) {
			doors[door].seen[i].count++;
			return;
		}
	}
}

bool
fault_now(enum fault_door door, const char *name, int *ret_err)
{
	bool now = false;

	count(door, name);
	if (doors[door].countdown && --doors[door].countdown == 0) {
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
		failed = name;
	return now;
}
