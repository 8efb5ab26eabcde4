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

/** The next block of an iteration that has elements; false: there is none. */
VBUF_NODISCARD VBUF_API bool vbuf_slotmap_iter_block_(struct vbuf_slotmap_iter *it,
                                                      bool with_handles);

/** Take a slot, in a plain map too. */
VBUF_NODISCARD VBUF_API int vbuf_slotmap_claim_(struct vbuf_slotmap *m, struct vbuf_record *r,
                                                uint32_t tag, vbuf_handle *ret_handle);

/** Copy an element into a slot of a plain map. */
VBUF_API void vbuf_slotmap_fill_(struct vbuf_slotmap *m, vbuf_handle h, const void *element);

#if VBUF_HAS_ATOMICS_

static inline void *
vbuf_slotmap_slot_(const struct vbuf_slotmap *m, vbuf_handle h, size_t elem_size)
{
	return m->values_ + (size_t)(h & m->mask_) * elem_size;
}

/* Fill the slot if the map is plain; true: it is not, and the caller is to do it. */
static inline bool
vbuf_slotmap_by_words_(struct vbuf_slotmap *m, vbuf_handle h, const void *element)
{
	if (__builtin_expect(!m->plain_, 1))
		return true;
	vbuf_slotmap_fill_(m, h, element);
	return false;
}

static inline void
vbuf_slotmap_publish_(struct vbuf_slotmap *m, vbuf_handle h)
{
	size_t i = (size_t)(h & m->mask_);

	/* Who finds the handle reads an era no earlier than this: [publish] sees to it. */
	vbuf_store_relaxed_(&m->births_[i], vbuf_load_relaxed_(m->era_));
	/* [publish] pairs with [look] and [retire]: element and birth before the handle. */
	vbuf_store_release_(&m->words_[i], h);
}

/* Whether the handle, of index i, names an element. */
static inline bool
vbuf_slotmap_hit_(const struct vbuf_slotmap *m, size_t i, vbuf_handle h)
{
	/* [committed] pairs with [grown]: memory before the count. */
	if (__builtin_expect(i >= vbuf_load_acquire_(&m->committed_), 0))
		return false;
	/* [look] pairs with [publish] and [retire]: see docs/design.md. */
	return vbuf_load_seq_cst_(&m->words_[i]) == h;
}

static inline void *
vbuf_slotmap_get_(const struct vbuf_slotmap *m, struct vbuf_record *r, vbuf_handle h,
                  size_t elem_size)
{
	size_t i = (size_t)(h & m->mask_);

	if (__builtin_expect(!vbuf_slotmap_hit_(m, i, h), 0))
		return NULL;
	/* After [look], so not before the birth of what was found. */
	uint64_t era = vbuf_load_relaxed_(r->era_);
	if (__builtin_expect(era != r->hi_, 0) && !vbuf_slotmap_cover_(m, r, h))
		return NULL;
	return m->values_ + i * elem_size;
}

static inline void *
vbuf_slotmap_iter_next_(struct vbuf_slotmap_iter *it, bool with_handles, size_t elem_size)
{
	if (__builtin_expect(it->left_ == 0, 0) && !vbuf_slotmap_iter_block_(it, with_handles))
		return NULL;
	unsigned k = (unsigned)__builtin_ctzll(it->left_);
	it->left_ &= it->left_ - 1;
	if (with_handles)
		it->handle = it->handles_[k];
	return it->m_->values_ + (it->base_ - 64 + k) * elem_size;
}

#else

#define vbuf_slotmap_slot_(m, h, elem_size) vbuf_slotmap_slot((m), (h))
#define vbuf_slotmap_by_words_(m, h, element) (vbuf_slotmap_fill_((m), (h), (element)), false)
#define vbuf_slotmap_publish_(m, h) vbuf_slotmap_publish((m), NULL, (h))
#define vbuf_slotmap_get_(m, r, h, elem_size) vbuf_slotmap_get((m), (r), (h))
#define vbuf_slotmap_iter_next_(it, with_handles, elem_size) vbuf_slotmap_iter_next(it)
#define vbuf_pin_ vbuf_pin
#define vbuf_unpin_ vbuf_unpin

#endif

VBUF_END_DECLS

#endif
