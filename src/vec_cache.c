/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Warm reservations: what a vector leaves for the next one. Creating and destroying a
 * vector of 10^5 elements is all page faults and system calls; with a reservation
 * whose pages are there already, it is none.
 *
 * A slot holds a control block, or NULL. It is taken by one exchange and filled by one
 * compare-and-swap from NULL, so there is no ABA, no lock to hold across a fork, and
 * nothing to mend in the child, which has copies of the memory and of the slots.
 *
 * Setting the limit empties the slots, and a slot filled at that very moment is to be
 * noticed by one of the two. As all that is written to a slot is written by an exchange,
 * one of them comes first: either the emptying finds what was put there, or the putting
 * has acquired what the emptying released, and sees the limit.
 */
#include <string.h>

#include "atomic.h"
#include "vec.h"

#ifndef VBUF_VEC_SLOTS /* two are enough for the model checker */
#define VBUF_VEC_SLOTS 8
#endif
enum { SLOTS = VBUF_VEC_SLOTS };

static struct vbuf_vec_control *slots[SLOTS];

/* A hint of what the slot's vector was made of, so that no slot is emptied in vain. */
static size_t kinds[SLOTS];

static size_t limit = (size_t)1 << 20;

/* Written to by somebody whose it was no more: better lost than used. */
static struct vbuf_vec_control *
unless_spoilt(struct vbuf_vec_control *c)
{
	return c && c->mark == VBUF_VEC_MARK_CACHED ? c : NULL;
}

static struct vbuf_vec_control *
take(int slot)
{
	/* An exchange costs a locked instruction; most slots are empty most of the time. */
	if (!vbuf_load_relaxed_(&slots[slot]))
		return NULL;
	/* [take] pairs with [put]: the block is as its last owner left it. */
	return unless_spoilt(vbuf_exchange_acquire_(&slots[slot], NULL));
}

static size_t
kind_of(size_t elem_size, size_t elem_align)
{
	return elem_size * 31 + elem_align;
}

bool
vbuf_vec_cache_take(struct vbuf *ret, size_t *ret_committed)
{
	for (int i = 0; i < SLOTS; i++) {
		struct vbuf_vec_control *c = take(i);
		if (c) {
			*ret_committed = c->committed;
			*ret = c->buf;
			return true;
		}
	}
	return false;
}

static bool
place(struct vbuf_vec_control *c)
{
	size_t kind = kind_of(c->elem_size, c->elem_align); /* it is not ours afterwards */

	for (int i = 0; i < SLOTS; i++) {
		struct vbuf_vec_control *none = NULL;
		if (vbuf_load_relaxed_(&slots[i]))
			continue;
		/* [put] pairs with [take], [empty], in both directions. */
		if (vbuf_cas_acq_rel_(&slots[i], &none, c)) {
			vbuf_store_relaxed_(&kinds[i], kind);
			return true;
		}
	}
	return false;
}

static int
empty(void)
{
	int err = VBUF_OK;

	for (int i = 0; i < SLOTS; i++) {
		/* [empty] pairs with [put], in both directions: the block is whole; and what is
		 * put after this is checked against the limit that was set before this. */
		struct vbuf_vec_control *c = unless_spoilt(vbuf_exchange_acq_rel_(&slots[i], NULL));
		if (!c)
			continue;
		struct vbuf buf = c->buf;
		int one = vbuf_unreserve(&buf);
		if (one != VBUF_OK) { /* it is as it was: back with it */
			err = one;
			(void)place(c);
		}
	}
	return err;
}

static bool
put(struct vbuf_vec_control *c)
{
	size_t size = c->committed - c->front;

	if (!place(c))
		return false;
	/* The limit may have been set, and the slots emptied for it, while we had this out:
	 * then [put] came after [empty], and we see it here. */
	if (size > vbuf_load_relaxed_(&limit))
		(void)empty();
	return true;
}

struct vbuf_vec_control *
vbuf_vec_cache_take_alike(size_t elem_size, size_t elem_align)
{
	for (int i = 0; i < SLOTS; i++) {
		struct vbuf_vec_control *c;
		if (vbuf_load_relaxed_(&kinds[i]) != kind_of(elem_size, elem_align) ||
		    (c = take(i)) == NULL)
			continue;
		if (c->defaults && c->elem_size == elem_size && c->elem_align == elem_align)
			return c;
		if (!put(c)) { /* all slots were filled meanwhile */
			struct vbuf buf = c->buf;
			(void)vbuf_unreserve(&buf);
		}
		return NULL;
	}
	return NULL;
}

static bool
has_room(void)
{
	for (int i = 0; i < SLOTS; i++)
		if (!vbuf_load_relaxed_(&slots[i]))
			return true;
	return false;
}

/* Where what the cache keeps of a reservation ends. */
static size_t
end_within_limit(const struct vbuf_vec_control *c)
{
	size_t most = vbuf_load_relaxed_(&limit), all = c->buf.size - c->front;

	return c->front + vbuf_align_down(most < all ? most : all, vbuf_page_size());
}

bool
vbuf_vec_cache_put(struct vbuf_vec_control *c)
{
	size_t end = end_within_limit(c);

	if (end < c->offset || !has_room() || vbuf_vec_decommit(c, end) != VBUF_OK)
		return false;
	c->mark = VBUF_VEC_MARK_CACHED;
	if (put(c))
		return true;
	c->mark = VBUF_VEC_MARK;
	return false;
}

int
vbuf_vec_cache_trim(void)
{
	return empty();
}

bool
vbuf_vec_cache_drain(void)
{
	bool any = false;

	for (int i = 0; i < SLOTS; i++)
		any = any || vbuf_load_relaxed_(&slots[i]);
	(void)empty();
	return any;
}

int
vbuf_vec_cache_limit(size_t bytes)
{
	vbuf_store_relaxed_(&limit, bytes); /* [empty] passes it on */
	return empty();
}

int
vbuf_vec_cache_get_stats(struct vbuf_vec_cache *ret, size_t ret_size)
{
	if (!ret || ret_size < sizeof *ret)
		return VBUF_EINVAL;
	memset(ret, 0, ret_size);
	ret->limit = vbuf_load_relaxed_(&limit);
	ret->slots = SLOTS;
	for (int i = 0; i < SLOTS; i++)
		ret->used += vbuf_load_relaxed_(&slots[i]) != NULL;
	return VBUF_OK;
}
