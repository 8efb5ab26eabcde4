/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A second thread that prefaults ahead. posix/ and win32/ have their own. */
#ifndef BENCH_VEC_AHEAD_H
#define BENCH_VEC_AHEAD_H

#include <vbuf/vec.h>

#define VEC_AHEAD_DISTANCE ((size_t)64 << 20)

struct vec_ahead_worker {
	struct vbuf_vec_ahead ahead;
	void *thread;
	int stop; /* atomic */
};

bool vec_ahead_start(struct vec_ahead_worker *w); /* false: there are no threads */
void vec_ahead_stop(struct vec_ahead_worker *w);

#endif
