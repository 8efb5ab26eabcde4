/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Which executions are run. All choices of one form a string of numbers. The exhaustive
 * search goes depth first: run to the end, then change the last choice that can be
 * changed. The random one gives the threads priorities and changes a few of them on the
 * way (PCT: Burckhardt and others, ASPLOS 2010).
 */
#include "machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CHOICES = 8192 };

struct choice_made {
	uint16_t pick, count;
};

static struct choice_made made[CHOICES];
static unsigned depth;  /* choices made so far */
static unsigned prefix; /* of these, given beforehand */
static enum { SEARCHING, SAMPLING, REPLAYING } mode;

/* --- states seen --------------------------------------------------------------------
 * A state from which all was explored need not be explored again, unless there were
 * fewer preemptions left then. 0 marks a free slot. */

static struct seen {
	uint64_t state;
	unsigned preemptions;
} * seen;
static size_t seen_size, seen_count;

static struct seen *
find(struct seen *table, size_t size, uint64_t state)
{
	size_t i = (size_t)state & (size - 1);

	while (table[i].state && table[i].state != state)
		i = (i + 1) & (size - 1);
	return &table[i];
}

static void
grow(void)
{
	size_t size = seen_size ? seen_size * 2 : 1024;
	struct seen *larger = calloc(size, sizeof *larger);

	if (!larger)
		abort();
	for (size_t i = 0; i < seen_size; i++)
		if (seen[i].state)
			*find(larger, size, seen[i].state) = seen[i];
	free(seen);
	seen = larger;
	seen_size = size;
}

bool
explore_seen(uint64_t state, unsigned preemptions)
{
	if (depth < prefix || mode != SEARCHING || machine.test->every_path)
		return false;
	if (seen_count * 2 >= seen_size)
		grow();
	struct seen *s = find(seen, seen_size, state | 1);

	if (s->state && s->preemptions <= preemptions)
		return true;
	seen_count += s->state == 0;
	*s = (struct seen){ state | 1, preemptions };
	return false;
}

/* --- choices ------------------------------------------------------------------------ */

static uint64_t seed;
static unsigned priority[THREADS];
static unsigned change_at[4], changes, steps, steps_before;

static unsigned
random_below(unsigned count)
{
	seed += UINT64_C(0x9e3779b97f4a7c15);
	return (unsigned)(mix(seed, count) % count);
}

static unsigned
choose(unsigned count, unsigned plain)
{
	unsigned pick = plain;

	if (count == 1)
		return 0;
	if (depth == CHOICES)
		model_broken("too long for the model: more than %d choices", CHOICES);
	if (depth < prefix) {
		pick = made[depth].pick;
		if (pick >= count || (made[depth].count && made[depth].count != count))
			model_broken("not the same at the second time: the test depends on more "
			             "than its choices");
	}
	made[depth++] = (struct choice_made){ (uint16_t)pick, (uint16_t)count };
	return pick;
}

unsigned
explore_choose(unsigned count, enum choice what)
{
	unsigned plain = 0;

	if (mode == SAMPLING && count > 1 && (what == CHOOSE_OTHER || random_below(2)))
		plain = random_below(count);
	return choose(count, plain);
}

unsigned
explore_choose_thread(const uint8_t *threads, unsigned count)
{
	unsigned best = 0;

	if (mode == SAMPLING) {
		for (unsigned i = 0; i < changes; i++)
			if (change_at[i] == steps)
				priority[threads[0]] = i; /* the one that runs, below all */
		steps++;
		for (unsigned i = 1; i < count; i++)
			if (priority[threads[i]] > priority[threads[best]])
				best = i;
	}
	return threads[choose(count, best)];
}

static void
new_priorities(uint64_t from)
{
	seed = from;
	if (steps > steps_before)
		steps_before = steps;
	steps = 0;
	for (unsigned i = 0; i < THREADS; i++) {
		unsigned other = random_below(i + 1);

		priority[i] = priority[other];
		priority[other] = i + THREADS;
	}
	changes = random_below(4);
	for (unsigned i = 0; i < changes; i++)
		change_at[i] = random_below(steps_before + 1);
}

/* The next string of choices; false when there is none. */
static bool
next_choices(void)
{
	while (depth > 0 && made[depth - 1].pick + 1u == made[depth - 1].count)
		depth--;
	if (depth == 0)
		return false;
	made[depth - 1].pick++;
	prefix = depth;
	return true;
}

/* The bound of preemptions, as it shapes the choices; then these. Zeros at the end are
 * left out. */
static void
write_choices(int preemptions, char *buffer, size_t size)
{
	size_t at = (size_t)snprintf(buffer, size, "%d", preemptions);
	unsigned count = depth;

	while (count > 0 && made[count - 1].pick == 0)
		count--;
	for (unsigned i = 0; i < count && at < size; i++)
		at += (size_t)snprintf(buffer + at, size - at, i ? ".%u" : ":%u", made[i].pick);
}

static int
read_choices(const char *text)
{
	char *end;
	int preemptions = (int)strtol(text, &end, 10);

	for (prefix = 0; *end && prefix < CHOICES; prefix++)
		made[prefix] = (struct choice_made){ (uint16_t)strtoul(end + 1, &end, 10), 0 };
	return preemptions;
}

/* --- the search --------------------------------------------------------------------- */

static double
now(void)
{
	struct timespec t;

	timespec_get(&t, TIME_UTC);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static unsigned long
setting(const char *name, unsigned long otherwise)
{
	const char *value = getenv(name);

	return value && *value ? strtoul(value, NULL, 0) : otherwise;
}

static bool
run_once(const struct model_test *test, struct model_result *r)
{
	depth = 0;
	sched_run(test);
	r->executions++;
	r->found = machine.outcome == BROKEN;
	return r->found;
}

/* For one test; a fraction will do. */
static double
seconds(double otherwise)
{
	const char *value = getenv("MODEL_SECONDS");

	return value && *value ? strtod(value, NULL) : otherwise;
}

static void
search(const struct model_test *test, uint64_t most, double end, struct model_result *r)
{
	mode = SEARCHING;
	prefix = 0;
	do {
		if (run_once(test, r))
			return;
		r->complete = !next_choices();
	} while (!r->complete && r->executions < most && now() <= end);
}

static void
sample(const struct model_test *test, uint64_t count, double end, struct model_result *r)
{
	uint64_t first = setting("MODEL_SEED", 1);

	mode = SAMPLING;
	steps = steps_before = 0;
	for (uint64_t i = 0; i < count && now() <= end; i++) {
		prefix = 0;
		new_priorities(mix(first, i));
		if (run_once(test, r))
			return;
	}
}

void
model_run(const struct model_test *test, const char *replay, struct model_result *r)
{
	struct model_test t = *test;
	unsigned long longer = setting("MODEL_LONG", 1);
	double from = now(), most = seconds(240) * (double)longer;
	uint64_t samples = t.samples;

	if (t.preemptions == 0)
		t.preemptions = MODEL_PREEMPTIONS + (longer > 1);
	if (t.executions == 0)
		t.executions = MODEL_EXECUTIONS;
	memset(r, 0, sizeof *r);
	seen_count = 0;
	if (seen)
		memset(seen, 0, seen_size * sizeof *seen);

	if (replay) {
		mode = REPLAYING;
		t.preemptions = read_choices(replay);
		run_once(&t, r);
	} else {
		search(&t, t.executions * longer, from + most, r);
		if (longer > 1 && (samples == 0 || r->complete))
			samples = 1000; /* beyond the bound of preemptions */
		else if (r->complete)
			samples = 0;
		if (!r->found && samples > 0) {
			t.preemptions = -1;
			sample(&t, samples * longer, from + 2 * most, r);
		}
	}
	r->states = seen_count;
	r->seconds = now() - from;
	if (r->found) {
		memcpy(r->why, machine.why, sizeof r->why);
		write_choices(t.preemptions, r->replay, sizeof r->replay);
	}
	report_execution(r->listing, sizeof r->listing);
	free(seen);
	seen = NULL;
	seen_size = 0;
}
