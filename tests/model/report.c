/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The execution that was run last, for reading. */
#include "machine.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static char *out;
static size_t left;

static void put(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void
put(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	int n = vsnprintf(out, left, format, arguments);
	va_end(arguments);
	if (n < 0 || (size_t)n >= left)
		left = 0;
	else {
		out += n;
		left -= (size_t)n;
	}
}

static const char *
number(uint64_t value, char *buffer, size_t size)
{
	snprintf(buffer, size, value < 100000 ? "%" PRIu64 : "%#" PRIx64, value);
	return buffer;
}

static const char *
order_name(unsigned order)
{
	switch (order) {
	case MODEL_RELAXED:
		return "relaxed";
	case MODEL_ACQUIRE:
		return "acquire";
	case MODEL_RELEASE:
		return "release";
	case MODEL_ACQ_REL:
		return "acq_rel";
	default:
		return "seq_cst";
	}
}

static const char *
written_by(unsigned store, char *buffer, size_t size)
{
	if (machine.store[store].event == 0)
		return "the first value";
	snprintf(buffer, size, "step %u", machine.store[store].event);
	return buffer;
}

static void
put_access(const struct event *e)
{
	static const char *const names[] = { "load",     "store",     "exchange", "fetch_add",
		                             "fetch_or", "fetch_and", "cas" };
	char operation[32], object[48], a[24], b[24], values[64], from[24];
	bool reads = e->read != 0, fails = e->op == MODEL_CAS && !e->success;

	snprintf(operation, sizeof operation, "%s %s", names[e->op], order_name(e->order));
	snprintf(object, sizeof object, "%.38s (%u)", e->site->object, e->location + 1u);
	if (fails)
		snprintf(values, sizeof values, "%s (fails)", number(e->found, a, sizeof a));
	else if (reads && e->written)
		snprintf(values, sizeof values, "%s -> %s", number(e->found, a, sizeof a),
		         number(e->value, b, sizeof b));
	else
		number(e->value, values, sizeof values);
	put("%-18s %-26s %-14s", operation, object, values);
	if (reads)
		put(" reads %s", written_by(e->read, from, sizeof from));
	if (e->stale && (fails || !e->written) && e->newest)
		put(", though step %u is newer", e->newest);
	else if (e->stale && (fails || !e->written))
		put(", though not the newest");
	if (e->before)
		put(" goes in front of %s", written_by(e->before, from, sizeof from));
}

static void
put_event(unsigned step, const struct event *e)
{
	const char *file = e->site ? e->site->file : e->file;
	int line = e->site ? e->site->line : e->line;
	const char *base = strrchr(file, '/');

	put("%5u  T%u  ", step, e->thread);
	switch (e->op) {
	case MODEL_LIGHT:
		put("%-18s", "light fence");
		break;
	case MODEL_HEAVY:
		put("%-18s %s", "heavy fence", e->text);
		if (e->value)
			put(" %u", (unsigned)e->value);
		break;
	case MODEL_SPIN:
		put("%-18s", "waits, goes on");
		break;
	case MODEL_PLAIN_READ:
		put("%-18s %s", "plain read", e->text);
		break;
	case MODEL_PLAIN_WRITE:
		put("%-18s %s", "plain write", e->text);
		break;
	default:
		put_access(e);
	}
	put("  [%s:%d]\n", base ? base + 1 : file, line);
}

void
report_execution(char *buffer, size_t size)
{
	out = buffer;
	left = size;
	buffer[0] = '\0';
	for (unsigned i = 0; i < machine.events; i++)
		put_event(i + 1, &machine.event[i]);
}
