/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "vec_model.h"

#include <stdlib.h>
#include <string.h>

#include <vbuf/vec.h>

#define CHECK(what)                                                                                \
	do {                                                                                       \
		if (!(what))                                                                       \
			vec_model_fail(__FILE__, __LINE__, #what);                                 \
	} while (0)

/* Elements of at most LARGEST bytes, vectors of at most BYTES: enough for every change
 * of step there is, by whatever the vector knows of huge pages. */
enum { VECTORS = 3, BYTES = 3 << 19, LARGEST = 300 };

/* One vector, real and by the book. The elements by the book are in bytes[]. */
struct pair {
	struct vbuf_vec v;
	unsigned char *bytes; /* as many as it may ever need */
	size_t len;
	bool frozen;
	unsigned char *first; /* where the real elements began */
	unsigned char header; /* of all its bytes */
};

struct model {
	size_t size; /* of an element */
	struct vbuf_vec_options options;
	size_t max;     /* SIZE_MAX: larger than anything here */
	size_t longest; /* what a vector may become here */
	unsigned char serial;
	struct pair pairs[VECTORS];
	/* what the destructor saw, and what it should have: sums, as no order is promised */
	uint64_t destroyed, should_be;
};

struct input {
	const unsigned char *at, *end;
};

static unsigned
next(struct input *in)
{
	return in->at < in->end ? *in->at++ : 0;
}

static uint64_t
digest(const unsigned char *element, size_t size)
{
	uint64_t h = 1469598103934665603u;

	for (size_t i = 0; i < size; i++)
		h = (h ^ element[i]) * 1099511628211u;
	return h;
}

static void
destroy(void *element, void *arg)
{
	struct model *m = arg;

	m->destroyed += digest(element, m->size);
}

static unsigned char *
at(const struct model *m, const struct pair *p, size_t i)
{
	return p->bytes + i * m->size;
}

/* The book. */
static void
book_destroy(struct model *m, const struct pair *p, size_t i, size_t n)
{
	for (size_t k = i; m->options.destroy && k < i + n; k++)
		m->should_be += digest(at(m, p, k), m->size);
}

static void
book_insert(const struct model *m, struct pair *p, size_t i, const unsigned char *from, size_t n)
{
	if (n == 0)
		return;
	memmove(at(m, p, i + n), at(m, p, i), (p->len - i) * m->size);
	memcpy(at(m, p, i), from, n * m->size);
	p->len += n;
}

static void
book_remove(const struct model *m, struct pair *p, size_t i, size_t n)
{
	if (n == 0)
		return;
	memmove(at(m, p, i), at(m, p, i + n), (p->len - i - n) * m->size);
	p->len -= n;
}

/* What a call that adds n is to return. */
static int
may_add(const struct model *m, const struct pair *p, size_t n)
{
	if (p->frozen)
		return VBUF_EPERM;
	return n > SIZE_MAX - p->len || p->len + n > m->max ? VBUF_ERANGE : VBUF_OK;
}

static int
may_change(const struct pair *p)
{
	return p->frozen ? VBUF_EPERM : VBUF_OK;
}

static void
check(const struct model *m, const struct pair *p)
{
	CHECK(p->v.len == p->len);
	CHECK(vbuf_vec_len(&p->v) == p->len);
	CHECK(p->len == 0 || memcmp(p->v.data, p->bytes, p->len * m->size) == 0);
	CHECK(p->first == p->v.data); /* nothing moves, ever */
	CHECK(vbuf_vec_capacity(&p->v) >= p->len);
	CHECK(vbuf_vec_capacity(&p->v) <= vbuf_vec_max(&p->v));
	CHECK(m->destroyed == m->should_be);
	if (m->options.header_size) {
		unsigned char *header = vbuf_vec_header(&p->v);
		for (size_t i = 0; i < m->options.header_size; i++)
			CHECK(header[i] == p->header);
	}
}

static void
make(struct model *m, struct pair *p)
{
	*p = (struct pair){ .bytes = malloc(BYTES) };
	CHECK(p->bytes != NULL);
	CHECK(vbuf_vec_init(&p->v, m->size, 1, &m->options) == VBUF_OK);
	p->first = p->v.data;
}

static void
end(struct model *m, struct pair *p)
{
	book_destroy(m, p, 0, p->len);
	CHECK(vbuf_vec_fini(&p->v) == VBUF_OK);
	CHECK(p->v.data == NULL && p->v.len == 0);
	CHECK(m->destroyed == m->should_be);
	free(p->bytes);
}

static void
begin(struct model *m, struct input *in)
{
	static const size_t sizes[] = { 1, 3, 4, 8, 24, 100, 255, LARGEST };
	unsigned how = next(in), more = next(in);

	memset(m, 0, sizeof *m);
	m->size = sizes[how % 8];
	m->max = SIZE_MAX;
	m->longest = BYTES / m->size;
	m->options = (struct vbuf_vec_options){
		.size = sizeof m->options,
		.destroy = how & 8 ? destroy : NULL,
		.destroy_arg = m,
		.header_size = how & 16 ? 32 : 0,
		.align = how & 32 ? 8192 : 0,
		.recycle = how & 64 ? VBUF_VEC_RECYCLE_NEVER : VBUF_VEC_RECYCLE_DEFAULT,
		.shrink = how & 128 ? VBUF_VEC_SHRINK_NEVER : VBUF_VEC_SHRINK_DEFAULT,
		.initial = more & 64 ? 50 : 0,
		.huge = more & 128 ? VBUF_HUGE_NEVER : VBUF_HUGE_DEFAULT,
	};
	if (more & 4)
		m->max = m->options.max = more & 8 ? 7777 : 100;
	if (more % 4 == 1) {
		m->options.growth = VBUF_VEC_GROW_LINEAR;
		m->options.growth_num = 1 + more;
	} else if (more % 4 == 2) {
		m->options.growth = VBUF_VEC_GROW_EXPONENTIAL;
		m->options.growth_num = 3;
		m->options.growth_den = 2;
	}
	for (int i = 0; i < VECTORS; i++)
		make(m, &m->pairs[i]);
}

/* A number up to most, small ones and the bounds more often. */
static size_t
number(struct input *in, size_t most)
{
	unsigned kind = next(in);
	size_t n = next(in) | (size_t)next(in) << 8;

	switch (kind % 8) {
	case 0:
		return most;
	case 1:
		return most ? most - 1 : 0;
	case 2:
		return most / 4 + (n & 1);
	case 3:
		return (n * (kind + 1)) % (most + 1);
	case 4:
		return kind == 252 ? SIZE_MAX - n : most + 1; /* beyond, or far beyond */
	default:
		return n % 17;
	}
}

static void
fill(struct model *m, unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n * m->size; i++)
		p[i] = (unsigned char)(m->serial + i / m->size * 31 + i);
	m->serial += 7;
}

/* Elements to add: new ones, or some that the vector has. */
static const unsigned char *
source(struct model *m, struct pair *p, struct input *in, size_t *n, unsigned char *room)
{
	bool own = next(in) & 1;
	size_t from = number(in, p->len);

	if (own && from <= p->len) {
		*n = *n <= p->len - from ? *n : p->len - from;
		return p->v.data == NULL ? room : (unsigned char *)p->v.data + from * m->size;
	}
	*n = *n < 64 ? *n : 64;
	fill(m, room, *n);
	return room;
}

static void
do_insert(struct model *m, struct pair *p, struct input *in, bool at_end)
{
	unsigned char room[64 * LARGEST];
	size_t i = at_end ? p->len : number(in, p->len), n = number(in, p->len);
	const unsigned char *from = source(m, p, in, &n, room);
	int expected = p->frozen ? VBUF_EPERM : i > p->len ? VBUF_ERANGE : may_add(m, p, n);
	unsigned char *copy = malloc(n * m->size + 1);

	CHECK(copy != NULL);
	memcpy(copy, from, n * m->size); /* as it is before the call */
	if (p->len + n > m->longest)
		expected = VBUF_ESYS; /* too long for a model; not done */
	else if (at_end)
		CHECK(vbuf_vec_push_n(&p->v, from, n) == expected);
	else
		CHECK(vbuf_vec_insert_n(&p->v, i, from, n) == expected);
	if (expected == VBUF_OK)
		book_insert(m, p, i, copy, n);
	free(copy);
}

static void
do_resize(struct model *m, struct pair *p, struct input *in, bool with_fill)
{
	static const unsigned char zero[LARGEST];
	unsigned char element[LARGEST];
	size_t n = number(in, p->len + 1000);
	int expected = n <= p->len ? may_change(p) : may_add(m, p, n - p->len);

	fill(m, element, 1);
	if (n > m->longest && expected == VBUF_OK)
		return;
	if (expected == VBUF_OK && n < p->len)
		book_destroy(m, p, n, p->len - n);
	CHECK((with_fill ? vbuf_vec_resize_fill(&p->v, n, element) : vbuf_vec_resize(&p->v, n)) ==
	      expected);
	if (expected != VBUF_OK)
		return;
	if (n < p->len)
		book_remove(m, p, n, p->len - n);
	while (p->len < n)
		book_insert(m, p, p->len, with_fill ? element : zero, 1);
}

static void
do_remove(struct model *m, struct pair *p, struct input *in)
{
	size_t i = number(in, p->len), n = number(in, i <= p->len ? p->len - i : 0);
	int expected = may_change(p);

	if (expected == VBUF_OK && (i > p->len || n > p->len - i))
		expected = VBUF_ERANGE;
	if (expected == VBUF_OK)
		book_destroy(m, p, i, n);
	CHECK(vbuf_vec_remove_n(&p->v, i, n) == expected);
	if (expected == VBUF_OK)
		book_remove(m, p, i, n);
}

static void
do_swap_remove(struct model *m, struct pair *p, struct input *in)
{
	size_t i = number(in, p->len);
	int expected = may_change(p);

	if (expected == VBUF_OK && i >= p->len)
		expected = VBUF_ERANGE;
	if (expected == VBUF_OK)
		book_destroy(m, p, i, 1);
	CHECK(vbuf_vec_swap_remove(&p->v, i) == expected);
	if (expected == VBUF_OK) {
		memmove(at(m, p, i), at(m, p, p->len - 1), m->size);
		p->len--;
	}
}

static void
do_pop(struct model *m, struct pair *p, struct input *in)
{
	unsigned char element[LARGEST];

	for (size_t n = number(in, p->len) % 2000; n-- > 0;) {
		int expected = may_change(p);
		if (expected == VBUF_OK && p->len == 0)
			expected = VBUF_ERANGE;
		CHECK(vbuf_vec_pop(&p->v, element) == expected);
		if (expected != VBUF_OK)
			return;
		CHECK(memcmp(element, at(m, p, p->len - 1), m->size) == 0);
		p->len--;
	}
}

static void
do_truncate(struct model *m, struct pair *p, struct input *in)
{
	size_t n = number(in, p->len);
	bool clears = n == 0;
	int expected = may_change(p);

	if (expected == VBUF_OK && n < p->len)
		book_destroy(m, p, n, p->len - n);
	CHECK((clears ? vbuf_vec_clear(&p->v) : vbuf_vec_truncate(&p->v, n)) == expected);
	if (expected == VBUF_OK && n < p->len)
		p->len = n;
}

static void
do_prepare(struct model *m, struct pair *p, struct input *in)
{
	unsigned char made[64 * LARGEST];
	size_t n = number(in, p->len), some = next(in) % 64;
	void *room;

	if (n > m->longest && may_add(m, p, n) == VBUF_OK)
		return;
	CHECK(vbuf_vec_prepare(&p->v, n, &room) == may_add(m, p, n));
	if (may_add(m, p, n) != VBUF_OK) {
		CHECK(room == NULL);
		return;
	}
	CHECK(vbuf_vec_capacity(&p->v) >= p->len + n);
	some = some < n ? some : n;
	if (p->len + some > m->longest) /* the book has no room for more */
		some = p->len < m->longest ? m->longest - p->len : 0;
	fill(m, made, some);
	if (some)
		memcpy(room, made, some * m->size);
	CHECK(vbuf_vec_publish(&p->v, some) == VBUF_OK);
	book_insert(m, p, p->len, made, some);
}

/* Replace the pair to by one that the call made. */
static void
take(struct model *m, struct pair *to, const struct vbuf_vec *v)
{
	end(m, to);
	*to = (struct pair){ .v = *v, .bytes = malloc(BYTES), .first = v->data };
	CHECK(to->bytes != NULL);
}

static void
do_split(struct model *m, struct pair *p, struct pair *to, struct input *in)
{
	size_t i = number(in, p->len);
	struct vbuf_vec tail;
	int expected = p->frozen ? VBUF_EPERM : i > p->len ? VBUF_ERANGE : VBUF_OK;

	CHECK(vbuf_vec_split_off(&p->v, i, &tail) == expected);
	if (expected != VBUF_OK) {
		CHECK(tail.data == NULL && tail.len == 0);
		return;
	}
	take(m, to, &tail);
	book_insert(m, to, 0, at(m, p, i), p->len - i);
	p->len = i;
}

static void
do_clone(struct model *m, struct pair *p, struct pair *to)
{
	struct vbuf_vec copy;

	CHECK(vbuf_vec_clone(&p->v, &copy) == VBUF_OK);
	take(m, to, &copy);
	book_insert(m, to, 0, p->bytes, p->len);
	to->header = p->header;
	/* The two destroy their copies of an element each. */
}

static void
do_detach(struct pair *p)
{
	struct vbuf buf;
	size_t offset, len = p->len;

	CHECK(vbuf_vec_detach(&p->v, &buf, &offset) == may_change(p));
	if (p->frozen)
		return;
	CHECK(p->v.data == NULL);
	CHECK(vbuf_vec_adopt(&p->v, &buf, offset, len) == VBUF_OK);
	CHECK(buf.size == 0);
}

static void
do_append(struct model *m, struct pair *p, struct pair *from)
{
	size_t n = from->len;
	int expected = n ? may_add(m, p, n) : may_change(p);

	if (p->len + n > m->longest)
		return;
	unsigned char *copy = malloc(n * m->size + 1);
	CHECK(copy != NULL);
	if (n)
		memcpy(copy, from->bytes, n * m->size);
	CHECK(vbuf_vec_append(&p->v, &from->v) == expected);
	if (expected == VBUF_OK)
		book_insert(m, p, p->len, copy, n);
	free(copy);
}

static void
do_reserve(struct model *m, struct pair *p, struct input *in, bool exactly)
{
	size_t n = number(in, p->len + 5000);
	int expected = p->frozen ? VBUF_EPERM : n > m->max ? VBUF_ERANGE : VBUF_OK;

	if (n > m->longest && expected == VBUF_OK)
		return;
	CHECK((exactly ? vbuf_vec_reserve_exact(&p->v, n) : vbuf_vec_reserve(&p->v, n)) ==
	      expected);
	CHECK(expected != VBUF_OK || vbuf_vec_capacity(&p->v) >= n);
}

static void
step(struct model *m, struct input *in)
{
	unsigned op = next(in);
	struct pair *p = &m->pairs[next(in) % VECTORS];
	struct pair *q = &m->pairs[next(in) % VECTORS];

	switch (op % 20) {
	case 0:
	case 1:
	case 2:
		do_insert(m, p, in, true);
		break;
	case 3:
	case 4:
		do_insert(m, p, in, false);
		break;
	case 5:
		do_resize(m, p, in, false);
		break;
	case 6:
		do_resize(m, p, in, true);
		break;
	case 7:
		do_remove(m, p, in);
		break;
	case 8:
		do_swap_remove(m, p, in);
		break;
	case 9:
	case 10:
		do_pop(m, p, in);
		break;
	case 11:
		do_truncate(m, p, in);
		break;
	case 12:
		do_prepare(m, p, in);
		break;
	case 13:
		if (p != q)
			do_split(m, p, q, in);
		break;
	case 14:
		if (p != q)
			do_clone(m, p, q);
		break;
	case 15:
		do_append(m, p, q);
		break;
	case 16:
		do_reserve(m, p, in, op & 32);
		break;
	case 17:
		CHECK(vbuf_vec_shrink_to_fit(&p->v) == may_change(p));
		break;
	case 18:
		do_detach(p);
		break;
	default:
		if (op == 19) { /* rarely, as it ends all change */
			CHECK(vbuf_vec_freeze(&p->v) == may_change(p));
			p->frozen = true;
		} else if (op == 39) {
			CHECK(vbuf_vec_cache_trim() == VBUF_OK);
		} else if (op < 120) {
			end(m, p);
			make(m, p);
		} else if (!p->frozen && m->options.header_size) {
			memset(vbuf_vec_header(&p->v), p->header = (unsigned char)op, 32);
		}
	}
}

void
vec_model_run(const unsigned char *bytes, size_t size)
{
	struct model m;
	struct input in = { bytes, bytes + size };

	begin(&m, &in);
	while (in.at < in.end) {
		step(&m, &in);
		for (int i = 0; i < VECTORS; i++)
			check(&m, &m.pairs[i]);
	}
	for (int i = 0; i < VECTORS; i++)
		end(&m, &m.pairs[i]);
}
