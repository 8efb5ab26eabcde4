/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/**
 * @file
 * The fast paths of the concurrent vector, for <vbuf/cvec.h> and the library itself.
 * Where the compiler has no atomic builtins they are calls into the library.
 *
 * Claiming is one addition to the shared count: first add, then look whether there is
 * memory. Where there is none, and none can be had, the claim is taken back; see
 * docs/design.md for why no index is lost.
 */
#ifndef VBUF_CVEC_INLINE_H
#define VBUF_CVEC_INLINE_H

#include <vbuf/cvec_engine.h>

VBUF_BEGIN_DECLS

/** What an inline claim calls when memory is short, or was. */
VBUF_NODISCARD VBUF_API int vbuf_cvec_claim_slowly_(struct vbuf_cvec *v, size_t n,
                                                    size_t *ret_index);

/** What an inline claim calls when it has claimed [i, i + n) beyond what is open. */
VBUF_NODISCARD VBUF_API int vbuf_cvec_settle_claim_(struct vbuf_cvec *v, size_t i, size_t n);

/** What an inline appender calls when its block is used up. */
VBUF_NODISCARD VBUF_API int vbuf_cvec_appender_room_(struct vbuf_cvec_appender *a);

#if VBUF_HAS_ATOMICS_

/* Up to so many indices are claimed by an addition. More could, by many threads at
 * once, overflow the count. (A test makes it small.) */
#ifndef VBUF_CVEC_ADD_MAX_
#define VBUF_CVEC_ADD_MAX_ 4096
#endif

static inline int
vbuf_cvec_claim_(struct vbuf_cvec *v, size_t n, size_t *ret_index)
{
	/* [open] pairs with [opened]: memory is committed before it is open. */
	size_t open = vbuf_load_acquire_(&v->open_);

	if (__builtin_expect(open == 0 || n - 1 >= VBUF_CVEC_ADD_MAX_, 0))
		return vbuf_cvec_claim_slowly_(v, n, ret_index);
	size_t i = vbuf_fetch_add_relaxed_(&v->reserved_, n);
	*ret_index = i;
	if (__builtin_expect(i + n > open, 0))
		return vbuf_cvec_settle_claim_(v, i, n);
	return VBUF_OK;
}

static inline void
vbuf_cvec_publish_(struct vbuf_cvec *v, size_t i)
{
	/* [publish] pairs with [find]: the element is written before it is published. */
	vbuf_store_release_(&v->state_[i], VBUF_CAST_(unsigned char, VBUF_CVEC_PUBLISHED));
}

/* Is element i known to be there? Else ask the library. */
static inline bool
vbuf_cvec_seen_(const struct vbuf_cvec *v, size_t i)
{
	/* [seen] pairs with [advance]: whoever advanced the prefix found all before it. */
	return __builtin_expect(i < vbuf_load_acquire_(&v->prefix_), 1);
}

/* The same, and it was not abandoned. */
static inline bool
vbuf_cvec_seen_published_(const struct vbuf_cvec *v, size_t i)
{
	return vbuf_cvec_seen_(v, i) &&
	       vbuf_load_relaxed_(&v->state_[i]) == VBUF_CAST_(unsigned char, VBUF_CVEC_PUBLISHED);
}

#else

#define vbuf_cvec_claim_ vbuf_cvec_claim
#define vbuf_cvec_publish_(v, i) vbuf_cvec_publish((v), (i), 1)
#define vbuf_cvec_seen_(v, i) ((void)(v), (void)(i), false)
#define vbuf_cvec_seen_published_(v, i) vbuf_cvec_seen_(v, i)

#endif

VBUF_END_DECLS

#endif
