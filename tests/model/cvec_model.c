/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "cvec_model.h"

#include <string.h>

#include <vbuf/cvec.h>

#define CHECK(what)                                                                                \
	do {                                                                                       \
		if (!(what))                                                                       \
			cvec_model_fail(__FILE__, __LINE__, #what);                                \
	} while (0)

enum { LARGEST = 100, MOST = 6000, AT_ONCE = 300 };

/* What is by the book at an index below the length. */
enum { CLAIMED, PUBLISHED, ABANDONED };

struct model {
	struct vbuf_cvec *v;
	struct vbuf_cvec_options options;
	size_t size; /* of an element */
	size_t len;
	bool frozen;
	unsigned char serial, header;
	bool appending;
	struct vbuf_cvec_appender appender;
	void *first; /* where element 0 is */
	size_t seen; /* of the prefix */
	/* what the destructor saw, and what it should have: sums, as no order is promised */
	uint64_t destroyed, should_be;
};

static struct model m;
static unsigned char book[MOST * LARGEST];
static unsigned char states[MOST];
static unsigned char filling[LARGEST]; /* of what is abandoned */

struct input {
	const unsigned char *at, *end;
};

static unsigned
next(struct input *in)
{
	return in->at < in->end ? *in->at++ : 0;
}

/* A number up to most, small ones and the bounds more often; or beyond. */
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
		return n % (most + 1);
	case 3:
		return kind == 251 ? SIZE_MAX - n : most + 1;
	default:
		return n % 17;
	}
}

static uint64_t
digest(const unsigned char *element)
{
	uint64_t h = 1469598103934665603u;

	for (size_t i = 0; i < m.size; i++)
		h = (h ^ element[i]) * 1099511628211u;
	return h;
}

static void
destroy(void *element, void *arg)
{
	CHECK(arg == &m);
	m.destroyed += digest(element);
}

static unsigned char *
at(size_t i)
{
	return book + i * m.size;
}

static size_t
left(void)
{
	return m.options.max - m.len;
}

/* What a call that claims n is to return. */
static int
may_add(size_t n)
{
	return m.frozen ? VBUF_EPERM : n > left() ? VBUF_ERANGE : VBUF_OK;
}

/* Of two things that are wrong either may be told. */
static bool
agrees(int err, int expected, size_t n)
{
	return err == expected || (expected == VBUF_EPERM && n > left() && err == VBUF_ERANGE);
}

static void
fill(unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n * m.size; i++)
		p[i] = (unsigned char)(m.serial + i / m.size * 31 + i);
	m.serial += 7;
}

static void
book_add(size_t n, unsigned char state)
{
	memset(at(m.len), 0, n * m.size);
	memset(states + m.len, state, n);
	m.len += n;
}

static void
check_index(size_t i)
{
	static const enum vbuf_cvec_state is[] = {
		[CLAIMED] = VBUF_CVEC_ABSENT,
		[PUBLISHED] = VBUF_CVEC_PUBLISHED,
		[ABANDONED] = VBUF_CVEC_ABANDONED,
	};
	enum vbuf_cvec_state state = i < m.len ? is[states[i]] : VBUF_CVEC_ABSENT;
	const unsigned char *p = vbuf_cvec_get(m.v, i);

	CHECK(vbuf_cvec_state(m.v, i) == state);
	CHECK((p != NULL) == (state != VBUF_CVEC_ABSENT));
	if (p) {
		CHECK(p == (unsigned char *)m.first + i * m.size);
		CHECK(memcmp(p, at(i), m.size) == 0);
	}
}

static void
check_all(void)
{
	size_t prefix = 0;

	for (size_t i = 0; i < m.len; i++)
		check_index(i);
	while (prefix < m.len && states[prefix] != CLAIMED)
		prefix++;
	CHECK(vbuf_cvec_prefix_seen(m.v) <= prefix);
	CHECK(vbuf_cvec_prefix_seen(m.v) >= m.seen);
	CHECK(vbuf_cvec_prefix(m.v) == prefix);
	CHECK(vbuf_cvec_prefix_seen(m.v) == prefix);
	m.seen = prefix;
}

static void
check(void)
{
	const unsigned char *header = vbuf_cvec_header(m.v);

	CHECK(vbuf_cvec_len(m.v) == m.len);
	CHECK(vbuf_cvec_max(m.v) == m.options.max);
	CHECK(vbuf_cvec_capacity(m.v) <= m.options.max);
	CHECK(vbuf_cvec_slot(m.v, 0) == m.first); /* nothing moves, ever */
	CHECK(m.destroyed == m.should_be);
	CHECK((header != NULL) == (m.options.header_size != 0));
	for (size_t i = 0; header && i < m.options.header_size; i++)
		CHECK(header[i] == m.header);
	check_index(m.len);
	check_index(m.len / 2);
	check_index(m.len ? m.len - 1 : SIZE_MAX);
}

/* Adding */

static void
do_push(bool exclusive)
{
	unsigned char element[LARGEST];
	size_t i = 0;

	fill(element, 1);
	int expected = may_add(1);
	CHECK(agrees(exclusive ? vbuf_cvec_push_exclusive(m.v, element, &i)
	                       : vbuf_cvec_push(m.v, element, &i),
	             expected, 1));
	if (expected != VBUF_OK)
		return;
	CHECK(i == m.len);
	book_add(1, PUBLISHED);
	memcpy(at(i), element, m.size);
}

static void
do_push_n(struct input *in, bool exclusive)
{
	static unsigned char elements[AT_ONCE * LARGEST];
	size_t n = number(in, left()), i = 0;
	int expected = may_add(n);

	if (n == 0 || (expected == VBUF_OK && n > AT_ONCE))
		n = 1 + n % AT_ONCE, expected = may_add(n);
	fill(elements, expected == VBUF_OK ? n : 1);
	CHECK(agrees(exclusive ? vbuf_cvec_push_n_exclusive(m.v, elements, n, &i)
	                       : vbuf_cvec_push_n(m.v, elements, n, &i),
	             expected, n));
	if (expected != VBUF_OK)
		return;
	CHECK(i == m.len);
	book_add(n, PUBLISHED);
	memcpy(at(i), elements, n * m.size);
}

static void
do_claim(struct input *in)
{
	size_t n = number(in, left()), i = 0;
	int expected = n == 0 ? VBUF_EINVAL : may_add(n);

	CHECK(agrees(vbuf_cvec_claim(m.v, n, &i), expected, n));
	if (expected != VBUF_OK)
		return;
	CHECK(i == m.len);
	book_add(n, CLAIMED);
	CHECK(memcmp(vbuf_cvec_slot(m.v, i), at(i), n * m.size) == 0); /* zeros */
}

/* The first claim from i on, and how long it is: not what the appender has. */
static size_t
find_claim(size_t *i)
{
	size_t n = 0;

	while (*i < m.len && (states[*i] != CLAIMED ||
	                      (m.appending && *i >= m.appender.next && *i < m.appender.end)))
		(*i)++;
	while (*i + n < m.len && states[*i + n] == CLAIMED &&
	       !(m.appending && *i + n >= m.appender.next && *i + n < m.appender.end))
		n++;
	return n;
}

static void
do_settle(struct input *in, unsigned char state)
{
	size_t i = number(in, m.len), most = find_claim(&i), n = number(in, most);

	if (most == 0)
		return;
	if (n == 0 || n > most)
		n = most;
	if (state == ABANDONED) {
		if (m.frozen)
			return;
		vbuf_cvec_abandon(m.v, i, n);
		for (size_t k = i; k < i + n; k++)
			memcpy(at(k), filling, m.size);
	} else {
		if (!m.frozen) {
			fill(at(i), n);
			memcpy(vbuf_cvec_slot(m.v, i), at(i), n * m.size);
		}
		vbuf_cvec_publish(m.v, i, n);
	}
	memset(states + i, state, n);
}

static void
do_append(struct input *in)
{
	unsigned char element[LARGEST];
	size_t i = 0;

	if (!m.appending) {
		CHECK(vbuf_cvec_appender_init(&m.appender, m.v, number(in, 300) % 400) == VBUF_OK);
		m.appending = true;
	}
	for (size_t n = 1 + next(in) % 40; n-- > 0;) {
		bool in_hand = m.appender.next < m.appender.end;
		int expected = m.frozen ? VBUF_EPERM : in_hand ? VBUF_OK : may_add(1);
		fill(element, 1);
		CHECK(agrees(vbuf_cvec_appender_push(&m.appender, element, &i), expected, 1));
		if (expected != VBUF_OK)
			return;
		if (!in_hand) {
			size_t block = m.appender.end - i;
			CHECK(i == m.len && block > 0 && block <= left());
			CHECK(block <= m.appender.block);
			book_add(block, CLAIMED);
		}
		CHECK(m.appender.next == i + 1 && m.appender.end <= m.len);
		states[i] = PUBLISHED;
		memcpy(at(i), element, m.size);
	}
}

static void
end_append(void)
{
	struct vbuf_cvec_appender was = m.appender;

	if (!m.appending)
		return;
	m.appending = false;
	vbuf_cvec_appender_fini(&m.appender);
	if (was.end == m.len && was.next < was.end)
		m.len = was.next; /* given back */
	else
		for (size_t k = was.next; k < was.end; k++) {
			states[k] = ABANDONED;
			memcpy(at(k), filling, m.size);
		}
}

static void
do_room(struct input *in, unsigned how)
{
	size_t n = number(in, m.options.max), capacity = vbuf_cvec_capacity(m.v);
	int err = how == 0   ? vbuf_cvec_reserve(m.v, n)
	          : how == 1 ? vbuf_cvec_reserve_exact(m.v, n)
	                     : vbuf_cvec_prefault(m.v, n);

	if (m.frozen)
		CHECK(err == VBUF_EPERM || (n > m.options.max && err == VBUF_ERANGE));
	else
		CHECK(err == (n > m.options.max ? VBUF_ERANGE : VBUF_OK));
	CHECK(vbuf_cvec_capacity(m.v) >= capacity);
	if (err == VBUF_OK)
		CHECK(vbuf_cvec_capacity(m.v) >= n);
}

/* Reading */

static void
do_walk(struct input *in)
{
	size_t i = number(in, m.len), next_one = i, last_one = i < m.len ? i : m.len;

	while (next_one < m.len && states[next_one] != PUBLISHED)
		next_one++;
	CHECK(vbuf_cvec_next(m.v, i) == (next_one < m.len ? next_one : SIZE_MAX));
	while (last_one > 0 && states[last_one - 1] != PUBLISHED)
		last_one--;
	CHECK(vbuf_cvec_prev(m.v, i) == (last_one > 0 ? last_one - 1 : SIZE_MAX));
	check_index(i);
}

static void
do_stats(void)
{
	struct vbuf_cvec_stats s;

	check_all();
	CHECK(vbuf_cvec_get_stats(m.v, &s, sizeof s) == VBUF_OK);
	CHECK(s.len == m.len && s.prefix == m.seen && s.max == m.options.max);
	CHECK(s.capacity == vbuf_cvec_capacity(m.v));
	CHECK(s.committed <= s.reserved && s.committed >= m.len * m.size);
}

/* Exclusive */

static void
book_destroy(void)
{
	for (size_t i = 0; i < m.len && m.options.destroy; i++)
		if (states[i] == PUBLISHED)
			m.should_be += digest(at(i));
	m.len = m.seen = 0;
}

static void
do_clear(void)
{
	end_append();
	if (m.frozen) {
		CHECK(vbuf_cvec_clear(m.v) == VBUF_EPERM);
		return;
	}
	book_destroy();
	CHECK(vbuf_cvec_clear(m.v) == VBUF_OK);
}

static void
do_freeze(struct input *in)
{
	if (next(in) % 8) /* or the rest is all refusals */
		return;
	end_append();
	CHECK(vbuf_cvec_freeze(m.v) == (m.frozen ? VBUF_EPERM : VBUF_OK));
	m.frozen = true;
}

static void
begin(struct input *in)
{
	static const size_t sizes[] = { 1, 2, 4, 8, 16, 24, 33, LARGEST };
	static const size_t maxima[] = { 1, 2, 10, 64, 255, 1000, 4097, MOST };
	unsigned how = next(in), more = next(in);

	memset(&m, 0, sizeof m);
	m.size = sizes[how % 8];
	m.options = (struct vbuf_cvec_options){
		.size = sizeof m.options,
		.max = maxima[more % 8],
		.destroy = how & 8 ? destroy : NULL,
		.destroy_arg = &m,
		.header_size = how & 16 ? 32 : 0,
		.align = how & 32 ? 8192 : 0,
		.fill = how & 64 ? filling : NULL,
		.huge = how & 128 ? VBUF_HUGE_NEVER : VBUF_HUGE_DEFAULT,
		.growth = more & 8 ? 1 + more : 0,
		.initial = more & 16 ? maxima[more % 8] / 2 : 0,
	};
	memset(filling, how & 64 ? 0xc5 : 0, sizeof filling);
	CHECK(vbuf_cvec_create(&m.v, m.size, 1, &m.options) == VBUF_OK);
	m.first = vbuf_cvec_slot(m.v, 0);
	if (m.options.header_size) {
		m.header = (unsigned char)more;
		memset(vbuf_cvec_header(m.v), m.header, m.options.header_size);
	}
}

static void
step(struct input *in)
{
	unsigned op = next(in);

	switch (op % 16) {
	case 0:
	case 1:
		do_push(op & 16);
		break;
	case 2:
	case 3:
		do_push_n(in, op & 16);
		break;
	case 4:
	case 5:
		do_claim(in);
		break;
	case 6:
	case 7:
		do_settle(in, PUBLISHED);
		break;
	case 8:
		do_settle(in, ABANDONED);
		break;
	case 9:
	case 10:
		do_append(in);
		break;
	case 11:
		end_append();
		break;
	case 12:
		do_room(in, op / 16 % 3);
		break;
	case 13:
		do_walk(in);
		break;
	case 14:
		do_stats();
		break;
	default:
		if (op & 16)
			do_clear();
		else
			do_freeze(in);
	}
}

void
cvec_model_run(const unsigned char *bytes, size_t size)
{
	struct input in = { bytes, bytes + size };

	begin(&in);
	while (in.at < in.end) {
		step(&in);
		check();
	}
	check_all();
	end_append();
	check_all();
	book_destroy();
	CHECK(vbuf_cvec_destroy(&m.v) == VBUF_OK);
	CHECK(m.v == NULL);
	CHECK(m.destroyed == m.should_be);
}
