/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Blocks of slots that are known to have nothing but elements: who iterates over one reads
 * the elements and not the word of each.
 *
 * The state of a block is a version, and in its low bits what is known of it: that it is
 * solid, or even that its handles are in a row, as each is the first in its slot. Who takes an
 * element out changes its word first, and then looks at the state. Who wants to know a block
 * for solid says so first, and then looks at the words. So one sees the other, and a version
 * that has gone makes the late one fail. A block with a slot that is free, or in anybody's
 * hand, is open: putting an element in changes nothing here.
 */
#ifndef VBUF_SRC_SLOTMAP_SOLID_H
#define VBUF_SRC_SLOTMAP_SOLID_H

#include <stdbool.h>
#include <stdint.h>

#include <vbuf/atomic.h>

enum { VBUF_SOLID_LOOKED_AT = 1, VBUF_SOLID = 2, VBUF_SOLID_IN_A_ROW = 3, VBUF_SOLID_BITS = 3 };

/* VBUF_SOLID or VBUF_SOLID_IN_A_ROW, or 0. */
static inline unsigned
vbuf_solid(const vbuf_atomic_u64_ *state)
{
	/* [solid] pairs with [found] and [open]: the words, and that they stay while who
	 * looks is pinned, as [look] does for one of them. */
	unsigned known = (unsigned)vbuf_load_seq_cst_(state) & VBUF_SOLID_BITS;

	return known & VBUF_SOLID ? known : 0;
}

/* An element of the block is out: its word has changed. */
static inline void
vbuf_solid_open(vbuf_atomic_u64_ *state)
{
	/* [broken] pairs with [begin]: this is seen to be looked at, or the word to be gone. */
	uint64_t known = vbuf_load_seq_cst_(state);

	while (__builtin_expect((known & VBUF_SOLID_BITS) != 0, 0))
		/* [open] pairs with [solid]: who pins after a scan does not find it solid. */
		if (vbuf_cas_seq_cst_(state, &known, (known | VBUF_SOLID_BITS) + 1))
			break;
}

/* Begin to look at the words; false if somebody else does. */
static inline bool
vbuf_solid_begin(vbuf_atomic_u64_ *state, uint64_t *ret_known)
{
	*ret_known = vbuf_load_relaxed_(state);
	if (*ret_known & VBUF_SOLID_BITS)
		return false;
	/* [begin] pairs with [broken]. */
	return vbuf_cas_seq_cst_(state, ret_known, *ret_known | VBUF_SOLID_LOOKED_AT);
}

/* What was found, unless an element has gone since. */
static inline void
vbuf_solid_end(vbuf_atomic_u64_ *state, uint64_t known, unsigned found)
{
	uint64_t mine = known | VBUF_SOLID_LOOKED_AT;

	/* [found] pairs with [solid]: the elements before the news of them. */
	(void)vbuf_cas_release_(state, &mine,
	                        found ? known | found : (known | VBUF_SOLID_BITS) + 1);
}

#endif
