/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The slotmap with several threads under the model. Its sources and those of reclamation
 * are compiled with the functions of vbuf.c renamed to those below. A page is 64 bytes,
 * a unit that is purged 64 slots, and a bag holds one element.
 */
#include <vbuf/slotmap.h>

#include "../src/core.h"
#include "../src/slotmap.h"
#include "model/model.h"
#include "test.h"

enum { SIZE = 1 << 15, PAGE_SIZE = 64, THREADS = 3, MANY = 4000000 };

/* --- the system ------------------------------------------------------------------------- */

static _Alignas(128) unsigned char memory[2][SIZE]; /* the domain's, the map's */
static size_t used[2];
static unsigned reservations;
static bool plainly; /* nobody reads values without a pin: a purge of them is a plain write */
static const unsigned char *values;

size_t
vbuf_page_size(void)
{
	return PAGE_SIZE;
}

size_t
vbuf_huge_page_size(void)
{
	return 0;
}

int
vbuf_reserve(struct vbuf *ret, size_t size, const struct vbuf_options *options)
{
	unsigned i = reservations++;

	(void)options;
	assert_true(i < 2 && size <= SIZE);
	memset(memory[i], 0, used[i] > size ? used[i] : size);
	used[i] = size;
	*ret = (struct vbuf){ .base = memory[i], .size = size };
	return VBUF_OK;
}

int
vbuf_unreserve(struct vbuf *v)
{
	reservations--;
	*v = (struct vbuf){ 0 };
	return VBUF_OK;
}

/* As the system does it: one at a time; pages that are there stay as they are, others are
 * written. */
static bool present[SIZE / PAGE_SIZE];
static uint32_t mmap_lock;
static bool running; /* what is committed before is written by nobody */

int
vbuf_commit(struct vbuf *v, size_t offset, size_t size)
{
	if (v->base != memory[1])
		return VBUF_OK;
	for (uint32_t is_free = 0; !vbuf_cas_acquire_(&mmap_lock, &is_free, 1); is_free = 0)
		vbuf_spin_();
	for (size_t i = offset / PAGE_SIZE; i < (offset + size) / PAGE_SIZE; i++) {
		if (running && !present[i])
			vbuf_plain_write_(v->base + i * PAGE_SIZE, PAGE_SIZE);
		present[i] = true;
	}
	vbuf_store_release_(&mmap_lock, 0);
	return VBUF_OK;
}

/* Whoever looks finds the old bytes, or zeros and what the purger knew: a fault on the
 * page, or the flush of its translation, sees to the latter. */
int
vbuf_purge_rw(struct vbuf *v, size_t offset, size_t size)
{
	uint64_t *words = (uint64_t *)(void *)(v->base + offset);

	if (plainly && v->base + offset >= values) {
		vbuf_plain_write_(words, size);
		memset(words, 0, size);
		return VBUF_OK;
	}
	for (size_t i = 0; i < size / sizeof *words; i++)
		if (words[i] != 0)
			vbuf_store_release_(&words[i], 0); /* [purge] pairs with [look] */
	return VBUF_OK;
}

int
vbuf_decommit(struct vbuf *v, size_t offset, size_t size)
{
	(void)v, (void)offset, (void)size;
	return VBUF_ESYS;
}

/* When the map is created; here a page that is not committed is written by who commits it,
 * so the words are to be looked at only where they are. */
int
vbuf_decommit_readable(struct vbuf *v, size_t offset, size_t size)
{
	(void)v, (void)offset, (void)size;
	return VBUF_OK;
}

int
vbuf_resident(const struct vbuf *v, size_t offset, size_t size, size_t *ret)
{
	(void)v, (void)offset, (void)size, (void)ret;
	return VBUF_ESYS;
}

bool
vbuf_purge_is_seamless(void)
{
	return true;
}

int
vbuf_sync_register(void)
{
	return VBUF_OK;
}

int
vbuf_sync_heavy(void)
{
	return VBUF_OK; /* the model does it */
}

void
vbuf_sync_yield(void)
{
	vbuf_spin_();
}

/* Nobody asks for a record of his own. */
int
vbuf_sync_key_create(vbuf_sync_key *ret, void(VBUF_SYNC_EXIT *at_exit)(void *value))
{
	(void)ret, (void)at_exit;
	return VBUF_ERLIMIT;
}

void
vbuf_sync_key_delete(vbuf_sync_key key)
{
	(void)key;
}

void *
vbuf_sync_key_get(vbuf_sync_key key)
{
	(void)key;
	return NULL;
}

int
vbuf_sync_key_set(vbuf_sync_key key, void *value)
{
	(void)key, (void)value;
	return VBUF_ERLIMIT;
}

/* --- what the threads do ---------------------------------------------------------------- */

struct pair {
	uint64_t value, inverse;
};

VBUF_SLOTMAP(pairs, struct pair);

static struct vbuf_domain *domain;
static struct pairs x;
static struct vbuf_record *record[THREADS];

enum { AT_FIRST = 4, EACH = 4 };
static struct pairs_handle first[AT_FIRST];
static unsigned live_at_first;

/* Of each thread: what it inserted, and how its removals ended. */
static struct {
	struct pairs_handle handle[EACH];
	int err[EACH], removed[EACH];
	int inserts, removals;
} did[THREADS];

static struct pair
pair(uint64_t value)
{
	return (struct pair){ value, ~value };
}

static bool
whole(const struct pair *p)
{
	return p->inverse == ~p->value;
}

static void
destroy(void *element, void *arg)
{
	struct pair *p = element;

	(void)arg;
	vbuf_plain_write_(p, sizeof *p);
	model_check(whole(p));
	p->inverse = p->value;
}

static void
make_of(size_t elem_size, enum vbuf_fence fence, bool plain, size_t max, unsigned attached)
{
	struct vbuf_domain_options d = { .size = sizeof d, .threads = THREADS, .fence = fence };
	struct vbuf_slotmap_options o = { .size = sizeof o, .max = max, .plain = plain };

	reservations = 0;
	mmap_lock = 0;
	running = false;
	memset(present, 0, sizeof present);
	plainly = !plain;
	values = memory[1] + SIZE; /* what the map does at its birth is no concern */
	assert_ok(vbuf_domain_create(&domain, &d));
	o.domain = domain;
	o.destroy = plain ? NULL : destroy;
	assert_ok(vbuf_slotmap_create(&x.m, elem_size, 1, &o));
	x = pairs_of(x.m);
	values = x.m->values_;
	memset(record, 0, sizeof record);
	for (unsigned i = 0; i < attached; i++)
		assert_ok(vbuf_domain_attach(domain, &record[i]));
	memset(did, 0, sizeof did);
	memset(first, 0, sizeof first);
	live_at_first = 0;
	running = true;
}

static void
make(enum vbuf_fence fence, bool plain, size_t max, unsigned attached)
{
	make_of(sizeof(struct pair), fence, plain, max, attached);
}

static void
fill(unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		assert_ok(pairs_insert(x, record[0], pair(100 + i), &first[i]));
	live_at_first = count;
}

static void
insert(int thread)
{
	int k = did[thread].inserts++;

	did[thread].err[k] =
		pairs_insert(x, record[thread], pair((uint64_t)thread * EACH + (uint64_t)k),
	                     &did[thread].handle[k]);
	model_check(did[thread].err[k] == VBUF_OK);
}

static void
take_out(int thread, struct pairs_handle h)
{
	int err = pairs_remove(x, record[thread], h);

	model_check(err == VBUF_OK || err == VBUF_ESTALE);
	did[thread].removed[did[thread].removals++] = err;
}

/* What a handle names is whole, and what was put there. */
static void
get(int thread, struct pairs_handle h, uint64_t value)
{
	vbuf_pin_(record[thread]);
	struct pair *p = pairs_get(x, record[thread], h);
	if (p) {
		vbuf_plain_read_(p, sizeof *p);
		model_check(p->value == value && whole(p));
	}
	vbuf_unpin_(record[thread]);
}

static void
copy(struct pairs_handle h, uint64_t value)
{
	struct pair p;

	if (pairs_copy(x, h, &p) == VBUF_OK)
		model_check(p.value == value && whole(&p));
}

/* --- at the end ------------------------------------------------------------------------- */

static unsigned
removals(void)
{
	unsigned done = 0;

	for (int t = 0; t < THREADS; t++)
		for (int k = 0; k < did[t].removals; k++)
			done += did[t].removed[k] == VBUF_OK;
	return done;
}

static unsigned
insertions(void)
{
	unsigned done = live_at_first;

	for (int t = 0; t < THREADS; t++)
		done += (unsigned)did[t].inserts;
	return done;
}

static bool
live_at(size_t i)
{
	return i > 0 && (x.m->words_[i] & x.m->mask_) == i;
}

/* Every slot below the virgin mark is live or can be had again; none is given twice. */
static void
all_is_sound(void)
{
	size_t slots = vbuf_slotmap_slots(x.m), live = 0, free = 0;
	struct vbuf_slotmap_stats s;
	static unsigned char seen[1024];
	uint64_t bits;
	size_t word;

	for (int t = 0; t < THREADS; t++)
		model_check(vbuf_domain_detach(&record[t]) == VBUF_OK);
	for (size_t i = 0; i < slots; i++)
		live += live_at(i);
	model_check(live == insertions() - removals());
	model_check(pairs_len(x) == live);
	vbuf_slotmap_collect(x.m);
	model_check(pairs_get_stats(x, &s, sizeof s) == VBUF_OK && s.retired == 0);
	memset(seen, 0, sizeof seen);
	while ((bits = vbuf_slotmap_take_free(x.m, &word)) != 0)
		for (; bits; bits &= bits - 1, free++) {
			size_t i = word * 64 + (size_t)__builtin_ctzll(bits);
			model_check(i > 0 && i < slots && !seen[i] && !live_at(i));
			seen[i] = 1;
		}
	model_check(1 + live + free + s.worn == slots);
}

static void
one_was_removed(void)
{
	model_check(removals() == 1);
	all_is_sound();
}

/* --- threads ---------------------------------------------------------------------------- */

static void
symmetric(void)
{
	make(VBUF_FENCE_SYMMETRIC, false, 64, THREADS);
	fill(2);
}

static void
two_records(void)
{
	make(VBUF_FENCE_ASYMMETRIC, false, 64, 2);
	fill(2);
}

/* So that there are few slots to look at. */
static void
two_records_and_empty_hands(void)
{
	two_records();
	vbuf_slotmap_let_go(x.m, vbuf_slotmap_cache_at(x.m, record[0]->index_));
}

static void
symmetric_and_empty_hands(void)
{
	symmetric();
	vbuf_slotmap_let_go(x.m, vbuf_slotmap_cache_at(x.m, record[0]->index_));
}

static void
plain(void)
{
	make(VBUF_FENCE_ASYMMETRIC, true, 64, 2);
	fill(2);
}

/* All slots of the first unit are taken, and of the second but the last two are free, which
 * were never used. Made by hand, as so many operations are too much for the model. */
static void
make_two_units(bool plain)
{
	make(VBUF_FENCE_ASYMMETRIC, plain, 64, 2);
	struct vbuf_slotmap *m = x.m;
	uint64_t one = m->control_->gen_one;

	assert_ok(vbuf_slotmap_grow_to(m, 128));
	vbuf_plain_write_(&m->virgin_, sizeof m->virgin_);
	m->virgin_ = 128;
	for (size_t i = 1; i < 128; i++) {
		if (i >= 64 && i < 126)
			continue;
		m->words_[i] = one | i;
		m->births_[i] = 1;
		((struct pair *)(void *)m->values_)[i] = pair(i < 64 ? i : i - 26);
		live_at_first++;
	}
	vbuf_plain_write_(m->free_, 2 * sizeof m->free_[0]);
	m->free_[0] = 0;
	m->free_[1] = ~(UINT64_C(3) << 62);
	vbuf_plain_write_(m->control_->levels[1], sizeof m->free_[0]);
	m->control_->levels[1][0] = 2;
	vbuf_slotmap_cache_at(m, 0)->hand.live_ = live_at_first;
	first[0].bits = one | 126;
	first[1].bits = one | 127;
}

static void
unit_about_to_empty(void)
{
	make_two_units(false);
}

/* The first unit is free, the second full. */
static void
one_full_unit(void)
{
	make_two_units(false);
	struct vbuf_slotmap *m = x.m;

	for (size_t i = 64; i < 126; i++) {
		m->words_[i] = m->control_->gen_one | i;
		m->births_[i] = 1;
		((struct pair *)(void *)m->values_)[i] = pair(99);
	}
	memset(m->words_ + 1, 0, 63 * sizeof m->words_[0]);
	m->free_[0] = ~(uint64_t)1;
	m->free_[1] = 0;
	m->control_->levels[1][0] = 1;
	vbuf_slotmap_cache_at(m, 0)->hand.live_ = live_at_first = 64;
}

static void
plain_unit_about_to_empty(void)
{
	make_two_units(true);
}

/* All slots that there is memory for are taken. */
static void
about_to_grow(void)
{
	make(VBUF_FENCE_ASYMMETRIC, false, 64, 2);
	struct vbuf_slotmap *m = x.m;
	uint64_t one = m->control_->gen_one;

	assert_int_equal(m->committed_, 64);
	for (size_t i = 1; i < 64; i++) {
		m->words_[i] = one | i;
		m->births_[i] = 1;
		((struct pair *)(void *)m->values_)[i] = pair(i);
		live_at_first++;
	}
	vbuf_plain_write_(m->free_, sizeof m->free_[0]);
	m->free_[0] = 0;
	vbuf_plain_write_(m->control_->levels[1], sizeof m->free_[0]);
	m->control_->levels[1][0] = 0;
	vbuf_slotmap_cache_at(m, 0)->hand.live_ = live_at_first;
	first[0].bits = one | 64; /* forged, at first */
}

/* The first elements that their slots have: they are as old as their block. */
static void
first_of_their_slots(void)
{
	about_to_grow();
	for (int i = 0; i < 2; i++, live_at_first++)
		assert_ok(pairs_insert(x, record[1], pair(100 + (uint64_t)i), &first[i]));
	assert_int_equal(first[0].bits & x.m->mask_, 64);
	assert_int_equal(x.m->births_[64], 0);
}

static void
get_first_1(void)
{
	get(0, first[0], 100);
}

static void
get_both_1(void)
{
	get(0, first[1], 101);
	get(0, first[0], 100);
}

static struct pairs_handle passed;

static void
reuse_2(void)
{
	take_out(1, first[0]);
	(void)pairs_reclaim(x, record[1], 0);
	insert(1);
}

static void
reuse_twice_2(void)
{
	take_out(1, first[0]);
	insert(1);
	take_out(1, did[1].handle[0]);
	(void)pairs_reclaim(x, record[1], 0);
	insert(1);
}

static void
remove_first_1(void)
{
	take_out(0, first[0]);
}

static void
remove_first_2(void)
{
	take_out(1, first[0]);
}

static void
remove_and_insert_1(void)
{
	take_out(0, first[0]);
	insert(0);
}

static void
insert_2(void)
{
	insert(1);
}

static void
insert_twice_1(void)
{
	insert(0);
	insert(0);
}

static void
insert_twice_2(void)
{
	insert(1);
	insert(1);
}

static void
copy_first_1(void)
{
	copy(first[0], 100);
}

/* A handle that another thread passes on, and removes. */
static void
insert_pass_and_remove_2(void)
{
	insert(1);
	vbuf_store_relaxed_(&passed.bits, did[1].handle[0].bits);
	take_out(1, did[1].handle[0]);
	(void)pairs_reclaim(x, record[1], 0);
	insert(1);
}

static void
get_passed_1(void)
{
	vbuf_pin_(record[0]);
	struct pairs_handle h = { vbuf_load_relaxed_(&passed.bits) };
	struct pair *p = pairs_get(x, record[0], h);
	if (p) {
		vbuf_plain_read_(p, sizeof *p);
		model_check(p->value == EACH && whole(p));
	}
	vbuf_unpin_(record[0]);
}

static void
nothing_passed(void)
{
	two_records();
	passed.bits = 0;
}

static void
nothing_passed_of_fresh_slots(void)
{
	first_of_their_slots();
	passed.bits = 0;
}

static void
invalidate_and_remove_2(void)
{
	int err = pairs_invalidate(x, record[1], first[0]);

	model_check(err == VBUF_OK || err == VBUF_ESTALE);
	if (err == VBUF_OK)
		err = pairs_remove_invalidated(x, record[1], first[0]);
	did[1].removed[did[1].removals++] = err;
}

/* What is there all the time is seen once. */
static void
iterate_1(void)
{
	struct vbuf_slotmap_iter it;
	unsigned seen = 0;
	struct pair *p;

	vbuf_pin_(record[0]);
	pairs_iter_init(&it, x, record[0]);
	while ((p = pairs_iter_next(&it))) {
		vbuf_plain_read_(p, sizeof *p);
		model_check(whole(p));
		if (pairs_iter_handle(&it).bits == first[1].bits) {
			model_check(p->value == 101);
			seen++;
		} else if (pairs_iter_handle(&it).bits == first[0].bits) {
			model_check(p->value == 100);
		} else {
			model_check(p->value < 100);
		}
	}
	vbuf_unpin_(record[0]);
	model_check(seen == 1);
}

static void
remove_both_1(void)
{
	take_out(0, first[0]);
	take_out(0, first[1]);
	(void)pairs_reclaim(x, record[0], 0);
}

static void
remove_one_1(void)
{
	take_out(0, first[0]);
	(void)pairs_reclaim(x, record[0], 0);
}

static void
remove_other_2(void)
{
	take_out(1, first[1]);
	(void)pairs_reclaim(x, record[1], 0);
}

static void
get_both_2(void)
{
	get(1, first[1], 101);
	get(1, first[0], 100);
}

/* Slots of the unit that empties, or of the next. */
static void
insert_and_remove_2(void)
{
	insert(1);
	take_out(1, did[1].handle[0]);
	(void)pairs_reclaim(x, record[1], 0);
}

static void
look_at_stale_2(void)
{
	get(1, first[0], 100);
	insert(1);
}

static void
remove_and_detach_1(void)
{
	take_out(0, first[0]);
	model_check(vbuf_domain_detach(&record[0]) == VBUF_OK);
}

static void
reclaim_2(void)
{
	(void)pairs_reclaim(x, record[1], 0);
	insert(1);
}

static void
iterate_values_1(void)
{
	struct vbuf_slotmap_iter it;
	unsigned seen = 0;
	struct pair *p;

	vbuf_pin_(record[0]);
	pairs_iter_init(&it, x, record[0]);
	while ((p = pairs_iter_next_value(&it))) {
		vbuf_plain_read_(p, sizeof *p);
		model_check(whole(p));
		seen += p->value == 101;
	}
	vbuf_unpin_(record[0]);
	model_check(seen == 1);
}

static void
visit_runs(vbuf_handle *handles)
{
	struct vbuf_slotmap_iter it;
	unsigned seen = 0;
	const struct pair *p;
	size_t n;

	vbuf_pin_(record[0]);
	vbuf_slotmap_iter_init(&it, x.m, record[0]);
	while ((p = vbuf_slotmap_iter_run(&it, &n, handles)) != NULL)
		for (size_t k = 0; k < n; k++) {
			vbuf_plain_read_(&p[k], sizeof p[k]);
			model_check(whole(&p[k]));
			model_check(!handles ||
			            (handles[k] == first[1].bits) == (p[k].value == 101));
			seen += p[k].value == 101;
		}
	vbuf_unpin_(record[0]);
	model_check(seen == 1);
}

static void
iterate_runs_1(void)
{
	vbuf_handle handles[64];

	visit_runs(handles);
}

/* Elements of three bytes, which are copied one by one. */
static void
plain_bytes(void)
{
	make_of(3, VBUF_FENCE_ASYMMETRIC, true, 64, 2);
	assert_ok(vbuf_slotmap_insert(x.m, record[0], "\1\1\1", &first[0].bits));
	live_at_first = 1;
}

static void
copy_bytes_1(void)
{
	unsigned char p[3];

	if (vbuf_slotmap_copy(x.m, first[0].bits, p) == VBUF_OK)
		model_check(p[0] == 1 && p[1] == 1 && p[2] == 1);
}

static void
reuse_bytes_2(void)
{
	take_out(1, first[0]);
	(void)pairs_reclaim(x, record[1], 0);
	model_check(vbuf_slotmap_insert(x.m, record[1], "\2\2\2", &did[1].handle[0].bits) ==
	            VBUF_OK);
	did[1].inserts++;
}

static void
nothing_passed_symmetric(void)
{
	symmetric();
	passed.bits = 0;
}

/* --- tests ------------------------------------------------------------------------------ */

static void
insert_1(void)
{
	insert(0);
}

/* Whether it comes to be meanwhile or not. */
static void
forge_2(void)
{
	vbuf_pin_(record[1]);
	struct pair *p = pairs_get(x, record[1], first[0]);
	if (p) {
		vbuf_plain_read_(p, sizeof *p);
		model_check(p->value == 0 && whole(p));
	}
	vbuf_unpin_(record[1]);
}

static void
forge_and_remove_2(void)
{
	take_out(1, first[0]);
}

static void
take_invalidated_2(void)
{
	did[1].removed[did[1].removals++] = pairs_remove_invalidated(x, record[1], first[0]);
}

static void
forge_and_invalidate_2(void)
{
	int err = pairs_invalidate(x, record[1], first[0]);

	model_check(err == VBUF_OK || err == VBUF_ESTALE);
	if (err == VBUF_OK)
		take_invalidated_2();
}

static void
look_at_the_end_2(void)
{
	size_t end = vbuf_slotmap_slots(x.m);

	model_check(vbuf_slotmap_at(x.m, end - 1) == 0 || end == 64);
}

static void
copy_both_2(void)
{
	copy(first[1], 101);
	copy(first[0], 100);
}

/* An element that was born after the reader's pin, so that it has to be covered; what stands
 * in its slot after it is another. */
enum { LATE = 7777 };

static void
comes_late(void)
{
	vbuf_pin_(record[0]);
	assert_ok(pairs_insert(x, record[1], pair(LATE), &first[2]));
	live_at_first++;
	assert_true(x.m->births_[first[2].bits & x.m->mask_] > record[0]->hi_);
}

static void
late_among_few(void)
{
	two_records_and_empty_hands();
	comes_late();
	vbuf_slotmap_let_go(x.m, vbuf_slotmap_cache_at(x.m, record[1]->index_));
}

/* The rest of its block is in a hand, so that it looks full, and is not. */
static void
late_in_a_block(void)
{
	first_of_their_slots();
	vbuf_slotmap_let_go(x.m, vbuf_slotmap_cache_at(x.m, record[1]->index_));
	comes_late();
}

/* The last of a block, the others of which were there before. */
static void
late_in_a_full_block(void)
{
	one_full_unit();
	struct vbuf_slotmap *m = x.m;
	struct vbuf_slotmap_cache *c = vbuf_slotmap_cache_at(m, record[0]->index_);

	m->free_[0] = 0;
	m->control_->levels[1][0] = 0;
	c->bits = ~(uint64_t)1;
	c->base = 0;
	assert_ok(pairs_remove(x, record[1], first[0]));
	live_at_first--;
	(void)pairs_reclaim(x, record[1], 0);
	comes_late();
	assert_int_equal(first[2].bits & m->mask_, 126);
}

static void
replace_late_2(void)
{
	take_out(1, first[2]);
	(void)pairs_reclaim(x, record[1], 0);
	insert(1);
}

static void
iterate_pinned_1(void)
{
	struct vbuf_slotmap_iter it;
	struct pair *p;

	pairs_iter_init(&it, x, record[0]);
	while ((p = pairs_iter_next(&it))) {
		vbuf_plain_read_(p, sizeof *p);
		model_check(whole(p));
		model_check((pairs_iter_handle(&it).bits == first[2].bits) == (p->value == LATE));
	}
	vbuf_unpin_(record[0]);
}

static void
values_pinned_1(void)
{
	struct vbuf_slotmap_iter it;
	struct pair *p;

	pairs_iter_init(&it, x, record[0]);
	while ((p = pairs_iter_next_value(&it))) {
		vbuf_plain_read_(p, sizeof *p);
		model_check(whole(p));
	}
	vbuf_unpin_(record[0]);
}

static void
runs_pinned_1(void)
{
	struct vbuf_slotmap_iter it;
	struct pair *p;
	size_t n;

	pairs_iter_init(&it, x, record[0]);
	while ((p = pairs_iter_run(&it, &n, NULL)))
		for (size_t k = 0; k < n; k++) {
			vbuf_plain_read_(&p[k], sizeof p[k]);
			model_check(whole(&p[k]));
		}
	vbuf_unpin_(record[0]);
}

#define HOLDS(name_, ...)                                                                          \
	static void name_(void **state)                                                            \
	{                                                                                          \
		const struct model_test t = { .name = #name_, __VA_ARGS__ };                       \
		(void)state;                                                                       \
		assert_model_holds(&t);                                                            \
	}
#define A_PART .check = all_is_sound, .preemptions = 2, .executions = 6000, .samples = 1000
#define SMALL .check = all_is_sound, .preemptions = 2

HOLDS(a_reader_keeps_what_is_removed, .setup = two_records, .threads = { get_first_1, reuse_2 },
      SMALL)
HOLDS(a_reader_keeps_what_is_removed_symmetric, .setup = symmetric,
      .threads = { get_first_1, reuse_2 }, SMALL)
HOLDS(a_reader_of_several, .setup = two_records, .threads = { get_both_1, reuse_2 }, SMALL)
HOLDS(a_reader_beside_two_reuses, .setup = two_records, .threads = { get_first_1, reuse_twice_2 },
      SMALL)
HOLDS(a_reader_of_what_is_passed_on, .setup = nothing_passed,
      .threads = { get_passed_1, insert_pass_and_remove_2 }, SMALL)
HOLDS(a_reader_keeps_the_first_element_of_a_slot, .setup = first_of_their_slots,
      .threads = { get_first_1, reuse_2 }, SMALL)
HOLDS(a_reader_of_the_first_element_of_a_slot_that_is_passed_on,
      .setup = nothing_passed_of_fresh_slots, .threads = { get_passed_1, insert_pass_and_remove_2 },
      SMALL)
HOLDS(two_removers, .setup = two_records, .threads = { remove_first_1, remove_first_2 },
      .check = one_was_removed)
HOLDS(two_ways_to_remove, .setup = two_records,
      .threads = { remove_and_insert_1, invalidate_and_remove_2 }, .check = one_was_removed,
      .preemptions = 2)
HOLDS(two_insert, .setup = two_records, .threads = { insert_twice_1, insert_twice_2 }, SMALL)
HOLDS(an_iteration_beside_reuse, .setup = two_records_and_empty_hands,
      .threads = { iterate_1, reuse_2 }, A_PART)
HOLDS(an_iteration_beside_reuse_symmetric, .setup = symmetric_and_empty_hands,
      .threads = { iterate_1, reuse_2 }, A_PART)
#define LATELY(name_, where, how)                                                                  \
	HOLDS(name_, .setup = where, .threads = { how, replace_late_2 }, .check = all_is_sound,    \
	      .preemptions = 1, .executions = 60, .samples = 10)

LATELY(an_iteration_of_what_came_late_among_few, late_among_few, iterate_pinned_1)
LATELY(an_iteration_of_what_came_late_in_a_block, late_in_a_block, iterate_pinned_1)
LATELY(an_iteration_of_what_came_late_in_a_full_block, late_in_a_full_block, iterate_pinned_1)
LATELY(values_of_what_came_late_among_few, late_among_few, values_pinned_1)
LATELY(values_of_what_came_late_in_a_block, late_in_a_block, values_pinned_1)
LATELY(values_of_what_came_late_in_a_full_block, late_in_a_full_block, values_pinned_1)
LATELY(runs_of_what_came_late_among_few, late_among_few, runs_pinned_1)
LATELY(runs_of_what_came_late_in_a_block, late_in_a_block, runs_pinned_1)
LATELY(runs_of_what_came_late_in_a_full_block, late_in_a_full_block, runs_pinned_1)
HOLDS(values_of_a_full_block_beside_reuse, .setup = one_full_unit,
      .threads = { iterate_values_1, reuse_2 }, .check = all_is_sound, .preemptions = 1,
      .executions = 1500, .samples = 300)
HOLDS(handles_of_a_full_block_beside_reuse, .setup = one_full_unit,
      .threads = { iterate_1, reuse_2 }, .check = all_is_sound, .preemptions = 1,
      .executions = 1500, .samples = 300)
HOLDS(runs_beside_reuse, .setup = two_records_and_empty_hands,
      .threads = { iterate_runs_1, reuse_2 }, A_PART)
HOLDS(runs_beside_reuse_symmetric, .setup = symmetric_and_empty_hands,
      .threads = { iterate_runs_1, reuse_2 }, A_PART)
HOLDS(a_copy_of_bytes_beside_reuse, .setup = plain_bytes,
      .threads = { copy_bytes_1, reuse_bytes_2 }, SMALL)
HOLDS(a_reader_of_what_is_passed_on_symmetric, .setup = nothing_passed_symmetric,
      .threads = { get_passed_1, insert_pass_and_remove_2 }, A_PART)
HOLDS(an_iteration_beside_an_insertion, .setup = two_records_and_empty_hands,
      .threads = { iterate_1, insert_2 }, SMALL)
HOLDS(a_copy_beside_reuse, .setup = plain, .threads = { copy_first_1, reuse_2 }, SMALL)
HOLDS(what_a_record_leaves_is_adopted, .setup = two_records,
      .threads = { remove_and_detach_1, reclaim_2 }, SMALL)
HOLDS(a_purge_beside_readers, .setup = unit_about_to_empty,
      .threads = { remove_both_1, get_both_2 }, A_PART)
HOLDS(a_purge_beside_an_insertion, .setup = unit_about_to_empty,
      .threads = { remove_both_1, insert_and_remove_2 }, A_PART)
HOLDS(a_purge_beside_a_stale_handle, .setup = unit_about_to_empty,
      .threads = { remove_both_1, look_at_stale_2 }, A_PART)

HOLDS(a_purge_of_what_two_have_emptied, .setup = unit_about_to_empty,
      .threads = { remove_one_1, remove_other_2 }, A_PART)
HOLDS(a_purge_beside_a_copy, .setup = plain_unit_about_to_empty,
      .threads = { remove_both_1, copy_both_2 }, A_PART)
HOLDS(growth_beside_growth, .setup = about_to_grow, .threads = { insert_1, insert_2 }, A_PART)
HOLDS(growth_beside_a_forged_handle, .setup = about_to_grow, .threads = { insert_1, forge_2 },
      SMALL)
HOLDS(growth_beside_a_removal, .setup = about_to_grow, .threads = { insert_1, forge_and_remove_2 },
      SMALL)
HOLDS(growth_beside_an_invalidation, .setup = about_to_grow,
      .threads = { insert_1, forge_and_invalidate_2 }, SMALL)
HOLDS(growth_beside_a_look_at_the_end, .setup = about_to_grow,
      .threads = { insert_1, look_at_the_end_2 }, SMALL)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reader_keeps_what_is_removed),
		cmocka_unit_test(a_reader_keeps_what_is_removed_symmetric),
		cmocka_unit_test(a_reader_of_several),
		cmocka_unit_test(a_reader_beside_two_reuses),
		cmocka_unit_test(a_reader_of_what_is_passed_on),
		cmocka_unit_test(a_reader_keeps_the_first_element_of_a_slot),
		cmocka_unit_test(a_reader_of_the_first_element_of_a_slot_that_is_passed_on),
		cmocka_unit_test(two_removers),
		cmocka_unit_test(two_ways_to_remove),
		cmocka_unit_test(two_insert),
		cmocka_unit_test(an_iteration_beside_reuse),
		cmocka_unit_test(an_iteration_beside_reuse_symmetric),
		cmocka_unit_test(an_iteration_of_what_came_late_among_few),
		cmocka_unit_test(an_iteration_of_what_came_late_in_a_block),
		cmocka_unit_test(an_iteration_of_what_came_late_in_a_full_block),
		cmocka_unit_test(values_of_what_came_late_among_few),
		cmocka_unit_test(values_of_what_came_late_in_a_block),
		cmocka_unit_test(values_of_what_came_late_in_a_full_block),
		cmocka_unit_test(runs_of_what_came_late_among_few),
		cmocka_unit_test(runs_of_what_came_late_in_a_block),
		cmocka_unit_test(runs_of_what_came_late_in_a_full_block),
		cmocka_unit_test(values_of_a_full_block_beside_reuse),
		cmocka_unit_test(handles_of_a_full_block_beside_reuse),
		cmocka_unit_test(runs_beside_reuse),
		cmocka_unit_test(runs_beside_reuse_symmetric),
		cmocka_unit_test(a_copy_of_bytes_beside_reuse),
		cmocka_unit_test(a_reader_of_what_is_passed_on_symmetric),
		cmocka_unit_test(an_iteration_beside_an_insertion),
		cmocka_unit_test(a_copy_beside_reuse),
		cmocka_unit_test(what_a_record_leaves_is_adopted),
		cmocka_unit_test(a_purge_beside_readers),
		cmocka_unit_test(a_purge_beside_an_insertion),
		cmocka_unit_test(a_purge_beside_a_stale_handle),
		cmocka_unit_test(a_purge_of_what_two_have_emptied),
		cmocka_unit_test(a_purge_beside_a_copy),
		cmocka_unit_test(growth_beside_growth),
		cmocka_unit_test(growth_beside_a_forged_handle),
		cmocka_unit_test(growth_beside_a_removal),
		cmocka_unit_test(growth_beside_an_invalidation),
		cmocka_unit_test(growth_beside_a_look_at_the_end),
	};

	return run_group("model_slotmap_mt", tests);
}
