/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Blocks of 512 bytes and a table of them: nothing moves, and it is no array. */
#include <cstddef>
#include <deque>
#include <utility>

#include "vec.h"

typedef std::deque<uint64_t> vector;
#define VEC_EMPTY
#define VEC_MOVE(x) std::move(x)

static const char *
vector_open(vector *v, const struct vec_how *how, uint64_t n)
{
	(void)v;
	(void)how;
	(void)n;
	return NULL;
}

/* What throws ends the program: a benchmark without memory has no figures. */
static inline bool
vector_push(vector *v, uint64_t x)
{
	v->push_back(x);
	return true;
}

static inline bool
vector_append(vector *v, const uint64_t *from, std::size_t n)
{
	v->insert(v->end(), from, from + n);
	return true;
}

static inline void
vector_pop(vector *v)
{
	v->pop_back();
}

static void
vector_clear(vector *v)
{
	v->clear();
}

static void
vector_fit(vector *v)
{
	v->shrink_to_fit();
}

static uint64_t *
vector_data(vector *v)
{
	return v->empty() ? NULL : &v->front(); /* and 63 more */
}

static inline uint64_t
vector_len(vector *v)
{
	return v->size();
}

static uint64_t
vector_capacity(vector *v)
{
	return v->size();
}

static void
vector_close(vector *v)
{
	vector().swap(*v);
}

#include "loops.h"

extern "C" {
extern const struct vec_peer vec_deque;
const struct vec_peer vec_deque = VEC_PEER_LOOPS;
}
