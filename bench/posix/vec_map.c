/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The true rival: one big mapping that the kernel promises nothing for, and an index.
 * It never grows, nothing of it is ever given back, and where the system does not
 * overcommit it cannot be had.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "../vec/vec.h"

typedef struct {
	uint64_t *data;
	size_t len, max;
} vector;
#define VEC_EMPTY = { 0 }
#define VEC_MOVE(x) (x)

static const size_t SIZE = sizeof(size_t) == 8 ? (size_t)((uint64_t)16 << 30) : (size_t)64 << 20;
static const size_t HUGE_PAGE = (size_t)2 << 20;

static const char *
vector_open(vector *v, const struct vec_how *how, uint64_t n)
{
	void *p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
	               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return "mmap failed";
	if (n > SIZE / sizeof(uint64_t) || (how->huge && madvise(p, SIZE, MADV_HUGEPAGE) != 0)) {
		munmap(p, SIZE);
		return "so much cannot be had";
	}
	/* As an allocator would: from the first huge page on, where one is wanted. */
	size_t skip = how->huge ? (size_t)(-(uintptr_t)p & (HUGE_PAGE - 1)) : 0;
	v->data = (uint64_t *)(void *)((unsigned char *)p + skip);
	v->len = 0;
	v->max = (SIZE - skip) / sizeof(uint64_t);
	return NULL;
}

static inline bool
vector_push(vector *v, uint64_t x)
{
	if (v->len == v->max)
		return false;
	v->data[v->len++] = x;
	return true;
}

static inline bool
vector_append(vector *v, const uint64_t *from, size_t n)
{
	if (n > v->max - v->len)
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

/* There is no call for it. */
static void
vector_fit(vector *v)
{
	(void)v;
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
	return v->max;
}

static void
vector_close(vector *v)
{
	size_t skip = SIZE - v->max * sizeof(uint64_t);

	munmap((unsigned char *)v->data - skip, SIZE);
	v->data = NULL;
	v->len = v->max = 0;
}

#include "../vec/loops.h"

const struct vec_peer vec_map = VEC_PEER_LOOPS;
