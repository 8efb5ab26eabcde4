/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * C11 with the seq_cst order of C++20, and with program order and reads-from acyclic (no
 * load buffering), which is what the model claims to be. Relations are bit matrices: bit j
 * of row i says that event i is before event j.
 */
#include "axioms.h"

#include <string.h>

enum { EVENTS = PROGRAM_EVENTS + PROGRAM_PLACES }; /* the last ones: the first stores */

struct relation {
	uint16_t row[EVENTS];
};

struct event {
	struct step step;
	int thread, nth;
	int found, written;
	bool reads, writes;
	int order;
	int source; /* of what it reads */
	int place;  /* in the order of the stores of its location */
};

static struct event event[EVENTS];
static int events; /* without the first stores, which are at PROGRAM_EVENTS */
static struct relation program_order;
static const struct program *program;
static outcome_function *report;

static bool
has(const struct relation *r, int i, int j)
{
	return r->row[i] >> j & 1;
}

static void
add(struct relation *r, int i, int j)
{
	r->row[i] = (uint16_t)(r->row[i] | 1u << j);
}

static struct relation
united(struct relation a, const struct relation *b)
{
	for (int i = 0; i < EVENTS; i++)
		a.row[i] |= b->row[i];
	return a;
}

static struct relation
composed(const struct relation *a, const struct relation *b)
{
	struct relation c;

	memset(&c, 0, sizeof c);
	for (int i = 0; i < EVENTS; i++)
		for (int j = 0; j < EVENTS; j++)
			if (has(a, i, j))
				c.row[i] |= b->row[j];
	return c;
}

static struct relation
closed(struct relation r)
{
	for (int k = 0; k < EVENTS; k++)
		for (int i = 0; i < EVENTS; i++)
			if (has(&r, i, k))
				r.row[i] |= r.row[k];
	return r;
}

static bool
acyclic(struct relation r)
{
	r = closed(r);
	for (int i = 0; i < EVENTS; i++)
		if (has(&r, i, i))
			return false;
	return true;
}

static bool
used(int i)
{
	return i < events || i >= PROGRAM_EVENTS;
}

static bool
seq_cst(int i)
{
	return i < events && event[i].order == MODEL_SEQ_CST;
}

/* --- the axioms ---------------------------------------------------------------------- */

static struct relation
synchronizes(void)
{
	struct relation r;

	memset(&r, 0, sizeof r);
	for (int i = 0; i < events; i++) {
		if (!event[i].reads || !(event[i].order & MODEL_ACQUIRE))
			continue;
		for (int head = event[i].source; head < events; head = event[head].source) {
			if (event[head].order & MODEL_RELEASE)
				add(&r, head, i);
			if (!event[head].reads)
				break; /* a release sequence goes on through updates only */
		}
	}
	return r;
}

/* Reads-from, modification order, from-read, and any of these after another. */
static struct relation
communication(void)
{
	struct relation r;

	memset(&r, 0, sizeof r);
	for (int i = 0; i < EVENTS; i++)
		for (int j = 0; j < events; j++) {
			if (!used(i) || i == j || event[i].step.where != event[j].step.where)
				continue;
			if (event[j].reads && event[j].source == i)
				add(&r, i, j);
			if (event[i].writes && event[j].writes && event[i].place < event[j].place)
				add(&r, i, j);
			if (event[i].reads && event[j].writes &&
			    event[event[i].source].place < event[j].place)
				add(&r, i, j);
		}
	return closed(r);
}

static bool
consistent(void)
{
	struct relation sw = synchronizes(), eco = communication();
	struct relation hb = united(program_order, &sw);

	for (int first = PROGRAM_EVENTS; first < EVENTS; first++)
		for (int i = 0; i < events; i++)
			add(&hb, first, i);
	hb = closed(hb);
	for (int i = 0; i < EVENTS; i++)
		for (int j = 0; j < EVENTS; j++)
			if (has(&hb, i, j) && (i == j || has(&eco, j, i)))
				return false;
	for (int i = 0; i < events; i++)
		if (event[i].reads && event[i].writes &&
		    event[event[i].source].place + 1 != event[i].place)
			return false;

	struct relation through = composed(&program_order, &hb), s;

	through = composed(&through, &program_order);
	s = united(united(program_order, &through), &eco);
	for (int i = 0; i < events; i++)
		for (int j = 0; j < events; j++)
			if (seq_cst(i) && seq_cst(j) && has(&sw, i, j))
				add(&s, i, j);
	for (int i = 0; i < EVENTS; i++)
		for (int j = 0; j < EVENTS; j++)
			if (!seq_cst(i) || !seq_cst(j))
				s.row[i] = (uint16_t)(s.row[i] & ~(1u << j));
	return acyclic(s);
}

/* --- all candidates ------------------------------------------------------------------- */

static void
tell(void)
{
	struct outcome o;
	int highest[PROGRAM_PLACES] = { -1, -1 };

	memset(&o, 0, sizeof o);
	for (int i = 0; i < EVENTS; i++) {
		if (!used(i))
			continue;
		if (i < events)
			o.got[event[i].thread][event[i].nth] = event[i].found;
		if (event[i].writes && event[i].place > highest[event[i].step.where]) {
			highest[event[i].step.where] = event[i].place;
			o.last[event[i].step.where] = event[i].written;
		}
	}
	report(&o);
}

/* Give the stores from i on a place in the order of their location, in all ways. */
static void
place_from(int i, const int *placed)
{
	if (i == events) {
		if (consistent())
			tell();
		return;
	}
	if (!event[i].writes) {
		place_from(i + 1, placed);
		return;
	}
	int where = event[i].step.where;

	for (int at = 1; at <= placed[where]; at++) {
		int more[PROGRAM_PLACES];

		memcpy(more, placed, sizeof more);
		more[where]++;
		for (int j = 0; j < i; j++)
			event[j].place += event[j].writes && event[j].step.where == where &&
			                  event[j].place >= at;
		event[i].place = at;
		place_from(i + 1, more);
		for (int j = 0; j < i; j++)
			event[j].place -= event[j].writes && event[j].step.where == where &&
			                  event[j].place > at;
	}
}

/* With all sources given: what does each event find and write? False if a source writes
 * nothing. Events come after what they depend on, or there is a cycle. */
static bool
evaluate(void)
{
	struct relation r = program_order;
	bool done[EVENTS] = { false };

	for (int i = 0; i < events; i++)
		if (event[i].source >= 0 && event[i].source < events)
			add(&r, event[i].source, i);
	if (!acyclic(r))
		return false;
	for (int round = 0; round < events; round++)
		for (int i = 0; i < events; i++) {
			struct event *e = &event[i];
			bool ready = !done[i];

			for (int j = 0; j < events; j++)
				ready = ready && (done[j] || !has(&r, j, i));
			if (!ready)
				continue;
			done[i] = true;
			e->reads = e->step.op != MODEL_STORE;
			e->found = e->reads ? event[e->source].written : 0;
			e->writes = e->step.op == MODEL_STORE || e->step.op == MODEL_FETCH_ADD ||
			            (e->step.op == MODEL_CAS && e->found == 0);
			e->written = e->step.value + (e->step.op == MODEL_FETCH_ADD ? e->found : 0);
			e->order = e->step.op == MODEL_CAS && !e->writes ? e->step.failure
			                                                 : e->step.order;
		}
	for (int i = 0; i < events; i++)
		if (event[i].reads && !event[event[i].source].writes)
			return false;
	return true;
}

static void
source_from(int i)
{
	const int none[PROGRAM_PLACES] = { 1, 1 };

	if (i == events) {
		if (evaluate())
			place_from(0, none);
		return;
	}
	event[i].source = -1;
	if (event[i].step.op == MODEL_STORE) {
		source_from(i + 1);
		return;
	}
	for (int j = 0; j < EVENTS; j++)
		if (used(j) && j != i && event[j].step.op != MODEL_LOAD &&
		    event[j].step.where == event[i].step.where) {
			event[i].source = j;
			source_from(i + 1);
		}
}

void
axioms_run(const struct program *p, outcome_function *function)
{
	program = p;
	report = function;
	memset(event, 0, sizeof event);
	memset(&program_order, 0, sizeof program_order);
	events = 0;
	for (int t = 0; t < p->threads; t++)
		for (int i = 0; i < p->steps; i++) {
			event[events] =
				(struct event){ .step = p->step[t][i], .thread = t, .nth = i };
			for (int j = 0; j < i; j++)
				add(&program_order, events - i + j, events);
			events++;
		}
	for (int where = 0; where < PROGRAM_PLACES; where++) {
		struct event *e = &event[PROGRAM_EVENTS + where];

		e->step = (struct step){ .op = MODEL_STORE, .where = where };
		e->writes = true;
		e->source = -1;
	}
	source_from(0);
}

/* --- interleavings ----------------------------------------------------------------------- */

static void
interleave(const int *done, struct outcome o)
{
	bool ended = true;

	for (int t = 0; t < program->threads; t++) {
		if (done[t] == program->steps)
			continue;
		struct outcome after = o;
		const struct step *s = &program->step[t][done[t]];
		int *got = &after.got[t][done[t]], *at = &after.last[s->where];
		int next[PROGRAM_THREADS];

		ended = false;
		*got = s->op == MODEL_STORE ? 0 : *at;
		if (s->op == MODEL_STORE || (s->op == MODEL_CAS && *at == 0))
			*at = s->value;
		else if (s->op == MODEL_FETCH_ADD)
			*at += s->value;
		memcpy(next, done, sizeof next);
		next[t]++;
		interleave(next, after);
	}
	if (ended)
		report(&o);
}

void
interleavings_run(const struct program *p, outcome_function *function)
{
	const int none[PROGRAM_THREADS] = { 0 };
	struct outcome o;

	program = p;
	report = function;
	memset(&o, 0, sizeof o);
	interleave(none, o);
}
