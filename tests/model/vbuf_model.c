/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "vbuf_model.h"

#include <string.h>

#include <vbuf/vbuf.h>

#define CHECK(what)                                                                                \
	do {                                                                                       \
		if (!(what))                                                                       \
			vbuf_model_fail(__FILE__, __LINE__, #what);                                \
	} while (0)

enum { PAGES = 24 };

struct page {
	enum vbuf_prot prot;
	bool committed;
	unsigned char value; /* of all its bytes */
	bool loose;          /* discarded: a byte may be zero as well */
	bool written;        /* since it was committed or emptied: so it is resident */
	bool touched;        /* at least read: so it may be */
};

struct model {
	struct vbuf v;
	bool exec, frozen;
	bool blind; /* the system does not tell the state of a page */
	struct page pages[PAGES];
};

struct input {
	const unsigned char *at, *end;
};

static unsigned
next(struct input *in)
{
	return in->at < in->end ? *in->at++ : 0;
}

static bool
is_rw(const struct page *p)
{
	return p->committed && p->prot == VBUF_PROT_RW;
}

static bool
is_readable(const struct page *p)
{
	return p->committed && p->prot != VBUF_PROT_NONE;
}

static void
empty(struct page *p)
{
	p->value = 0;
	p->loose = p->written = p->touched = false;
}

static void
begin(struct model *m, struct input *in)
{
	unsigned how = next(in);
	struct vbuf_options o = {
		.size = sizeof o,
		.exec = how & 1,
		.no_dump = how & 2,
		.huge = how & 4 ? VBUF_HUGE_NEVER : VBUF_HUGE_DEFAULT,
		.fork = how & 8 ? VBUF_FORK_WIPE : VBUF_FORK_INHERIT,
		.charge = how & 16 ? VBUF_CHARGE_NONE : VBUF_CHARGE_DEFAULT,
		.guard_before = how & 32 ? vbuf_page_size() : 0,
		.guard_after = how & 64 ? vbuf_page_size() : 0,
		.align = how & 128 ? (size_t)1 << 21 : 0,
	};

	memset(m, 0, sizeof *m);
	m->exec = o.exec;
	int err = vbuf_reserve(&m->v, PAGES * vbuf_page_size(), how ? &o : NULL);
	if (err == VBUF_ENOTSUP && o.fork) { /* the one option that a system may refuse */
		o.fork = VBUF_FORK_INHERIT;
		err = vbuf_reserve(&m->v, PAGES * vbuf_page_size(), &o);
	}
	CHECK(err == VBUF_OK);
	struct vbuf_run run;
	m->blind = vbuf_query(&m->v, 0, &run) == VBUF_ENOTSUP;
}

/* A range in pages, mostly a good one; *ret_expected is what a good call may say. */
static void
next_range(struct model *m, struct input *in, size_t *first, size_t *count, size_t *offset,
           size_t *size, int *ret_expected)
{
	size_t page = vbuf_page_size();
	unsigned a = next(in), b = next(in);

	*first = a % PAGES;
	*count = 1 + b % (PAGES - *first);
	*offset = *first * page;
	*size = *count * page;
	*ret_expected = VBUF_OK;
	if (a < 240)
		return;
	switch (b % 6) { /* or one that must be refused */
	case 0:
		*size = 0;
		*ret_expected = VBUF_EINVAL;
		break;
	case 1:
		*offset += 1 + b;
		*ret_expected = VBUF_EINVAL;
		break;
	case 2:
		*size -= 1;
		*ret_expected = VBUF_EINVAL;
		break;
	case 3:
		*size = m->v.size - *offset + page;
		*ret_expected = VBUF_ERANGE;
		break;
	case 4:
		*offset = m->v.size + page * b;
		*ret_expected = VBUF_ERANGE;
		break;
	default:
		*size = (size_t)0 - page * (1 + b % 4);
		*ret_expected = VBUF_ERANGE;
	}
}

static void
check_contents(struct model *m, size_t i)
{
	struct page *p = &m->pages[i];
	size_t size = vbuf_page_size();
	const unsigned char *bytes = m->v.base + i * size;
	const size_t samples[] = { 0, 1, size / 2, size - 1 };

	if (!is_readable(p))
		return;
	p->touched = true;
	for (int k = 0; k < 4; k++) {
		unsigned char byte = bytes[samples[k]];
		CHECK(byte == p->value || (p->loose && byte == 0));
	}
}

static enum vbuf_state
state_of(const struct page *p)
{
	if (!p->committed)
		return VBUF_STATE_RESERVED;
	switch (p->prot) {
	case VBUF_PROT_RO:
		return VBUF_STATE_RO;
	case VBUF_PROT_RW:
		return VBUF_STATE_RW;
	case VBUF_PROT_RX:
		return VBUF_STATE_RX;
	default:
		return VBUF_STATE_NONE;
	}
}

/* The system's word on every page, against the model's. */
static void
check_states(const struct model *m)
{
	size_t page = vbuf_page_size(), at = 0;
	struct vbuf_run run;
	int last = -1;

	for (; at < m->v.size; at += run.size) {
		int err = vbuf_query(&m->v, at, &run);
		if (err == VBUF_ENOTSUP)
			return;
		CHECK(err == VBUF_OK);
		CHECK(run.size > 0 && run.size % page == 0 && run.size <= m->v.size - at);
		CHECK((int)run.state != last); /* runs are as long as they can be */
		last = (int)run.state;
		for (size_t i = at / page; i < (at + run.size) / page; i++) {
			enum vbuf_state state = state_of(&m->pages[i]);
			CHECK(run.state == state ||
			      (state == VBUF_STATE_NONE && run.state == VBUF_STATE_RESERVED));
		}
	}
	CHECK(at == m->v.size);
}

static void
check_resident(const struct model *m, size_t first, size_t count)
{
	size_t page = vbuf_page_size(), least = 0, most = 0, bytes;

	for (size_t i = first; i < first + count; i++) {
		least += m->pages[i].written && !m->pages[i].loose &&
		         m->pages[i].prot != VBUF_PROT_NONE;
		most += m->pages[i].touched;
	}
	int err = vbuf_resident(&m->v, first * page, count * page, &bytes);
	if (err == VBUF_ENOTSUP)
		return;
	CHECK(err == VBUF_OK);
	CHECK(bytes >= least * page && bytes <= most * page);
}

static void
do_commit(struct model *m, size_t first, size_t count)
{
	for (size_t i = first; i < first + count; i++) {
		if (!m->pages[i].committed)
			empty(&m->pages[i]);
		m->pages[i].committed = true;
		m->pages[i].prot = VBUF_PROT_RW;
	}
}

static void
do_protect(struct model *m, size_t first, size_t count, enum vbuf_prot prot)
{
	for (size_t i = first; i < first + count; i++) {
		struct page *p = &m->pages[i];
		if (prot == VBUF_PROT_NONE && !p->committed)
			continue;
		if (!p->committed)
			empty(p);
		p->committed = true;
		p->prot = prot;
	}
}

static void
do_prefault(struct model *m, size_t first, size_t count, size_t offset, size_t size, int refused)
{
	size_t page = vbuf_page_size(), good = 0, done = 1;
	int err = vbuf_prefault(&m->v, offset, size, &done);

	if (refused) {
		CHECK(err == refused && done == 0);
		return;
	}
	while (good < count && is_rw(&m->pages[first + good])) {
		m->pages[first + good].touched = m->pages[first + good].written = true;
		good++;
	}
	CHECK(done == good * page);
	CHECK(err == (good == count ? VBUF_OK : VBUF_EACCES));
}

/* A later page than the first that cannot be may be resident as well: populate gives
 * no promise about those. */
static void
may_be_touched(struct model *m, size_t first, size_t count)
{
	for (size_t i = first; i < first + count; i++)
		if (m->pages[i].committed)
			m->pages[i].touched = true;
}

static void
step(struct model *m, struct input *in)
{
	size_t page = vbuf_page_size();
	unsigned op = next(in);
	size_t first, count, offset, size;
	int refused, err;
	bool all_rw = true;

	next_range(m, in, &first, &count, &offset, &size, &refused);
	for (size_t i = first; i < first + count; i++)
		all_rw = all_rw && is_rw(&m->pages[i]);
	/* what every call that changes pages says instead, when it would say VBUF_OK */
	int change = refused ? refused : m->frozen ? VBUF_EPERM : VBUF_OK;

	switch (op % 16) {
	case 0:
	case 1:
	case 2:
		CHECK(vbuf_commit(&m->v, offset, size) == change);
		if (!change)
			do_commit(m, first, count);
		break;
	case 3:
	case 4:
		CHECK(vbuf_decommit(&m->v, offset, size) == change);
		for (size_t i = first; !change && i < first + count; i++) {
			m->pages[i].committed = false;
			empty(&m->pages[i]);
		}
		break;
	case 5:
	case 6: {
		enum vbuf_prot prot = (enum vbuf_prot)(op / 16 % 4);
		if (!change && prot == VBUF_PROT_RX && !m->exec)
			change = VBUF_EPERM;
		CHECK(vbuf_protect(&m->v, offset, size, prot) == change);
		if (!change)
			do_protect(m, first, count, prot);
		break;
	}
	case 7:
		if (!change && m->blind && !all_rw)
			break;
		CHECK(vbuf_purge(&m->v, offset, size) == change);
		for (size_t i = first; !change && i < first + count; i++)
			empty(&m->pages[i]);
		break;
	case 8:
		if (!change && !all_rw)
			break; /* systems differ in what they can tell */
		CHECK(vbuf_discard(&m->v, offset, size) == change);
		for (size_t i = first; !change && i < first + count; i++)
			m->pages[i].loose = true;
		break;
	case 9:
		if (!change && m->blind && !all_rw)
			break;
		do_prefault(m, first, count, offset, size, change);
		if (!change)
			may_be_touched(m, first, count);
		break;
	case 10:
		if (!refused)
			check_resident(m, first, count);
		break;
	case 11:
		if (op < 16 && !refused && !m->frozen) { /* rarely, as it ends all change */
			CHECK(vbuf_freeze(&m->v, offset, size) == VBUF_OK);
			do_protect(m, first, count, VBUF_PROT_RO);
			m->frozen = true;
		}
		break;
	case 12:
		err = vbuf_advise_huge(&m->v, offset, size, VBUF_HUGE_NEVER);
		CHECK(err == refused || (!refused && err == VBUF_ENOTSUP));
		break;
	default:
		for (size_t i = first; !refused && i < first + count; i++) {
			struct page *p = &m->pages[i];
			if (!is_rw(p))
				continue;
			p->value = (unsigned char)(op + i);
			p->loose = false;
			p->written = p->touched = true;
			memset(m->v.base + i * page, p->value, page);
		}
	}
}

void
vbuf_model_run(const unsigned char *bytes, size_t size)
{
	struct model m;
	struct input in = { bytes, bytes + size };

	begin(&m, &in);
	for (unsigned n = 0; in.at < in.end; n++) {
		step(&m, &in);
		for (size_t i = 0; i < PAGES; i++)
			check_contents(&m, i);
		if (n % 8 == 0)
			check_states(&m);
	}
	check_states(&m);
	check_resident(&m, 0, PAGES);
	CHECK(vbuf_unreserve(&m.v) == VBUF_OK);
	CHECK(m.v.base == NULL && m.v.size == 0);
}
