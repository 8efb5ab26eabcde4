/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The slotmap: inserting and removing. Reading is in slotmap_read.c; what happens once in
 * a while in the other slotmap_*.c.
 *
 * The labels of the orderings, and why each is as strong as it is: docs/design.md.
 */
#include "slotmap.h"

#include <string.h>

static bool
exclusive(const struct vbuf_record *r)
{
	return r->index_ == 0;
}

/* --- inserting --- */

/* All that waits for no reader, ours and that of detached records. Destructors may have
 * put something in our hands then. */
static void
reclaim_now(struct vbuf_slotmap *m, struct vbuf_record *r, struct vbuf_slotmap_cache *c)
{
	struct vbuf_slotmap_hands o = { m, c };

	(void)vbuf_bags_reclaim(&c->bags, &m->control_->kind, &o, m->domain_, r, SIZE_MAX);
	(void)vbuf_slotmap_adopt(m, r, SIZE_MAX);
}

/* A block that nobody has used: its handles are numbers in a row, and all its elements are
 * born in the era of now, or later. */
static void
deal_fresh(const struct vbuf_slotmap *m, struct vbuf_slotmap_cache *c)
{
	/* What a trim left of such words is of no later a generation than the floor. */
	c->hand.fresh_ = vbuf_slotmap_first_handle(m, c->base);
	c->hand.fresh_end_ = c->hand.fresh_ + 64;
	vbuf_store_relaxed_(&m->control_->block_births[c->base / 64], vbuf_load_relaxed_(m->era_));
	c->bits = 0;
}

/* Something for the cache's hands. */
static int
refill(struct vbuf_slotmap *m, struct vbuf_record *r, struct vbuf_slotmap_cache *c)
{
	size_t word = 0;

	if (vbuf_domain_full(m->domain_)) {
		reclaim_now(m, r, c);
		if (vbuf_domain_full(m->domain_))
			return VBUF_EBUSY;
	}
	/* So that what a stalled reader can have found is no more than these, however many
	 * are inserted and nothing removed. */
	(void)vbuf_fetch_add_relaxed_(&m->domain_->era, 1);
	for (int tries = 0;; tries++) {
		if (!vbuf_slotmap_empty_handed(c)) /* by a destructor of what was reclaimed */
			return VBUF_OK;
		c->bits = vbuf_slotmap_take_free(m, &word);
		c->base = word * 64;
		if (c->bits)
			return VBUF_OK;
		int err = vbuf_slotmap_take_virgin(m, &c->base, &c->bits);
		if (err == VBUF_OK && !m->by_call_)
			deal_fresh(m, c);
		if (err == VBUF_OK)
			return VBUF_OK;
		if (tries > 0) {
			c->bits = vbuf_slotmap_find_free(m, &word);
			c->base = word * 64;
			return c->bits ? VBUF_OK : err;
		}
		/* The map is full, or the system is: all that waits is wanted now. */
		reclaim_now(m, r, c);
	}
}

static bool
serves(const struct vbuf_slotmap *m, const struct vbuf_record *r)
{
	return m && r && r->domain_ == m->domain_;
}

/* The handle of the next element in a slot whose word is this. */
static inline vbuf_handle
next_handle(const struct vbuf_slotmap *m, size_t i, uint64_t word, uint32_t tag)
{
	const struct vbuf_slotmap_control *k = m->control_;
	uint64_t generation = word & m->gen_mask_;

	vbuf_handle h = __builtin_expect(generation == 0, 0) /* fresh memory */
	                        ? vbuf_slotmap_first_handle(m, i)
	                        : generation | m->map_tag_ | i;

	return h | (uint64_t)tag << k->tag_shift;
}

/* What is rare: there is nothing in hand; or misuse. */
static __attribute__((noinline)) int
claim_slowly(struct vbuf_slotmap *m, struct vbuf_record *r, uint32_t tag, vbuf_handle *ret_handle)
{
	const struct vbuf_slotmap_control *k = m->control_;

	*ret_handle = 0;
	if (r->domain_ != m->domain_ || tag > k->tag_max)
		return VBUF_EINVAL;
	if (k->tag_end == 0)
		return VBUF_EBUSY;
	int err = refill(m, r, vbuf_slotmap_cache_at(m, r->index_));
	return err == VBUF_OK ? vbuf_slotmap_claim_(m, r, tag, ret_handle) : err;
}

int
vbuf_slotmap_claim_(struct vbuf_slotmap *m, struct vbuf_record *r, uint32_t tag,
                    vbuf_handle *ret_handle)
{
	if (__builtin_expect(!m || !r || !ret_handle, 0)) {
		if (ret_handle)
			*ret_handle = 0;
		return VBUF_EINVAL;
	}
	const struct vbuf_slotmap_control *k = m->control_;
	struct vbuf_slotmap_cache *c = vbuf_slotmap_cache_at(m, r->index_);
	size_t i;
	uint64_t word;

	if (__builtin_expect(tag >= k->tag_end || r->domain_ != m->domain_, 0))
		return claim_slowly(m, r, tag, ret_handle);
	if (c->hand.listed_ > 0) { /* used a moment ago: its lines are near */
		i = (size_t)c->hand.list_;
		word = vbuf_load_relaxed_(&m->words_[i]);
		c->hand.list_ = word & m->mask_;
		c->hand.listed_--;
	} else if (c->hand.fresh_ != c->hand.fresh_end_) {
		*ret_handle = c->hand.fresh_++ | (uint64_t)tag << k->tag_shift;
		vbuf_store_relaxed_(&c->hand.live_, c->hand.live_ + 1);
		return VBUF_OK;
	} else if (c->bits != 0) {
		i = c->base + (size_t)__builtin_ctzll(c->bits);
		word = vbuf_load_relaxed_(&m->words_[i]);
		c->bits &= c->bits - 1;
	} else {
		return claim_slowly(m, r, tag, ret_handle);
	}
	vbuf_store_relaxed_(&c->hand.live_, c->hand.live_ + 1);
	if (!m->by_call_)
		vbuf_slotmap_note_birth_(m, i);
	*ret_handle = next_handle(m, i, word, tag);
	return VBUF_OK;
}

int
vbuf_slotmap_claim(struct vbuf_slotmap *m, struct vbuf_record *r, uint32_t tag,
                   vbuf_handle *ret_handle, bool *ret_used)
{
	if (ret_used)
		*ret_used = false;
	if (ret_handle)
		*ret_handle = 0;
	if (!serves(m, r) || !ret_handle)
		return VBUF_EINVAL;
	if (m->plain_)
		return VBUF_EPERM;
	int err = vbuf_slotmap_claim_(m, r, tag, ret_handle);
	if (err == VBUF_OK && ret_used && m->control_->keep)
		*ret_used = vbuf_load_relaxed_(&m->births_[*ret_handle & m->mask_]) != 0;
	return err;
}

void *
vbuf_slotmap_slot(const struct vbuf_slotmap *m, vbuf_handle h)
{
	return vbuf_slotmap_slot_(m, h, m->elem_size_);
}

void
vbuf_slotmap_publish(struct vbuf_slotmap *m, struct vbuf_record *r, vbuf_handle h)
{
	(void)r;
	if (m->by_call_) /* where a birth says that there is something to destroy */
		vbuf_slotmap_note_birth_(m, (size_t)(h & m->mask_));
	vbuf_slotmap_publish_(m, h);
}

void
vbuf_slotmap_abandon(struct vbuf_slotmap *m, struct vbuf_record *r, vbuf_handle h)
{
	const struct vbuf_slotmap_control *k = m->control_;
	struct vbuf_slotmap_cache *c = vbuf_slotmap_cache_at(m, r->index_);
	size_t i = (size_t)(h & m->mask_);

	vbuf_store_relaxed_(&c->hand.live_, c->hand.live_ - 1);
	uint64_t next = vbuf_slotmap_next_generation(m, h);
	vbuf_store_relaxed_(&m->words_[i], next | m->mask_);
	if (next != 0) {
		vbuf_slotmap_push(m, c, i);
		vbuf_slotmap_spill(m, c);
		return;
	}
	if (k->keep && k->destroy && vbuf_load_relaxed_(&m->births_[i]) != 0)
		k->destroy(vbuf_slotmap_value(m, i), k->destroy_arg);
	vbuf_slotmap_wear_out(m, c, i);
}

/* Readers copy the same way, and look at the handle again: see vbuf_slotmap_copy(). */
static void
fill_by_words(struct vbuf_slotmap *m, size_t i, const unsigned char *from)
{
	unsigned char *to = vbuf_slotmap_value(m, i);
	size_t size = m->elem_size_;

	/* who sees any of it sees that the slot was free */
	if (vbuf_slotmap_by_words(m))
		for (size_t at = 0; at < size; at += sizeof(size_t)) {
			size_t word;
			memcpy(&word, from + at, sizeof word);
			/* [fill] pairs with [copy]. */
			vbuf_store_release_((size_t *)(void *)(to + at), word);
		}
	else
		for (size_t at = 0; at < size; at++)
			/* [fill] pairs with [copy]. */
			vbuf_store_release_(&to[at], from[at]);
}

void
vbuf_slotmap_fill_(struct vbuf_slotmap *m, vbuf_handle h, const void *element)
{
	size_t i = (size_t)(h & m->mask_);

	if (m->plain_) {
		fill_by_words(m, i, element);
	} else {
		if (m->control_->keep)
			vbuf_slotmap_destroy_kept(m, i, i + 1);
		vbuf_plain_write_(vbuf_slotmap_value(m, i), m->elem_size_);
		memcpy(vbuf_slotmap_value(m, i), element, m->elem_size_);
	}
	if (m->by_call_)
		vbuf_slotmap_note_birth_(m, i);
}

int
vbuf_slotmap_insert(struct vbuf_slotmap *m, struct vbuf_record *r, const void *element,
                    vbuf_handle *ret_handle)
{
	if (ret_handle)
		*ret_handle = 0;
	if (!serves(m, r) || !element || !ret_handle)
		return VBUF_EINVAL;
	int err = vbuf_slotmap_take_slot_(m, r, 0, ret_handle);
	if (err != VBUF_OK)
		return err;
	vbuf_slotmap_fill_(m, *ret_handle, element);
	vbuf_slotmap_publish_(m, *ret_handle);
	return VBUF_OK;
}

int
vbuf_slotmap_insert_n(struct vbuf_slotmap *m, struct vbuf_record *r, const void *elements, size_t n,
                      vbuf_handle *ret_handles, size_t *ret_done)
{
	const unsigned char *from = elements;
	size_t done = 0;
	int err = VBUF_OK;

	if (ret_done)
		*ret_done = 0;
	for (size_t i = 0; ret_handles && i < n; i++)
		ret_handles[i] = 0;
	if (!serves(m, r) || (n > 0 && (!elements || !ret_handles)))
		return VBUF_EINVAL;
	for (; done < n && err == VBUF_OK; done += err == VBUF_OK)
		err = vbuf_slotmap_insert(m, r, from + done * m->elem_size_, &ret_handles[done]);
	if (ret_done)
		*ret_done = done;
	return err;
}

/* --- removing --- */

/*
 * Change the word of a slot from what it must be; false if it was something else. All
 * that find the handle afterwards miss.
 */
static inline bool
change(struct vbuf_slotmap *m, size_t i, uint64_t from, uint64_t to)
{
	/* [retire] pairs with [look] and [publish]: a reader finds the handle gone, or who
	 * scans finds its pin; and the element's birth is known here. */
	if (!vbuf_cas_seq_cst_(&m->words_[i], &from, to))
		return false;
	vbuf_solid_open(&m->control_->solid[i / 64]);
	return true;
}

/* The same where nobody else does anything. */
static inline bool
change_exclusively(struct vbuf_slotmap *m, size_t i, uint64_t from, uint64_t to)
{
	if (vbuf_load_relaxed_(&m->words_[i]) != from)
		return false;
	vbuf_store_relaxed_(&m->words_[i], to);
	vbuf_solid_open(&m->control_->solid[i / 64]);
	return true;
}

/* What the word of a slot says that joins the open bag. */
static inline uint64_t
link_to_bag(const struct vbuf_slotmap *m, const struct vbuf_slotmap_cache *c)
{
	return c->bags.open.count ? c->bags.open.head : m->mask_;
}

/*
 * The end of an element at once. A destructor further up the stack may be who removes:
 * then the element joins a bag, and who is further up goes on with it.
 */
static void
bury_now(struct vbuf_slotmap *m, struct vbuf_slotmap_cache *c, size_t i, uint64_t next)
{
	struct vbuf_slotmap_hands o = { m, c };

	if (c->bags.busy) {
		vbuf_store_relaxed_(&m->words_[i], next | link_to_bag(m, c));
		c->wears |= next == 0;
		(void)vbuf_bags_add(&c->bags, i);
		return;
	}
	c->bags.busy = true;
	vbuf_slotmap_bury(m, c, i);
	c->bags.busy = false;
	vbuf_bags_drain(&c->bags, &m->control_->kind, &o, m->domain_);
}

/* Nobody reads: the slot is free at once. */
static __attribute__((noinline)) int
remove_now(struct vbuf_slotmap *m, size_t i, uint64_t word, uint64_t next, size_t live)
{
	struct vbuf_slotmap_cache *c = vbuf_slotmap_cache_at(m, 0);

	if (!change_exclusively(m, i, word, next | (c->hand.listed_ ? c->hand.list_ : m->mask_)))
		return VBUF_ESTALE;
	vbuf_store_relaxed_(&c->hand.live_, c->hand.live_ - live);
	if (__builtin_expect(m->control_->destroy != NULL || next == 0, 0)) {
		bury_now(m, c, i, next);
	} else {
		c->hand.list_ = i;
		c->hand.listed_++;
	}
	vbuf_slotmap_spill(m, c);
	return VBUF_OK;
}

static __attribute__((noinline)) int
close_bag(struct vbuf_slotmap *m, struct vbuf_record *r, struct vbuf_slotmap_cache *c)
{
	struct vbuf_slotmap_hands o = { m, c };

	/* A record that never pins would publish an old era for ever, and have others call the
	 * heavy barrier. */
	if (!(r->lo_ & VBUF_PINNED_)) {
		vbuf_pin_(r);
		vbuf_unpin_(r);
	}
	vbuf_bags_close(&c->bags, &m->control_->kind, &o, m->domain_, r);
	return VBUF_OK;
}

/* Take the element of a handle out, whose slot's word is now this. */
static inline int
retire(struct vbuf_slotmap *m, struct vbuf_record *r, vbuf_handle h, uint64_t word)
{
	size_t i = (size_t)(h & m->mask_);
	/* [committed] pairs with [grown]. */
	if (__builtin_expect(i >= vbuf_load_acquire_(&m->committed_), 0))
		return VBUF_ESTALE;
	uint64_t next = vbuf_slotmap_next_generation(m, h);
	size_t live = word == h; /* else it was counted when it was invalidated */
	if (__builtin_expect(exclusive(r), 0))
		return remove_now(m, i, word, next, live);
	struct vbuf_slotmap_cache *c = vbuf_slotmap_cache_at(m, r->index_);
	if (__builtin_expect(!change(m, i, word, next | link_to_bag(m, c)), 0))
		return VBUF_ESTALE;
	if (__builtin_expect(next == 0, 0))
		c->wears = true;
	vbuf_store_relaxed_(&c->hand.live_, c->hand.live_ - live);
	return __builtin_expect(vbuf_bags_add(&c->bags, i), 0) ? close_bag(m, r, c) : VBUF_OK;
}

int
vbuf_slotmap_remove(struct vbuf_slotmap *m, struct vbuf_record *r, vbuf_handle h)
{
	return serves(m, r) ? retire(m, r, h, h) : VBUF_EINVAL;
}

size_t
vbuf_slotmap_remove_n(struct vbuf_slotmap *m, struct vbuf_record *r, const vbuf_handle *handles,
                      size_t n)
{
	size_t done = 0;

	if (!serves(m, r) || !handles)
		return 0;
	for (size_t i = 0; i < n; i++)
		done += vbuf_slotmap_remove(m, r, handles[i]) == VBUF_OK;
	return done;
}

int
vbuf_slotmap_invalidate(struct vbuf_slotmap *m, struct vbuf_record *r, vbuf_handle h)
{
	if (!serves(m, r))
		return VBUF_EINVAL;
	size_t i = (size_t)(h & m->mask_);
	/* [committed] pairs with [grown]. */
	if (i >= vbuf_load_acquire_(&m->committed_))
		return VBUF_ESTALE;
	uint64_t invalid = h & ~m->mask_;
	if (!(exclusive(r) ? change_exclusively(m, i, h, invalid) : change(m, i, h, invalid)))
		return VBUF_ESTALE;
	struct vbuf_slotmap_cache *c = vbuf_slotmap_cache_at(m, r->index_);
	vbuf_store_relaxed_(&c->hand.live_, c->hand.live_ - 1);
	return VBUF_OK;
}

int
vbuf_slotmap_remove_invalidated(struct vbuf_slotmap *m, struct vbuf_record *r, vbuf_handle h)
{
	if (!serves(m, r))
		return VBUF_EINVAL;
	/* A word of all zeros is a slot that was never used. */
	if ((h & m->mask_) == 0 || (h & m->gen_mask_) == 0)
		return VBUF_ESTALE;
	return retire(m, r, h, h & ~m->mask_);
}

int
vbuf_slotmap_take(struct vbuf_slotmap *m, vbuf_handle h, void *ret)
{
	if (!m || !ret)
		return VBUF_EINVAL;
	const struct vbuf_slotmap_control *k = m->control_;
	struct vbuf_slotmap_cache *c = vbuf_slotmap_cache_at(m, 0);
	size_t i = (size_t)(h & m->mask_);
	uint64_t next = vbuf_slotmap_next_generation(m, h);
	if (i >= vbuf_load_relaxed_(&m->committed_) ||
	    !change_exclusively(m, i, h, next | m->mask_))
		return VBUF_ESTALE;
	memcpy(ret, vbuf_slotmap_value(m, i), m->elem_size_);
	vbuf_store_relaxed_(&c->hand.live_, c->hand.live_ - 1);
	if (k->keep)
		vbuf_store_relaxed_(&m->births_[i], 0); /* nothing is left to destroy */
	if (next == 0)
		vbuf_slotmap_wear_out(m, c, i);
	else
		vbuf_slotmap_push(m, c, i);
	vbuf_slotmap_spill(m, c);
	return VBUF_OK;
}
