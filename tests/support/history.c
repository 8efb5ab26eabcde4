/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Writing down what a thread does; history_check.c looks at it. */
#include "history.h"

#include <time.h>

#include "test.h"

/*
 * A store may stay in its processor's buffer after the operation has returned, and a load
 * may be ahead of its operation. An exchange between the clock and the operation, on
 * memory of the thread's own, keeps both in the times written down and tells the other
 * threads nothing. (A fence would do, but for TSan, which knows none.)
 */
static void
barrier(struct history *h, uint64_t value)
{
	(void)__atomic_exchange_n(&h->barrier, value, __ATOMIC_SEQ_CST);
}

static uint64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

void
history_begin(struct history *h, enum history_what what)
{
	if (h->count == h->size)
		fail_msg("history: more than %zu events", h->size);
	struct history_event *e = &h->events[h->count];

	e->what = what;
	e->thread = h->thread;
	e->invoked = now();
	barrier(h, e->invoked);
}

void
history_end(struct history *h, uint64_t key, uint64_t value, bool ok)
{
	struct history_event *e = &h->events[h->count++];

	barrier(h, value);
	e->returned = now();
	e->key = key;
	e->value = value;
	e->ok = ok;
}
