/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/**
 * @file
 * The fast paths of the slotmap, for <vbuf/slotmap.h> and the library itself. Where the
 * compiler has no atomic builtins they are calls into the library.
 */
#ifndef VBUF_SLOTMAP_INLINE_H
#define VBUF_SLOTMAP_INLINE_H

#include <vbuf/slotmap_engine.h>

VBUF_BEGIN_DECLS

/** The pin did not cover the era in which the handle was looked up. Whether it does now,
 * and the handle still names the element. */
VBUF_NODISCARD VBUF_API bool vbuf_slotmap_cover_(const struct vbuf_slotmap *m,
                                                 struct vbuf_record *r, vbuf_handle h);

/** The next slots in use: side by side, or in the list; false: there are none. */
VBUF_NODISCARD VBUF_API bool vbuf_slotmap_more_(const struct vbuf_slotmap *m, struct vbuf_record *r,
                                                struct vbuf_slotmap_cursor *cursor,
                                                struct vbuf_slotmap_list *ret_list);

/** Take a slot, in a plain map too. */
VBUF_NODISCARD VBUF_API int vbuf_slotmap_claim_(struct vbuf_slotmap *m, struct vbuf_record *r,
                                                uint32_t tag, vbuf_handle *ret_handle);

/** Copy an element into a claimed slot; its birth too, where a claim does not note that. */
VBUF_API void vbuf_slotmap_fill_(struct vbuf_slotmap *m, vbuf_handle h, const void *element);

static inline struct vbuf_slotmap_fixed_
vbuf_slotmap_fixed_of_(const struct vbuf_slotmap *m)
{
	struct vbuf_slotmap_fixed_ f = { NULL, NULL, 0, NULL };

	if (m) {
		f.words_ = m->words_;
		f.values_ = m->values_;
		f.mask_ = m->mask_;
		f.era_ = m->era_;
	}
	return f;
}

#if VBUF_HAS_ATOMICS_

static inline void *
vbuf_slotmap_slot_(const struct vbuf_slotmap *m, vbuf_handle h, size_t elem_size)
{
	return m->values_ + VBUF_CAST_(size_t, h & m->mask_) * elem_size;
}

/* Inserting is more than to write into a slot in hand: that is for vbuf_slotmap_fill_(). */
static inline bool
vbuf_slotmap_by_call_(const struct vbuf_slotmap *m)
{
	return __builtin_expect(m->by_call_, 0);
}

static inline void
vbuf_slotmap_publish_(struct vbuf_slotmap *m, vbuf_handle h)
{
	/* [publish] pairs with [look] and [retire]: element and birth before the handle. Who
	 * finds it reads an era no earlier than that birth. */
	vbuf_store_release_(&m->words_[h & m->mask_], h);
}

/* No later than the era of whoever finds the element, who finds its handle first. */
static inline void
vbuf_slotmap_note_birth_(const struct vbuf_slotmap *m, size_t i)
{
	vbuf_store_relaxed_(&m->births_[i], vbuf_load_relaxed_(m->era_));
}

/* Claim a slot that is in hand: one that was used a moment ago, whose lines are near; or
 * the next one of a block that nobody has used, with no look at its word. */
static inline int
vbuf_slotmap_take_slot_(struct vbuf_slotmap *m, struct vbuf_record *r, uint32_t tag,
                        vbuf_handle *ret_handle)
{
	if (__builtin_expect(!m || !r || !ret_handle || tag != 0 || r->domain_ != m->domain_ ||
	                             m->by_call_,
	                     0))
		return vbuf_slotmap_claim_(m, r, tag, ret_handle);
	struct vbuf_slotmap_hand_ *hand =
		VBUF_CAST_(struct vbuf_slotmap_hand_ *,
	                   VBUF_CAST_(void *, m->caches_ + r->index_ * VBUF_SLOTMAP_HAND_SIZE_));
	if (hand->listed_ > 0) {
		size_t i = VBUF_CAST_(size_t, hand->list_);
		uint64_t word = vbuf_load_relaxed_(&m->words_[i]);
		hand->list_ = word & m->mask_;
		hand->listed_--;
		vbuf_slotmap_note_birth_(m, i);
		*ret_handle = (word & m->gen_mask_) | m->map_tag_ | i;
	} else if (hand->fresh_ != hand->fresh_end_) {
		*ret_handle = hand->fresh_++;
	} else {
		return vbuf_slotmap_claim_(m, r, tag, ret_handle);
	}
	vbuf_store_relaxed_(&hand->live_, hand->live_ + 1);
	return VBUF_OK;
}

/* Whether the handle, of index i, names an element. */
static inline bool
vbuf_slotmap_hit_(const struct vbuf_slotmap *m, struct vbuf_slotmap_fixed_ f, size_t i,
                  vbuf_handle h)
{
	/* Else any index has a word, be it zero. */
	if (!VBUF_READS_UNCOMMITTED_ &&
	    /* [committed] pairs with [grown]: memory before the count. */
	    __builtin_expect(i >= vbuf_load_acquire_(&m->committed_), 0))
		return false;
	/* [look] pairs with [publish] and [retire]: see docs/design.md. */
	return vbuf_load_seq_cst_(&f.words_[i]) == h;
}

static inline void *
vbuf_slotmap_found_(struct vbuf_slotmap_fixed_ f, size_t i, size_t elem_size)
{
	unsigned char *found = f.values_ + i * elem_size;

	VBUF_ASSUME_(found != NULL);
	return found;
}

static inline void *
vbuf_slotmap_get_(const struct vbuf_slotmap *m, struct vbuf_slotmap_fixed_ f, struct vbuf_record *r,
                  vbuf_handle h, size_t elem_size)
{
	size_t i = VBUF_CAST_(size_t, h & f.mask_);

	if (__builtin_expect(!vbuf_slotmap_hit_(m, f, i, h), 0))
		return NULL;
	/* After [look], so not before the birth of what was found. */
	uint64_t era = vbuf_load_relaxed_(f.era_);
	if (__builtin_expect(era != r->hi_, 0) && !vbuf_slotmap_cover_(m, r, h))
		return NULL;
	return vbuf_slotmap_found_(f, i, elem_size);
}

static inline void
vbuf_slotmap_iter_init_(struct vbuf_slotmap_iter *ret, const struct vbuf_slotmap *m,
                        struct vbuf_record *r)
{
	ret->handle = 0;
	ret->m_ = m;
	ret->r_ = r;
	ret->fixed_ = vbuf_slotmap_fixed_of_(m);
	ret->at_value_ = NULL;
	ret->values_.value_ = ret->values_.last_ = NULL;
	ret->handles_.value_ = ret->handles_.last_ = NULL;
	ret->last_handle_ = 0;
	ret->cursor_.next_ = 0;
	ret->cursor_.end_ = r ? vbuf_slotmap_slots(m) : 0;
	ret->cursor_.some_ = 0;
	ret->cursor_.base_ = 0;
	ret->cursor_.at_ = ret->cursor_.stop_ = ret->cursor_.sure_ = 0;
	ret->cursor_.base_handle_ = 0;
	ret->cursor_.with_handles_ = false;
	ret->cursor_.listed_ = ret->cursor_.done_ = 0;
	ret->cursor_.dense_ = r && r->index_ != 0;
}

/* Where there is no slot at hand. What is slow gets copies: an iteration whose address nobody
 * has lives in registers. */
static inline __attribute__((always_inline)) bool
vbuf_slotmap_iter_more_(struct vbuf_slotmap_iter *it, bool with_handle, size_t elem_size)
{
	struct vbuf_slotmap_cursor cursor = it->cursor_;
	struct vbuf_slotmap_list list = { { 0 } };

	cursor.with_handles_ = with_handle;
	bool more = vbuf_slotmap_more_(it->m_, it->r_, &cursor, &list);

	it->cursor_ = cursor;
	if (more)
		it->at_value_ = it->fixed_.values_ + cursor.at_ * elem_size;
	if (cursor.listed_ > 0)
		it->list_ = list;
	return more;
}

/* Whether slot i has an element, or still has; then it->handle names it. */
static inline __attribute__((always_inline)) bool
vbuf_slotmap_iter_visit_(struct vbuf_slotmap_iter *it, size_t i, bool sure)
{
	/* [look] pairs with [publish] and [retire]. */
	uint64_t word = vbuf_load_seq_cst_(&it->fixed_.words_[i]);

	if (__builtin_expect((word & it->fixed_.mask_) != i, 0))
		return false;
	/* What the pin covers already has either gone or is what it was. */
	if (!sure && __builtin_expect(vbuf_load_relaxed_(it->fixed_.era_) != it->r_->hi_, 0) &&
	    !vbuf_slotmap_cover_(it->m_, it->r_, word))
		return false;
	it->handle = word;
	return true;
}

/* What is sure is a run of elements where their words need not be read: no handles are wanted,
 * or they are in a row. The slots up to sure_ become what comes next, */
static inline void
vbuf_slotmap_iter_to_run_(struct vbuf_slotmap_iter *it, struct vbuf_slotmap_run_ *run,
                          size_t elem_size)
{
	struct vbuf_slotmap_cursor *c = &it->cursor_;

	it->last_handle_ = c->base_handle_ + c->at_ - 1;
	run->value_ = it->at_value_ - elem_size;
	it->at_value_ += (c->sure_ - c->at_) * elem_size;
	run->last_ = it->at_value_ - elem_size;
	c->at_ = c->sure_;
}

/* and what is left of them slots again, for who goes on in the other way. */
static inline void
vbuf_slotmap_iter_to_slots_(struct vbuf_slotmap_iter *it, struct vbuf_slotmap_run_ *run,
                            size_t elem_size)
{
	size_t left = VBUF_CAST_(size_t, run->last_ - run->value_);

	it->at_value_ -= left;
	it->cursor_.at_ -= left / elem_size;
	run->last_ = run->value_;
}

static inline __attribute__((always_inline)) void *
vbuf_slotmap_iter_next_(struct vbuf_slotmap_iter *it, bool with_handle, size_t elem_size)
{
	struct vbuf_slotmap_cursor *c = &it->cursor_;
	struct vbuf_slotmap_run_ *run = with_handle ? &it->handles_ : &it->values_;
	struct vbuf_slotmap_run_ *other = with_handle ? &it->values_ : &it->handles_;
	bool found = false;

	do {
		if (!with_handle && __builtin_expect(run->value_ != run->last_, 1)) {
			run->value_ += elem_size;
			break;
		} else if (__builtin_expect(c->at_ < c->sure_, 1)) {
			run->value_ = run->last_ = it->at_value_;
			it->at_value_ += elem_size;
			found = vbuf_slotmap_iter_visit_(it, c->at_++, true);
		} else if (with_handle && __builtin_expect(run->value_ != run->last_, 1)) {
			run->value_ += elem_size;
			it->handle = ++it->last_handle_;
			break;
		} else if (c->done_ < c->listed_) {
			size_t i = c->base_ + it->list_.from_base_[c->done_++];
			run->value_ = run->last_ = it->fixed_.values_ + i * elem_size;
			found = vbuf_slotmap_iter_visit_(it, i, false);
		} else if (other->value_ != other->last_) {
			vbuf_slotmap_iter_to_slots_(it, other, elem_size);
		} else if (c->at_ < c->stop_) {
			run->value_ = run->last_ = it->at_value_;
			it->at_value_ += elem_size;
			found = vbuf_slotmap_iter_visit_(it, c->at_++, false);
		} else if (!vbuf_slotmap_iter_more_(it, with_handle, elem_size)) {
			return NULL;
		} else if (c->at_ < c->sure_ && (with_handle ? c->base_handle_ != 0 : c->dense_)) {
			vbuf_slotmap_iter_to_run_(it, run, elem_size);
		}
	} while (__builtin_expect(!found, 0));
	VBUF_ASSUME_(run->value_ != NULL);
	return run->value_;
}

#else

#define vbuf_slotmap_slot_(m, h, elem_size) vbuf_slotmap_slot((m), (h))
#define vbuf_slotmap_by_call_(m) true
#define vbuf_slotmap_publish_(m, h) vbuf_slotmap_publish((m), NULL, (h))
#define vbuf_slotmap_take_slot_ vbuf_slotmap_claim_
#define vbuf_slotmap_get_(m, f, r, h, elem_size) vbuf_slotmap_get((m), (r), (h))
#define vbuf_slotmap_iter_init_ vbuf_slotmap_iter_init
#define vbuf_slotmap_iter_next_(it, with_handle, elem_size) vbuf_slotmap_iter_next(it)
#define vbuf_pin_ vbuf_pin
#define vbuf_unpin_ vbuf_unpin

#endif

VBUF_END_DECLS

#endif
