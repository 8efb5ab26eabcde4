/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Free slots of a map: a tree of bits, and a list in each record's hand. A taker takes a
 * word of 64 slots by one exchange, the lowest there is, so that what is above empties.
 *
 * A bit of an upper level is set after the word below it has got bits. It is cleared by
 * who found the word empty, who then looks again: so a bit may be set for nothing, but
 * none stays clear over a word with bits once all are done.
 */
#include "slotmap.h"

static void
mark(struct vbuf_slotmap *m, unsigned level, size_t word)
{
	const struct vbuf_slotmap_control *c = m->control_;

	for (; level < c->depth; level++, word /= 64) {
		/* [mark] pairs with [unmark]: who clears the bit after this sees the word. */
		uint64_t before = vbuf_fetch_or_acq_rel_(&c->levels[level][word / 64],
		                                         (uint64_t)1 << word % 64);
		if (before != 0)
			break;
	}
}

/* The word of the level below was seen empty. */
static void
unmark(struct vbuf_slotmap *m, unsigned level, size_t word)
{
	const struct vbuf_slotmap_control *c = m->control_;

	for (; level < c->depth; level++, word /= 64) {
		uint64_t bit = (uint64_t)1 << word % 64;
		/* [unmark] pairs with [mark]. */
		uint64_t before = vbuf_fetch_and_acq_rel_(&c->levels[level][word / 64], ~bit);
		if (vbuf_load_relaxed_(&c->levels[level - 1][word]) != 0) {
			mark(m, level, word);
			break;
		}
		if ((before & ~bit) != 0)
			break;
	}
}

static struct vbuf_slotmap_unit *
unit_of(const struct vbuf_slotmap *m, size_t word)
{
	return &m->control_->units[vbuf_slotmap_unit_of(m, word * 64)];
}

void
vbuf_slotmap_not_warm(struct vbuf_slotmap *m, struct vbuf_slotmap_unit *u)
{
	if (vbuf_load_relaxed_(&u->warm) && vbuf_exchange_relaxed_(&u->warm, 0))
		(void)vbuf_fetch_add_relaxed_(&m->control_->warm, SIZE_MAX);
}

void
vbuf_slotmap_set_free(struct vbuf_slotmap *m, size_t word, uint64_t bits)
{
	struct vbuf_slotmap_control *c = m->control_;
	/* [free] pairs with [take]: the slots are as they were left. */
	uint64_t before = vbuf_fetch_or_release_(&m->free_[word], bits);

	if (before == 0)
		mark(m, 1, word);
	if ((before | bits) != VBUF_SLOTMAP_ALL || before == VBUF_SLOTMAP_ALL)
		return;
	struct vbuf_slotmap_unit *u = unit_of(m, word);
	if (vbuf_fetch_add_relaxed_(&u->full, 1) + 1 != vbuf_slotmap_unit_size(m) / 64)
		return;
	if (!vbuf_exchange_relaxed_(&u->warm, 1))
		(void)vbuf_fetch_add_relaxed_(&c->warm, 1);
	vbuf_slotmap_unit_free(m, (size_t)(u - c->units));
}

void
vbuf_slotmap_put_back(struct vbuf_slotmap *m, size_t word)
{
	/* [free] pairs with [take]. */
	(void)vbuf_fetch_or_release_(&m->free_[word], VBUF_SLOTMAP_ALL);
	mark(m, 1, word); /* somebody may have found it empty meanwhile */
}

static uint64_t
take_word(struct vbuf_slotmap *m, size_t word)
{
	/* [take] pairs with [free]. */
	uint64_t bits = vbuf_exchange_acquire_(&m->free_[word], 0);

	unmark(m, 1, word);
	if (bits != VBUF_SLOTMAP_ALL)
		return bits;
	struct vbuf_slotmap_unit *u = unit_of(m, word);
	(void)vbuf_fetch_add_relaxed_(&u->full, UINT32_MAX);
	vbuf_slotmap_not_warm(m, u);
	if (vbuf_load_relaxed_(&u->purged))
		vbuf_store_relaxed_(&u->purged, 0); /* its pages will come again */
	return bits;
}

uint64_t
vbuf_slotmap_find_free(struct vbuf_slotmap *m, size_t *ret_word)
{
	uint64_t bits = 0;

	for (size_t word = 0; word < vbuf_slotmap_slots(m) / 64 && bits == 0; word++) {
		*ret_word = word;
		if (vbuf_load_relaxed_(&m->free_[word]))
			bits = take_word(m, word);
	}
	return bits;
}

uint64_t
vbuf_slotmap_take_free(struct vbuf_slotmap *m, size_t *ret_word)
{
	const struct vbuf_slotmap_control *c = m->control_;

	for (;;) {
		size_t word = 0;
		unsigned level = c->depth - 1;
		for (;; level--) {
			uint64_t bits = vbuf_load_relaxed_(&c->levels[level][word]);
			if (bits == 0)
				break;
			if (level == 0) {
				bits = take_word(m, word);
				*ret_word = word;
				if (bits != 0)
					return bits;
				break;
			}
			word = word * 64 + (size_t)__builtin_ctzll(bits);
		}
		if (level == c->depth - 1)
			return 0;
		unmark(m, level + 1, word); /* a bit that was set for nothing */
	}
}

void
vbuf_slotmap_push(struct vbuf_slotmap *m, struct vbuf_slotmap_cache *c, size_t i)
{
	uint64_t word = vbuf_load_relaxed_(&m->words_[i]);

	/* An end that a link could follow to i itself would make i look live. */
	vbuf_store_relaxed_(&m->words_[i],
	                    (word & ~m->mask_) | (c->hand.listed_ ? c->hand.list_ : m->mask_));
	c->hand.list_ = i;
	c->hand.listed_++;
}

void
vbuf_slotmap_flush(struct vbuf_slotmap *m, struct vbuf_slotmap_cache *c, size_t left)
{
	while (c->hand.listed_ > left) {
		size_t word = (size_t)c->hand.list_ / 64;
		uint64_t bits = 0;
		/* Neighbours were often retired one after the other. */
		for (; c->hand.listed_ > left && c->hand.list_ / 64 == word; c->hand.listed_--) {
			bits |= (uint64_t)1 << c->hand.list_ % 64;
			c->hand.list_ = vbuf_load_relaxed_(&m->words_[c->hand.list_]) & m->mask_;
		}
		vbuf_slotmap_set_free(m, word, bits);
	}
}

/* Fresh slots in hand become bits of their block. */
static void
unfresh(const struct vbuf_slotmap *m, struct vbuf_slotmap_cache *c)
{
	size_t left = (size_t)(c->hand.fresh_end_ - c->hand.fresh_);

	if (left == 0)
		return;
	c->base = (size_t)(c->hand.fresh_ & m->mask_) & ~(size_t)63;
	c->bits = VBUF_SLOTMAP_ALL << (64 - left);
	c->hand.fresh_ = c->hand.fresh_end_;
}

/* Making slots free can run destructors, where a purge destroys what was kept: they may
 * take slots in hand again. */
void
vbuf_slotmap_let_go(struct vbuf_slotmap *m, struct vbuf_slotmap_cache *c)
{
	while (!vbuf_slotmap_empty_handed(c)) {
		unfresh(m, c);
		size_t word = c->base / 64;
		uint64_t bits = c->bits;
		c->bits = 0;
		if (bits)
			vbuf_slotmap_set_free(m, word, bits);
		vbuf_slotmap_flush(m, c, 0);
	}
}
