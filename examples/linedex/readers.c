/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "readers.h"

#include <stdio.h>

int
readers_open(struct readers *r, const struct lines *l)
{
	*r = (struct readers){ .lines = l };
	if (pthread_mutex_init(&r->lock, NULL) != 0 || pthread_cond_init(&r->news, NULL) != 0)
		return VBUF_ESYS;
	return lookups_init(&r->asked, NULL);
}

void
readers_close(struct readers *r)
{
	(void)lookups_fini(&r->asked);
	(void)pthread_cond_destroy(&r->news);
	(void)pthread_mutex_destroy(&r->lock);
}

/* Those of the answers that have their turn. */
static void
print_in_order(struct readers *r)
{
	for (; r->printed < r->asked.len && r->asked.data[r->printed].answered; r->printed++) {
		if (r->before_print)
			r->before_print();
		lookup_print(&r->asked.data[r->printed], r->lines);
		(void)fflush(stdout); /* whether it can be written is asked at the end */
	}
}

/* As far as there is text; then wait for more, until it is answered. */
static void
answer(struct readers *r, struct lookup *q)
{
	for (;;) {
		bool ended = r->ended; /* before the count: then that is the last */
		size_t n = lines_count(r->lines);

		(void)pthread_mutex_unlock(&r->lock);
		bool answered = lookup_go_on(q, r->lines, n, ended);
		(void)pthread_mutex_lock(&r->lock);
		if (answered) {
			q->answered = true;
			r->early += !ended;
			return;
		}
		while (!r->ended && lines_count(r->lines) == n)
			(void)pthread_cond_wait(&r->news, &r->lock);
	}
}

static void *
answer_all(void *readers)
{
	struct readers *r = readers;

	(void)pthread_mutex_lock(&r->lock);
	while (r->taken < r->asked.len) {
		answer(r, &r->asked.data[r->taken++]);
		print_in_order(r);
	}
	(void)pthread_mutex_unlock(&r->lock);
	return NULL;
}

void
readers_start(struct readers *r, size_t threads)
{
	while (r->count < threads && r->count < r->asked.len && r->count < READERS_MAX &&
	       pthread_create(&r->threads[r->count], NULL, answer_all, r) == 0)
		r->count++;
}

static void
wake_all(struct readers *r, bool ended)
{
	(void)pthread_mutex_lock(&r->lock);
	r->ended = ended;
	(void)pthread_cond_broadcast(&r->news);
	(void)pthread_mutex_unlock(&r->lock);
}

void
readers_tell(struct readers *r)
{
	if (r->count > 0)
		wake_all(r, false);
}

void
readers_finish(struct readers *r)
{
	wake_all(r, true);
	(void)answer_all(r);
	for (size_t i = 0; i < r->count; i++)
		(void)pthread_join(r->threads[i], NULL);
}
