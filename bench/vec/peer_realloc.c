/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What C programs do: realloc() to a multiple. Of whichever allocator is loaded. */
#include <stdlib.h>
#include <string.h>

#include "vec.h"

typedef struct {
	uint64_t *data;
	size_t len, capacity;
	unsigned num, den;
} vector;
#define VEC_EMPTY = { 0 }
#define VEC_MOVE(x) (x)

static const char *
vector_open(vector *v, const struct vec_how *how, uint64_t n)
{
	(void)n;
	*v = (vector){ .num = how->num, .den = how->den };
	return NULL;
}

static bool
grow(vector *v, size_t least)
{
	size_t n = v->capacity / v->den * v->num;
	uint64_t *p;

	n = n < 8 ? 8 : n;
	n = n < least ? least : n;
	p = realloc(v->data, n * sizeof *p);
	if (!p)
		return false;
	v->data = p;
	v->capacity = n;
	return true;
}

static inline bool
vector_push(vector *v, uint64_t x)
{
	if (v->len == v->capacity) {
		vector w = *v; /* so that v itself may live in registers */
		if (!grow(&w, w.len + 1))
			return false;
		*v = w;
	}
	v->data[v->len++] = x;
	return true;
}

static inline bool
vector_append(vector *v, const uint64_t *from, size_t n)
{
	if (v->capacity - v->len < n && !grow(v, v->len + n))
		return false;
	memcpy(v->data + v->len, from, n * sizeof *from);
	v->len += n;
	return true;
}

static inline void
vector_pop(vector *v)
{
	v->len--;
}

static void
vector_clear(vector *v)
{
	v->len = 0;
}

static void
vector_fit(vector *v)
{
	size_t n = v->len ? v->len : 1;
	uint64_t *p = realloc(v->data, n * sizeof *p);

	if (p) {
		v->data = p;
		v->capacity = n;
	}
}

static uint64_t *
vector_data(vector *v)
{
	return v->data;
}

static inline uint64_t
vector_len(vector *v)
{
	return v->len;
}

static uint64_t
vector_capacity(vector *v)
{
	return v->capacity;
}

static void
vector_close(vector *v)
{
	free(v->data);
	*v = (vector){ .num = v->num, .den = v->den };
}

#include "loops.h"

const struct vec_peer vec_realloc = VEC_PEER_LOOPS;
