/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Threads that look things up while the text is still being read. They share the line
 * table with the thread that reads, without a lock; the lock here is for sleeping until
 * there is more, and for the order of the answers.
 */
#ifndef LINEDEX_READERS_H
#define LINEDEX_READERS_H

#include <pthread.h>

#include <vbuf/vec.h>

#include "lookup.h"

enum { READERS_MAX = 64 };

VBUF_VEC(lookups, struct lookup);

struct readers {
	const struct lines *lines;
	struct lookups asked; /* all questions, before the first thread starts */
	pthread_t threads[READERS_MAX];
	size_t count;
	void (*before_print)(void); /* NULL: nothing */

	pthread_mutex_t lock; /* what follows is under it */
	pthread_cond_t news;
	size_t taken, printed; /* questions, from the first on */
	size_t early;          /* answered before the text had ended */
	bool ended;
};

VBUF_NODISCARD int readers_open(struct readers *r, const struct lines *l);
void readers_close(struct readers *r);

/* Let so many threads begin; fewer, where the system refuses. */
void readers_start(struct readers *r, size_t threads);

/* There are more lines. */
void readers_tell(struct readers *r);

/* There will be no more. Answers what is left, and returns when all is printed. */
void readers_finish(struct readers *r);

#endif
