/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "slotmap_model.h"

#include <stdlib.h>
#include <string.h>

#include <vbuf/slotmap.h>

#define CHECK(what)                                                                                \
	do {                                                                                       \
		if (!(what))                                                                       \
			slotmap_model_fail(__FILE__, __LINE__, #what);                             \
	} while (0)

enum { RECORDS = 3, FOUND = 8, LARGEST = 200, ENTRIES = 100000, INDICES = 1 << 17 };

enum state { CLAIMED, LIVE, INVALID, GONE };

/* An element that is or was. */
struct entry {
	vbuf_handle h;
	enum state state;
	unsigned record;  /* that claimed it */
	unsigned content; /* what its bytes are made of; ENTRIES: nothing yet */
	size_t place;     /* in current[], unless it is gone */
};

/* What is in the bytes of an element: its own number, so that a destructor can tell. */
struct content {
	unsigned held;         /* a reader has it */
	bool destroyed, owned; /* owned: taken out, so it has no destructor any more */
	bool in_map;           /* live or invalid */
};

struct reader {
	struct vbuf_record *r;
	size_t depth;
	size_t found_count;
	struct {
		const unsigned char *p;
		unsigned content;
	} found[FOUND];
};

struct model {
	struct vbuf_domain *d;
	struct vbuf_slotmap *m;
	struct vbuf_slotmap_options options;
	size_t size; /* of an element */
	bool told;   /* elements are large enough to say which they are */
	bool only_exclusive;
	struct reader readers[RECORDS];
	size_t entries, currents, lives, claims, contents, invalids;
	bool closing;
};

static struct model m;
static struct entry entry[ENTRIES];
static size_t current[ENTRIES]; /* entries that are not gone */
static struct content content[ENTRIES];
static uint64_t newest[INDICES]; /* the last generation given out, by index */

struct input {
	const unsigned char *at, *end;
};

static unsigned
next(struct input *in)
{
	return in->at < in->end ? *in->at++ : 0;
}

static size_t
wide(struct input *in)
{
	size_t n = next(in);

	return n | (size_t)next(in) << 8;
}

/* --- elements --- */

static void
write_element(unsigned char *p, unsigned number)
{
	for (size_t k = 0; k < m.size; k++)
		p[k] = (unsigned char)(k < 4 ? number >> 8 * k : number * 31 + k);
}

/* The number in an element of four bytes or more, on any processor. */
static unsigned
number_of(const unsigned char *p)
{
	return p[0] | (unsigned)p[1] << 8 | (unsigned)p[2] << 16 | (unsigned)p[3] << 24;
}

static void
check_element(const unsigned char *p, unsigned number)
{
	unsigned char expected[LARGEST];

	write_element(expected, number);
	CHECK(memcmp(p, expected, m.size) == 0);
}

static unsigned
new_content(void)
{
	CHECK(m.contents < ENTRIES);
	memset(&content[m.contents], 0, sizeof *content);
	return (unsigned)m.contents++;
}

static void
destroy(void *element, void *arg)
{
	unsigned number = number_of(element);

	CHECK(arg == &m);
	CHECK(number < m.contents);
	check_element(element, number);
	struct content *c = &content[number];
	CHECK(!c->destroyed && !c->owned && c->held == 0);
	CHECK(!c->in_map || m.closing);
	c->destroyed = true;
	memset(element, 0xdd, m.size);
}

/* --- the book --- */

static size_t
add_entry(vbuf_handle h, enum state state, unsigned record)
{
	size_t i = vbuf_slotmap_index(m.m, h);
	uint64_t generation = vbuf_slotmap_generation(m.m, h);

	CHECK(m.entries < ENTRIES && i > 0 && i < INDICES);
	CHECK(generation > newest[i]); /* so never one that was */
	newest[i] = generation;
	struct entry *e = &entry[m.entries];
	*e = (struct entry){ .h = h, .state = state, .record = record, .place = m.currents };
	current[m.currents++] = m.entries;
	m.lives += state == LIVE;
	m.claims += state == CLAIMED;
	return m.entries++;
}

static void
to_state(size_t n, enum state state)
{
	struct entry *e = &entry[n];

	m.lives -= e->state == LIVE;
	m.claims -= e->state == CLAIMED;
	m.invalids -= e->state == INVALID;
	m.lives += state == LIVE;
	m.invalids += state == INVALID;
	e->state = state;
	if (state != GONE)
		return;
	current[e->place] = current[--m.currents];
	entry[current[e->place]].place = e->place;
}

/* One of those there are, or any that ever was. ENTRIES: there is none. */
static size_t
pick(struct input *in)
{
	unsigned how = next(in);
	size_t n = wide(in);

	if (how % 8 != 0 && m.currents > 0)
		return current[how % 8 == 1 ? m.currents - 1 : n % m.currents];
	return m.entries > 0 ? n * 7 % m.entries : ENTRIES;
}

static vbuf_handle
any_handle(struct input *in, size_t *ret_entry)
{
	unsigned how = next(in);
	size_t n = *ret_entry = pick(in);
	vbuf_handle h = n == ENTRIES ? 0 : entry[n].h;

	if (how % 16 == 0)
		h ^= UINT64_C(1) << next(in) % 64;
	else if (how % 16 == 1)
		h = (uint64_t)wide(in) << 48 | (uint64_t)wide(in) << 24 | wide(in);
	if (n != ENTRIES && h != entry[n].h)
		*ret_entry = ENTRIES;
	/* A forged one may be right. */
	for (size_t i = 0; *ret_entry == ENTRIES && i < m.entries; i++)
		if (entry[i].h == h)
			*ret_entry = i;
	return h;
}

static bool
is(size_t n, enum state state)
{
	return n != ENTRIES && entry[n].state == state;
}

/* --- records --- */

static bool
any_pin(void)
{
	for (int i = 0; i < RECORDS; i++)
		if (m.readers[i].r && m.readers[i].depth > 0)
			return true;
	return false;
}

static void
let_go(struct reader *p)
{
	for (size_t i = 0; i < p->found_count; i++)
		content[p->found[i].content].held--;
	p->found_count = 0;
}

static void
unpin_all(void)
{
	for (int i = 0; i < RECORDS; i++) {
		struct reader *p = &m.readers[i];
		let_go(p);
		for (; p->depth > 0; p->depth--)
			vbuf_unpin(p->r);
	}
}

static struct vbuf_record *
attached(struct reader *p)
{
	if (!p->r)
		CHECK(vbuf_domain_attach(m.d, &p->r) == VBUF_OK);
	return p->r;
}

/* One to work with, by number: RECORDS is the exclusive one. */
static struct vbuf_record *
record(unsigned *number)
{
	if (m.only_exclusive || (*number % (RECORDS + 1) == RECORDS && !any_pin()))
		*number = RECORDS;
	else
		*number %= RECORDS;
	return *number == RECORDS ? vbuf_slotmap_exclusive(m.m) : attached(&m.readers[*number]);
}

static struct vbuf_record *
some_record(struct input *in)
{
	unsigned number = next(in);

	return record(&number);
}

/* --- operations --- */

static bool
may_be_full(void)
{
	struct vbuf_slotmap_stats s;

	CHECK(vbuf_slotmap_get_stats(m.m, &s, sizeof s) == VBUF_OK);
	return m.currents >= m.options.max || any_pin() || s.worn > 0;
}

static bool
room_in_book(size_t n)
{
	return m.entries + n <= ENTRIES && m.contents + n <= ENTRIES;
}

static void
do_insert(struct input *in)
{
	unsigned char bytes[LARGEST];
	struct vbuf_record *r = some_record(in);
	unsigned number = new_content();
	vbuf_handle h = 1;

	write_element(bytes, number);
	int err = vbuf_slotmap_insert(m.m, r, bytes, &h);
	if (err != VBUF_OK) {
		CHECK(err == VBUF_ERANGE && h == 0 && may_be_full());
		content[number].owned = true;
		return;
	}
	entry[add_entry(h, LIVE, 0)].content = number;
	content[number].in_map = true;
}

static void
do_insert_n(struct input *in)
{
	size_t n = next(in) % 4 == 0 ? wide(in) % 6000 : wide(in) % 100, done = 0;
	struct vbuf_record *r = some_record(in);

	if (!room_in_book(n))
		return;
	unsigned char *bytes = malloc(n * m.size + 1);
	vbuf_handle *h = malloc((n + 1) * sizeof *h);
	unsigned first = (unsigned)m.contents;
	CHECK(bytes && h);
	for (size_t i = 0; i < n; i++)
		write_element(bytes + i * m.size, new_content());
	int err = vbuf_slotmap_insert_n(m.m, r, bytes, n, h, &done);
	CHECK(err == VBUF_OK ? done == n : err == VBUF_ERANGE && done < n);
	for (size_t i = 0; i < n; i++) {
		if (i >= done) {
			CHECK(h[i] == 0);
			content[first + i].owned = true;
			continue;
		}
		entry[add_entry(h[i], LIVE, 0)].content = first + (unsigned)i;
		content[first + i].in_map = true;
	}
	if (err != VBUF_OK)
		CHECK(may_be_full());
	free(bytes);
	free(h);
}

static void
do_claim(struct input *in)
{
	unsigned number = next(in);
	uint32_t tag = next(in);
	struct vbuf_record *r = record(&number);
	bool used = true;
	vbuf_handle h = 1;

	int err = vbuf_slotmap_claim(m.m, r, tag, &h, &used);
	if (m.options.plain || tag >> m.options.tag_bits != 0) {
		CHECK(err == (m.options.plain ? VBUF_EPERM : VBUF_EINVAL) && h == 0 && !used);
		return;
	}
	if (err != VBUF_OK) {
		CHECK(err == VBUF_ERANGE && h == 0 && !used && may_be_full());
		return;
	}
	CHECK(vbuf_slotmap_tag(m.m, h) == tag);
	CHECK(!used || m.options.keep);
	size_t n = add_entry(h, CLAIMED, number);
	entry[n].content = ENTRIES;
	if (!used || !m.told)
		return;
	unsigned was = number_of(vbuf_slotmap_slot(m.m, h));
	CHECK(was < m.contents && !content[was].in_map && !content[was].destroyed &&
	      !content[was].owned && content[was].held == 0);
	check_element(vbuf_slotmap_slot(m.m, h), was);
	entry[n].content = was;
}

static void
settle(size_t n, bool publish)
{
	struct entry *e = &entry[n];
	struct vbuf_record *r =
		e->record == RECORDS ? vbuf_slotmap_exclusive(m.m) : m.readers[e->record].r;

	if (!publish) {
		vbuf_slotmap_abandon(m.m, r, e->h);
		to_state(n, GONE);
		return;
	}
	if (e->content == ENTRIES) {
		e->content = new_content();
		write_element(vbuf_slotmap_slot(m.m, e->h), e->content);
	}
	content[e->content].in_map = true;
	vbuf_slotmap_publish(m.m, r, e->h);
	to_state(n, LIVE);
}

static void
settle_all_of(unsigned number, bool publish)
{
	for (size_t i = m.currents; m.claims > 0 && i-- > 0;)
		if (i < m.currents && entry[current[i]].state == CLAIMED &&
		    entry[current[i]].record == number)
			settle(current[i], publish);
}

static void
do_settle(struct input *in)
{
	size_t n = pick(in);
	bool publish = next(in) % 4 != 0;

	if (is(n, CLAIMED) && !(entry[n].record == RECORDS && any_pin()))
		settle(n, publish);
}

static void
gone(size_t n, bool owned)
{
	content[entry[n].content].in_map = false;
	content[entry[n].content].owned = owned;
	to_state(n, GONE);
}

static void
do_look(struct input *in)
{
	unsigned char bytes[LARGEST];
	size_t n;
	vbuf_handle h = any_handle(in, &n);

	CHECK(vbuf_slotmap_contains(m.m, h) == is(n, LIVE));
	int err = vbuf_slotmap_copy(m.m, h, bytes);
	if (m.options.plain) {
		CHECK(err == (is(n, LIVE) ? VBUF_OK : VBUF_ESTALE));
		if (err == VBUF_OK)
			check_element(bytes, entry[n].content);
	} else {
		CHECK(err == VBUF_EPERM);
	}
}

static void
do_get(struct input *in)
{
	size_t n;
	vbuf_handle h = any_handle(in, &n);
	struct reader *p = &m.readers[next(in) % RECORDS];
	bool once = m.only_exclusive || !p->r || p->depth == 0;
	struct vbuf_record *r = m.only_exclusive ? vbuf_slotmap_exclusive(m.m) : attached(p);

	if (once)
		vbuf_pin(r);
	const unsigned char *found = vbuf_slotmap_get(m.m, r, h);
	CHECK((found != NULL) == is(n, LIVE));
	if (found)
		check_element(found, entry[n].content);
	if (once) {
		vbuf_unpin(r);
	} else if (found && p->found_count < FOUND) {
		p->found[p->found_count].p = found;
		p->found[p->found_count++].content = entry[n].content;
		content[entry[n].content].held++;
	}
}

static void
do_remove(struct input *in)
{
	size_t n;
	vbuf_handle h = any_handle(in, &n);
	bool live = is(n, LIVE);
	struct vbuf_record *r = some_record(in);

	if (live)
		gone(n, false); /* first, as the destructor looks */
	CHECK(vbuf_slotmap_remove(m.m, r, h) == (live ? VBUF_OK : VBUF_ESTALE));
}

static void
do_remove_many(struct input *in)
{
	size_t most = next(in) % 4 == 0 ? 6000 : 60, some = 0;
	struct vbuf_record *r = some_record(in);
	vbuf_handle *h = malloc(most * sizeof *h);

	CHECK(h);
	for (size_t i = m.currents; i-- > 0 && some < most;)
		if (i < m.currents && entry[current[i]].state == LIVE) {
			h[some++] = entry[current[i]].h;
			gone(current[i], false);
		}
	CHECK(vbuf_slotmap_remove_n(m.m, r, h, some) == some);
	CHECK(vbuf_slotmap_remove_n(m.m, r, h, some) == 0);
	free(h);
}

static void
do_take(struct input *in)
{
	unsigned char bytes[LARGEST];
	size_t n;
	vbuf_handle h = any_handle(in, &n);
	bool live = is(n, LIVE);

	unpin_all();
	CHECK(vbuf_slotmap_take(m.m, h, bytes) == (live ? VBUF_OK : VBUF_ESTALE));
	if (live) {
		check_element(bytes, entry[n].content);
		gone(n, true);
	}
}

static void
do_invalidate(struct input *in)
{
	size_t n;
	vbuf_handle h = any_handle(in, &n);
	struct vbuf_record *r = some_record(in);

	CHECK(vbuf_slotmap_invalidate(m.m, r, h) == (is(n, LIVE) ? VBUF_OK : VBUF_ESTALE));
	if (is(n, LIVE))
		to_state(n, INVALID);
}

static void
do_remove_invalidated(struct input *in)
{
	size_t n;
	vbuf_handle h = any_handle(in, &n);
	bool was = is(n, INVALID);
	struct vbuf_record *r = some_record(in);

	if (was)
		gone(n, false);
	CHECK(vbuf_slotmap_remove_invalidated(m.m, r, h) == (was ? VBUF_OK : VBUF_ESTALE));
}

static void
do_disjoint(struct input *in)
{
	enum { MOST = 12 };
	vbuf_handle h[MOST];
	size_t n = next(in) % (MOST + 1), at[MOST];
	void *p[MOST];
	bool all = true, twice = false;

	unpin_all();
	for (size_t i = 0; i < n; i++) {
		h[i] = any_handle(in, &at[i]);
		all = all && is(at[i], LIVE);
		for (size_t k = 0; k < i; k++)
			twice |= h[k] == h[i];
	}
	int err = vbuf_slotmap_get_disjoint(m.m, h, n, p);
	CHECK((err == VBUF_OK) == (all && !twice));
	CHECK(err == VBUF_OK || err == VBUF_ESTALE || (err == VBUF_EINVAL && twice));
	CHECK(!(all && twice) || err == VBUF_EINVAL);
	for (size_t i = 0; i < n; i++) {
		CHECK((p[i] != NULL) == (err == VBUF_OK));
		if (p[i])
			check_element(p[i], entry[at[i]].content);
	}
}

static void
do_pin(struct input *in)
{
	struct reader *p = &m.readers[next(in) % RECORDS];
	unsigned how = next(in);

	if (m.only_exclusive)
		return;
	struct vbuf_record *r = attached(p);
	if (how % 4 == 0 && p->depth > 0) {
		p->depth--;
		if (p->depth == 0)
			let_go(p);
		vbuf_unpin(r);
	} else if (how % 4 == 1) {
		if (p->depth == 1)
			let_go(p);
		CHECK(vbuf_repin(r) == (p->depth == 1));
	} else if (p->depth == 0 || (how % 4 == 2 && p->depth < 5)) {
		vbuf_pin(r);
		p->depth++;
	}
}

static void
do_detach(struct input *in)
{
	unsigned number = next(in) % RECORDS;
	struct reader *p = &m.readers[number];

	if (!p->r)
		return;
	if (p->depth > 0) {
		CHECK(vbuf_domain_detach(&p->r) == VBUF_EBUSY && p->r);
		return;
	}
	settle_all_of(number, next(in) & 1);
	CHECK(vbuf_domain_detach(&p->r) == VBUF_OK && !p->r);
}

static void
do_reclaim(struct input *in)
{
	size_t budget = next(in) % 2 ? 0 : wide(in) % 300;
	size_t done = vbuf_slotmap_reclaim(m.m, some_record(in), budget);

	CHECK(budget == 0 || done <= budget);
}

static void
do_clear(void)
{
	unpin_all();
	for (size_t i = m.currents; i-- > 0;)
		if (i < m.currents && entry[current[i]].state != CLAIMED)
			gone(current[i], false);
	CHECK(vbuf_slotmap_clear(m.m) == VBUF_OK);
	for (size_t i = 0; m.options.destroy && !m.options.keep && i < m.contents; i++)
		CHECK(content[i].destroyed || content[i].owned);
}

static void
do_trim(void)
{
	unpin_all();
	CHECK(vbuf_slotmap_trim(m.m) == VBUF_OK);
	for (size_t i = 0; m.options.destroy && !m.options.keep && i < m.contents; i++)
		CHECK(content[i].destroyed || content[i].owned || content[i].in_map);
}

/* --- comparing all --- */

static void
check_iteration(void)
{
	struct vbuf_slotmap_iter it;
	struct reader *p = &m.readers[0];
	struct vbuf_record *r = m.only_exclusive ? vbuf_slotmap_exclusive(m.m) : attached(p);
	size_t seen = 0;
	const unsigned char *found;

	vbuf_pin(r);
	vbuf_slotmap_iter_init(&it, m.m, r);
	uint64_t sum = 0;
	while ((found = vbuf_slotmap_iter_next(&it)) != NULL) {
		CHECK(found == vbuf_slotmap_slot(m.m, it.handle));
		sum += vbuf_handle_hash(it.handle);
		seen++;
	}
	CHECK(seen == m.lives);
	size_t n, by_runs = 0;
	vbuf_handle handles[64];
	vbuf_slotmap_iter_init(&it, m.m, r);
	uint64_t other = 0;
	while ((found = vbuf_slotmap_iter_run(&it, &n, m.lives % 2 ? handles : NULL)) != NULL) {
		for (size_t i = 0; m.lives % 2 && i < n; i++) {
			CHECK(vbuf_slotmap_slot(m.m, handles[i]) == found + i * m.size);
			other += vbuf_handle_hash(handles[i]);
		}
		by_runs += n;
	}
	CHECK(by_runs == m.lives && (m.lives % 2 == 0 || other == sum));
	for (size_t i = 0; i < m.currents; i++) {
		const struct entry *e = &entry[current[i]];
		CHECK(vbuf_slotmap_contains(m.m, e->h) == (e->state == LIVE));
		size_t slot = vbuf_slotmap_index(m.m, e->h);
		CHECK(vbuf_slotmap_at(m.m, slot) == (e->state == LIVE ? e->h : 0));
		if (e->state == LIVE)
			sum -= vbuf_handle_hash(e->h);
		if (e->state == LIVE || e->state == INVALID)
			check_element(vbuf_slotmap_slot(m.m, e->h), e->content);
	}
	CHECK(sum == 0); /* the same ones */
	vbuf_unpin(r);
}

static void
check(void)
{
	CHECK(vbuf_slotmap_len(m.m) == m.lives + m.claims);
	for (int i = 0; i < RECORDS; i++)
		for (size_t k = 0; k < m.readers[i].found_count; k++) {
			CHECK(!content[m.readers[i].found[k].content].destroyed);
			check_element(m.readers[i].found[k].p, m.readers[i].found[k].content);
		}
}

/* --- beginning and end --- */

static void
begin(struct input *in)
{
	static const size_t sizes[] = { 1, 3, 4, 8, 16, 24, 100, LARGEST };
	static const size_t maxima[] = { 1, 10, 63, 64, 65, 500, 3000, 20000 };
	unsigned how = next(in), more = next(in), tags = next(in);

	memset(&m, 0, sizeof m);
	memset(newest, 0, sizeof newest);
	m.size = sizes[how % 8];
	m.told = m.size >= 4;
	m.only_exclusive = how & 8;
	struct vbuf_domain_options d = { .size = sizeof d,
		                         .threads = 5,
		                         .fence = how & 16 ? VBUF_FENCE_SYMMETRIC
		                                           : VBUF_FENCE_AUTO };
	CHECK(vbuf_domain_create(&m.d, &d) == VBUF_OK);
	m.options = (struct vbuf_slotmap_options){
		.size = sizeof m.options,
		.max = maxima[more % 8],
		.domain = m.d,
		.huge = more & 8 ? VBUF_HUGE_DEFAULT : VBUF_HUGE_NEVER,
		.tag_bits = tags % 9,
		.map_bits = tags / 16,
		.map_tag = tags / 16 ? 1 : 0,
	};
	if (m.told && more & 16) {
		m.options.destroy = destroy;
		m.options.destroy_arg = &m;
	}
	if (m.told && more & 32)
		m.options.keep = true;
	else if (!m.options.destroy && more & 64)
		m.options.plain = true;
	CHECK(vbuf_slotmap_create(&m.m, m.size, 1, &m.options) == VBUF_OK);
}

static void
end(void)
{
	unpin_all();
	for (unsigned i = 0; i <= RECORDS; i++)
		settle_all_of(i, i & 1);
	check();
	check_iteration();
	m.closing = true;
	CHECK(vbuf_slotmap_destroy(&m.m) == VBUF_OK && !m.m);
	for (size_t i = 0; m.options.destroy && i < m.contents; i++)
		CHECK(content[i].destroyed != content[i].owned);
	for (int i = 0; i < RECORDS; i++)
		CHECK(vbuf_domain_detach(&m.readers[i].r) == VBUF_OK);
	CHECK(vbuf_domain_destroy(&m.d) == VBUF_OK && !m.d);
}

static void
step(struct input *in)
{
	unsigned op = next(in);

	if (!room_in_book(8))
		return;
	switch (op % 32) {
	default:
		do_insert(in);
		break;
	case 8:
	case 9:
		do_insert_n(in);
		break;
	case 10:
	case 11:
	case 12:
		do_claim(in);
		break;
	case 13:
	case 14:
		do_settle(in);
		break;
	case 15:
		do_look(in);
		break;
	case 16:
	case 17:
		do_get(in);
		break;
	case 18:
	case 19:
	case 20:
		do_remove(in);
		break;
	case 21:
		do_remove_many(in);
		break;
	case 22:
		do_take(in);
		break;
	case 23:
		do_invalidate(in);
		break;
	case 24:
		do_remove_invalidated(in);
		break;
	case 25:
		do_disjoint(in);
		break;
	case 26:
	case 27:
		do_pin(in);
		break;
	case 28:
		do_detach(in);
		break;
	case 29:
		do_reclaim(in);
		break;
	case 30:
		check_iteration();
		break;
	case 31:
		if (op < 64)
			do_clear();
		else if (op < 160)
			do_trim();
	}
}

void
slotmap_model_run(const unsigned char *bytes, size_t size)
{
	struct input in = { bytes, bytes + size };

	begin(&in);
	while (in.at < in.end) {
		step(&in);
		check();
	}
	end();
}
