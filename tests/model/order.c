/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The one order of all seq_cst operations, S. It is not the order in which they are run,
 * which would be too strong: it is only what C++20 asks for. Two operations are ordered
 * where one strongly happens before the other, or where they touch the same location
 * and one reads or writes a later store. An operation that would close a cycle is not
 * allowed. (C++20 fences have no part in this: the library has none.)
 */
#include "machine.h"

#include <string.h>

enum { OPERATIONS = 1024, WORDS = OPERATIONS / 64 };

struct set {
	uint64_t bits[WORDS];
};

struct operation {
	struct set before; /* all that is ordered before it, by any number of steps */
	uint32_t nth;
	uint16_t location, store;
	uint8_t thread;
	bool read;
};

static struct operation all[OPERATIONS];
static unsigned count;

void
order_reset(void)
{
	count = 0;
}

static bool
has(const struct set *s, unsigned i)
{
	return s->bits[i / 64] >> (i % 64) & 1;
}

static void
add(struct set *s, unsigned i)
{
	s->bits[i / 64] |= UINT64_C(1) << (i % 64);
}

static void
unite(struct set *into, const struct set *from)
{
	for (unsigned i = 0; i * 64 < count; i++)
		into->bits[i] |= from->bits[i];
}

/* Stores inserted later move the others, but never past each other. */
static int
place_of(const struct operation *o)
{
	return 4 * machine.store[o->store].position + (o->read ? 2 : 0);
}

/*
 * Strongly: through an operation after the first, and one before the second. A single
 * release read by a single acquire does not count, as on some processors only the
 * operations themselves are ordered by it.
 */
static bool
strongly_before(const struct operation *o, const uint32_t *clock)
{
	return o->thread == machine.current || o->nth < clock[o->thread];
}

/* What must come before an operation of the running thread at that place. */
static struct set
predecessors(unsigned location, int place, const uint32_t *clock)
{
	struct set s;

	memset(&s, 0, sizeof s);
	for (unsigned i = 0; i < count; i++)
		if (strongly_before(&all[i], clock) ||
		    (all[i].location == location && place_of(&all[i]) < place)) {
			add(&s, i);
			unite(&s, &all[i].before);
		}
	return s;
}

bool
order_allows(unsigned location, int place)
{
	const uint32_t *clock = machine.thread[machine.current].now.clock;
	struct set s = predecessors(location, place, clock);

	for (unsigned i = 0; i < count; i++)
		if (all[i].location == location && place_of(&all[i]) > place && has(&s, i))
			return false;
	return true;
}

void
order_add(unsigned location, int place, unsigned store, bool read, const uint32_t *clock)
{
	struct set s = predecessors(location, place, clock);
	unsigned new = count;

	if (new == OPERATIONS)
		model_broken("too long for the model: %d seq_cst operations", OPERATIONS);
	count++;
	all[new] = (struct operation){ .before = s, .store = (uint16_t)store, .read = read };
	all[new].location = (uint16_t)location;
	all[new].thread = (uint8_t)machine.current;
	all[new].nth = clock[machine.current];
	add(&s, new);

	struct set after; /* directly after it, by the location */

	memset(&after, 0, sizeof after);
	for (unsigned i = 0; i < new; i++)
		if (all[i].location == location && place_of(&all[i]) > place)
			add(&after, i);
	for (unsigned i = 0; i < new; i++) {
		bool behind = has(&after, i);

		for (unsigned j = 0; j < new && !behind; j++)
			behind = has(&after, j) && has(&all[i].before, j);
		if (behind)
			unite(&all[i].before, &s);
	}
}
