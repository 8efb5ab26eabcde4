/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <stddef.h>

#include <vbuf/vec.h>

#include "ahead.h"
#include "vec.h"

VBUF_VEC(numbers, uint64_t);

static struct vec_ahead_worker worker; /* of the one vector that has one */

struct counted {
	struct numbers v;
	bool ahead;
};

typedef struct counted vector;
#define VEC_EMPTY = { { 0 }, false }
#define VEC_MOVE(x) (x)

static const char *
vector_open(vector *c, const struct vec_how *how, uint64_t n)
{
	int err = VBUF_OK;

	*c = (vector){ { 0 }, false };
	if (how->options || how->ready == VEC_AHEAD)
		err = numbers_init(&c->v, how->options);
	if (err == VBUF_OK && how->ready == VEC_PREFAULT)
		err = numbers_prefault(&c->v, (size_t)n);
	if (err == VBUF_OK && how->ready == VEC_AHEAD) {
		err = numbers_ahead_begin(&worker.ahead, &c->v, VEC_AHEAD_DISTANCE);
		if (err == VBUF_OK && !vec_ahead_start(&worker)) {
			vbuf_vec_ahead_end(&worker.ahead);
			numbers_fini(&c->v);
			return "there is no second thread";
		}
		c->ahead = err == VBUF_OK;
	}
	if (err == VBUF_OK)
		return NULL;
	numbers_fini(&c->v);
	return vbuf_strerror(err);
}

static inline bool
vector_push(vector *c, uint64_t x)
{
	return numbers_push(&c->v, x) == VBUF_OK;
}

static inline bool
vector_append(vector *c, const uint64_t *from, size_t n)
{
	return numbers_push_n(&c->v, from, n) == VBUF_OK;
}

static inline void
vector_pop(vector *c)
{
	numbers_pop(&c->v, NULL);
}

static void
vector_clear(vector *c)
{
	numbers_clear(&c->v);
}

static void
vector_fit(vector *c)
{
	(void)numbers_shrink_to_fit(&c->v);
}

static uint64_t *
vector_data(vector *c)
{
	return c->v.data;
}

static inline uint64_t
vector_len(vector *c)
{
	return c->v.len;
}

static uint64_t
vector_capacity(vector *c)
{
	return numbers_capacity(&c->v);
}

static void
vector_close(vector *c)
{
	if (c->ahead) {
		vec_ahead_stop(&worker);
		vbuf_vec_ahead_end(&worker.ahead);
		c->ahead = false;
	}
	numbers_fini(&c->v);
}

#include "loops.h"

const char *
vec_vbuf_push_steps(uint64_t n, size_t step)
{
	vector v = the_one;
	const size_t block = step / sizeof(uint64_t);
	bool good = true;

	for (uint64_t i = 0; i < n && good;) {
		uint64_t end = n - i < block ? n : i + block;
		good = numbers_prefault(&v.v, (size_t)(end - i)) == VBUF_OK;
		for (; i < end && good; i++)
			good = vector_push(&v, i);
	}
	the_one = v;
	return good ? NULL : "a push failed";
}

const struct vec_peer vec_vbuf = VEC_PEER_LOOPS;
