/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Data races: two accesses to the same bytes, at least one a write and one plain, neither
 * of which happens before the other. Only the last access of a thread to a range is kept:
 * if an earlier one races with something still to come, so does the last.
 */
#include "machine.h"

#include <string.h>

enum { ACCESSES = 1024 };

struct access {
	uintptr_t from, to;
	uint32_t nth;
	uint8_t thread;
	bool write;
};

static struct access all[ACCESSES];
static unsigned count;

void
races_reset(void)
{
	count = 0;
}

static const uint32_t *
clock_now(void)
{
	return machine.thread[machine.current].now.clock;
}

static _Noreturn void
race(const char *text, const char *with, unsigned thread)
{
	model_broken("data race on %s: with the %s by thread %u", text, with, thread);
}

static void
check_plain(uintptr_t from, uintptr_t to, bool write, const char *text)
{
	for (unsigned i = 0; i < count; i++) {
		const struct access *a = &all[i];

		if (a->from < to && from < a->to && (a->write || write) &&
		    a->nth > clock_now()[a->thread])
			race(text, a->write ? "plain write" : "plain read", a->thread);
	}
}

void
races_atomic(const struct location *l, bool write)
{
	uintptr_t at = (uintptr_t)l->object;

	check_plain(at, at + l->size, write, machine.event[machine.events - 1].site->object);
}

static void
check_atomics(uintptr_t from, uintptr_t to, bool write, const char *text)
{
	for (unsigned i = 0; i < machine.locations; i++) {
		const struct location *l = &machine.location[i];
		uintptr_t at = (uintptr_t)l->object;

		if (!at || at >= to || at + l->size <= from)
			continue;
		for (unsigned t = 0; t <= machine.threads; t++) {
			if (l->write_at[t] > clock_now()[t])
				race(text, "atomic write", t);
			if (write && l->read_at[t] > clock_now()[t])
				race(text, "atomic read", t);
		}
	}
}

void
model_plain(const volatile void *object, size_t size, bool write, const char *text,
            const char *file, int line)
{
	uintptr_t from = (uintptr_t)object, to = from + size;
	struct event *e = memory_event(write ? MODEL_PLAIN_WRITE : MODEL_PLAIN_READ, 0, NULL);
	unsigned i = 0;

	e->text = text;
	e->file = file;
	e->line = line;
	machine.thread[machine.current].history =
		mix(machine.thread[machine.current].history, from);
	check_plain(from, to, write, text);
	check_atomics(from, to, write, text);
	if (write)
		memory_forget(object, size);

	while (i < count && !(all[i].from == from && all[i].to == to && all[i].write == write &&
	                      all[i].thread == machine.current))
		i++;
	if (i == ACCESSES)
		model_broken("too long for the model: %d plain accesses", ACCESSES);
	if (i == count)
		count++;
	all[i] = (struct access){ .from = from, .to = to, .write = write };
	all[i].nth = clock_now()[machine.current];
	all[i].thread = (uint8_t)machine.current;
}
