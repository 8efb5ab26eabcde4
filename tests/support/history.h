/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * What real threads did to a concurrent container, and whether a container may do that.
 * Each thread writes down its own operations with the times between which they happened;
 * afterwards all are looked at together. An operation that returned before another was
 * invoked must have taken effect before it.
 */
#ifndef VBUF_TESTS_HISTORY_H
#define VBUF_TESTS_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum history_what {
	/* of a vector; key is an index */
	HISTORY_PUSH,   /* gave this index to this value */
	HISTORY_PREFIX, /* [0, key) is published; ok: each element there was whole */
	/* of both; ok: found, with this value */
	HISTORY_GET,
	/* of a map; key is a handle */
	HISTORY_INSERT, /* gave this handle to this value */
	HISTORY_REMOVE, /* ok: it was this call that removed it */
};

struct history_event {
	uint64_t invoked, returned; /* by one clock for all threads */
	uint64_t key, value;
	uint32_t thread;
	enum history_what what;
	bool ok;
};

/* Of one thread, which alone writes to it. Its events are the caller's array. */
struct history {
	struct history_event *events;
	size_t count, size;
	uint64_t barrier;
	uint32_t thread;
};

/* Just before an operation, and just after it. An operation that returned an error and
 * did nothing is simply not ended. The array must be large enough. */
void history_begin(struct history *h, enum history_what what);
void history_end(struct history *h, uint64_t key, uint64_t value, bool ok);

/*
 * Are these events, of all threads, those of a sound vector or map? Sorts them. Every
 * push, insert and remove must be among them; nothing was there before.
 *
 * Vector: no index is given twice, and none is left out; a get finds the value that was
 * pushed, not before its push, and not nothing after it; a published prefix never shrinks,
 * holds only pushed elements, each of them whole, and a get finds all of it.
 *
 * Map: a handle is given once, and removed at most once; a get finds it with its value from
 * its insert to its remove, and not after; nothing fails to find it in between.
 *
 * @return NULL, or what is wrong, in a text that stays until the next call
 */
const char *history_wrong_vector(struct history_event *events, size_t count);
const char *history_wrong_map(struct history_event *events, size_t count);

#endif
