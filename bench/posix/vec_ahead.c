/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "../vec/ahead.h"

#include <pthread.h>
#include <time.h>

static pthread_t thread;

static void *
run(void *arg)
{
	const struct timespec nap = { .tv_nsec = 20000 };
	struct vec_ahead_worker *w = arg;

	while (!__atomic_load_n(&w->stop, __ATOMIC_ACQUIRE))
		if (vbuf_vec_ahead_step(&w->ahead) <= 0)
			nanosleep(&nap, NULL);
	return NULL;
}

bool
vec_ahead_start(struct vec_ahead_worker *w)
{
	w->stop = 0;
	w->thread = pthread_create(&thread, NULL, run, w) == 0 ? &thread : NULL;
	return w->thread != NULL;
}

void
vec_ahead_stop(struct vec_ahead_worker *w)
{
	__atomic_store_n(&w->stop, 1, __ATOMIC_RELEASE);
	pthread_join(*(pthread_t *)w->thread, NULL);
}
