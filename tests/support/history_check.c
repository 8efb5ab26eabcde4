/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Whether a container may have done what the threads wrote down. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "history.h"

static char text[512];

static const char *
describe(const struct history_event *e, char *buffer, size_t size)
{
	static const char *const names[] = { "push", "prefix", "get", "insert", "remove" };

	snprintf(buffer, size,
	         "%s %" PRIu64 " (value %" PRIu64 ", %s) by thread %" PRIu32 " in [%" PRIu64
	         ", %" PRIu64 "]",
	         names[e->what], e->key, e->value, e->ok ? "ok" : "not ok", e->thread, e->invoked,
	         e->returned);
	return buffer;
}

static const char *
wrong(const char *what, const struct history_event *e, const struct history_event *with)
{
	char first[200], second[200];

	snprintf(text, sizeof text, "%s: %s%s%s", what, describe(e, first, sizeof first),
	         with ? "; beside " : "", with ? describe(with, second, sizeof second) : "");
	return text;
}

static bool
before(const struct history_event *a, const struct history_event *b)
{
	return a->returned < b->invoked;
}

static int
compare(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int
rank(const struct history_event *e)
{
	if (e->what == HISTORY_PUSH || e->what == HISTORY_INSERT)
		return 0;
	return e->what == HISTORY_REMOVE && e->ok ? 1 : 2;
}

/* Prefixes last; then by key, and for each what made it, what ended it, the gets. */
static int
by_key(const void *left, const void *right)
{
	const struct history_event *a = left, *b = right;
	bool last_a = a->what == HISTORY_PREFIX, last_b = b->what == HISTORY_PREFIX;

	if (last_a != last_b)
		return last_a - last_b;
	if (!last_a && a->key != b->key)
		return compare(a->key, b->key);
	if (rank(a) != rank(b))
		return rank(a) - rank(b);
	return compare(a->invoked, b->invoked);
}

/* A get of something that was made, and perhaps ended. */
static const char *
wrong_get(const struct history_event *get, const struct history_event *made,
          const struct history_event *ended)
{
	if (get->ok && get->value != made->value)
		return wrong("found with another value", get, made);
	if (get->ok && before(get, made))
		return wrong("found before it was there", get, made);
	if (get->ok && ended && before(ended, get))
		return wrong("found after it was removed", get, ended);
	if (!get->ok && before(made, get) && (!ended || before(get, ended)))
		return wrong("not found while it was there", get, made);
	return NULL;
}

/* latest: for each index, of the pushes up to it the one invoked last. */
static const char *
wrong_prefix(const struct history_event *prefix, const struct history_event *const *latest,
             size_t pushed)
{
	if (!prefix->ok)
		return wrong("an element of the prefix was not whole", prefix, NULL);
	if (prefix->key > pushed)
		return wrong("the prefix is longer than all that was pushed", prefix, NULL);
	if (prefix->key > 0 && before(prefix, latest[prefix->key - 1]))
		return wrong("an element was in the prefix before its push", prefix,
		             latest[prefix->key - 1]);
	return NULL;
}

static int
by_invocation(const void *left, const void *right)
{
	const struct history_event *a = left, *b = right;

	return compare(a->invoked, b->invoked);
}

static int
by_return(const void *left, const void *right)
{
	const struct history_event *a = left, *b = right;

	return compare(a->returned, b->returned);
}

/*
 * No prefix is shorter than one that was returned before it was invoked, and no get fails
 * below such a one. Both orders of time are walked together.
 */
static const char *
wrong_after_prefix(struct history_event *events, size_t count, struct history_event *prefixes,
                   size_t prefix_count)
{
	const struct history_event *longest = NULL;

	qsort(prefixes, prefix_count, sizeof *prefixes, by_return);
	qsort(events, count, sizeof *events, by_invocation);
	for (size_t i = 0, next = 0; i < count; i++) {
		const struct history_event *e = &events[i];

		for (; next < prefix_count && before(&prefixes[next], e); next++)
			if (!longest || prefixes[next].key > longest->key)
				longest = &prefixes[next];
		if (!longest || e->key >= longest->key)
			continue;
		if (e->what == HISTORY_PREFIX)
			return wrong("the prefix has shrunk", e, longest);
		if (e->what == HISTORY_GET && !e->ok)
			return wrong("not found below the prefix", e, longest);
	}
	return NULL;
}

/* The events in the order of by_key(): one index after the other, then the prefixes. */
static const char *
wrong_by_index(const struct history_event *events, size_t count,
               const struct history_event **latest)
{
	const struct history_event *push = NULL;
	size_t pushed = 0;
	const char *found = NULL;

	for (size_t i = 0; i < count && !found; i++) {
		const struct history_event *e = &events[i];
		bool known = push && push->key == e->key;

		if (e->what == HISTORY_PREFIX)
			found = wrong_prefix(e, latest, pushed);
		else if (e->what == HISTORY_GET && known)
			found = wrong_get(e, push, NULL);
		else if (e->what == HISTORY_GET)
			found = e->ok ? wrong("found, but nobody pushed it", e, NULL) : NULL;
		else if (e->what != HISTORY_PUSH)
			found = wrong("no operation of a vector", e, NULL);
		else if (known)
			found = wrong("an index was given twice", e, push);
		else if (e->key != pushed)
			found = wrong("an index before this one was left out", e, NULL);
		else {
			push = e;
			latest[pushed] = pushed && latest[pushed - 1]->invoked > e->invoked
			                         ? latest[pushed - 1]
			                         : e;
			pushed++;
		}
	}
	return found;
}

const char *
history_wrong_vector(struct history_event *events, size_t count)
{
	if (count == 0)
		return NULL;
	const struct history_event **latest = malloc(count * sizeof *latest);
	struct history_event *prefixes = malloc(count * sizeof *prefixes);
	const char *found = "history: out of memory";

	if (latest && prefixes) {
		qsort(events, count, sizeof *events, by_key);
		found = wrong_by_index(events, count, latest);
	}
	if (!found) {
		size_t first = count;

		while (first > 0 && events[first - 1].what == HISTORY_PREFIX)
			first--;
		memcpy(prefixes, &events[first], (count - first) * sizeof *prefixes);
		found = wrong_after_prefix(events, count, prefixes, count - first);
	}
	free(prefixes);
	free(latest);
	return found;
}

const char *
history_wrong_map(struct history_event *events, size_t count)
{
	const struct history_event *made = NULL, *ended = NULL;
	const char *found = NULL;

	if (count > 0)
		qsort(events, count, sizeof *events, by_key);
	for (size_t i = 0; i < count && !found; i++) {
		const struct history_event *e = &events[i];
		bool known = made && made->key == e->key;
		bool over = ended && ended->key == e->key;

		if (e->what == HISTORY_PUSH || e->what == HISTORY_PREFIX)
			found = wrong("no operation of a map", e, NULL);
		else if (e->what == HISTORY_INSERT && known)
			found = wrong("a handle was given twice", e, made);
		else if (e->what == HISTORY_INSERT)
			made = e;
		else if (!known)
			found = e->ok ? wrong("found, but nobody inserted it", e, NULL) : NULL;
		else if (e->what == HISTORY_GET || !e->ok)
			found = wrong_get(e, made, over ? ended : NULL);
		else if (over)
			found = wrong("removed twice", e, ended);
		else if (before(e, made))
			found = wrong("removed before it was there", e, made);
		else
			ended = e;
	}
	return found;
}
