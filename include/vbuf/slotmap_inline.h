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

/** The next block that has slots in use, and which those are; 0: there is none. */
VBUF_NODISCARD VBUF_API uint64_t vbuf_slotmap_block_(const struct vbuf_slotmap *m,
                                                     struct vbuf_record *r,
                                                     struct vbuf_slotmap_cursor *cursor);

/** Take a slot, in a plain map too. */
VBUF_NODISCARD VBUF_API int vbuf_slotmap_claim_(struct vbuf_slotmap *m, struct vbuf_record *r,
                                                uint32_t tag, vbuf_handle *ret_handle);

/** Copy an element into a claimed slot. */
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

/* An element is not just written into its slot: that is for vbuf_slotmap_fill_(). */
static inline bool
vbuf_slotmap_by_call_(const struct vbuf_slotmap *m)
{
	return __builtin_expect(m->by_call_, 0);
}

static inline void
vbuf_slotmap_publish_(struct vbuf_slotmap *m, vbuf_handle h)
{
	size_t i = VBUF_CAST_(size_t, h & m->mask_);

	/* Who finds the handle reads an era no earlier than this: [publish] sees to it. */
	vbuf_store_relaxed_(&m->births_[i], vbuf_load_relaxed_(m->era_));
	/* [publish] pairs with [look] and [retire]: element and birth before the handle. */
	vbuf_store_release_(&m->words_[i], h);
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
	ret->at_ = ret->stop_ = 0;
	ret->left_ = 0;
	ret->cursor_.next_ = 0;
	ret->cursor_.end_ = r ? vbuf_slotmap_slots(m) : 0;
	ret->cursor_.some_ = 0;
	ret->cursor_.base_ = 0;
	ret->cursor_.dense_ = r && r->index_ != 0;
	ret->cursor_.sure_ = 0;
}

/* Where there is no slot at hand: the next ones that lie side by side. What is slow gets
 * a copy: an iteration whose address nobody has lives in registers. */
static inline __attribute__((always_inline)) bool
vbuf_slotmap_iter_more_(struct vbuf_slotmap_iter *it)
{
	if (it->left_ == 0) {
		struct vbuf_slotmap_cursor copy = it->cursor_;
		it->left_ = vbuf_slotmap_block_(it->m_, it->r_, &copy);
		it->cursor_ = copy;
		if (it->left_ == 0)
			return false;
		if (it->cursor_.sure_ > 0) {
			it->at_ = it->cursor_.base_;
			it->stop_ = it->cursor_.sure_;
			it->left_ = 0;
			return true;
		}
	}
	unsigned k = VBUF_CAST_(unsigned, __builtin_ctzll(it->left_));
	uint64_t behind = it->left_ + (UINT64_C(1) << k); /* the run becomes a carry */
	it->at_ = it->cursor_.base_ + k;
	it->stop_ =
		it->cursor_.base_ + (behind ? VBUF_CAST_(unsigned, __builtin_ctzll(behind)) : 64);
	it->left_ &= behind;
	return true;
}

static inline __attribute__((always_inline)) void *
vbuf_slotmap_iter_next_(struct vbuf_slotmap_iter *it, bool with_handle, size_t elem_size)
{
	struct vbuf_slotmap_fixed_ f = it->fixed_;

	while (true) {
		if (!with_handle && __builtin_expect(it->at_ < it->cursor_.sure_, 1))
			return vbuf_slotmap_found_(f, it->at_++, elem_size);
		if (__builtin_expect(it->at_ >= it->stop_, 0)) {
			if (!vbuf_slotmap_iter_more_(it))
				return NULL;
			continue;
		}
		size_t i = it->at_++;
		/* [look] pairs with [publish] and [retire]. */
		uint64_t word = vbuf_load_seq_cst_(&f.words_[i]);
		if (__builtin_expect((word & f.mask_) != i, 0))
			continue;
		if (__builtin_expect(vbuf_load_relaxed_(f.era_) != it->r_->hi_, 0) &&
		    !vbuf_slotmap_cover_(it->m_, it->r_, word))
			continue;
		it->handle = word;
		return vbuf_slotmap_found_(f, i, elem_size);
	}
}

#else

#define vbuf_slotmap_slot_(m, h, elem_size) vbuf_slotmap_slot((m), (h))
#define vbuf_slotmap_by_call_(m) true
#define vbuf_slotmap_publish_(m, h) vbuf_slotmap_publish((m), NULL, (h))
#define vbuf_slotmap_get_(m, f, r, h, elem_size) vbuf_slotmap_get((m), (r), (h))
#define vbuf_slotmap_iter_init_ vbuf_slotmap_iter_init
#define vbuf_slotmap_iter_next_(it, with_handle, elem_size) vbuf_slotmap_iter_next(it)
#define vbuf_pin_ vbuf_pin
#define vbuf_unpin_ vbuf_unpin

#endif

VBUF_END_DECLS

#endif
