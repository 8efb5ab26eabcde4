/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Prefaulting ahead of a vector that another thread fills. The two share two numbers,
 * a cache line apart: what the owner needs, and how far the worker is. The worker
 * commits and prefaults; the owner, when it needs room, first takes what is ready, and
 * else commits for itself, over pages that the worker may be committing at the same
 * moment: both calls keep what is there, so the order does not matter.
 */
#include "atomic.h"
#include "vec.h"

_Static_assert(offsetof(struct vbuf_vec_ahead, ready_) == 120 + sizeof(size_t), "part of the ABI");

int
vbuf_vec_ahead_begin(struct vbuf_vec_ahead *a, struct vbuf_vec *v, size_t distance)
{
	int err = vbuf_vec_check(v);

	if (err != VBUF_OK)
		return err;
	if (!a || !v->control_ || distance == 0)
		return VBUF_EINVAL;
	struct vbuf_vec_control *c = v->control_;
	if (c->ahead)
		return VBUF_EBUSY;
	size_t end = vbuf_vec_end(c, v->len);
	*a = (struct vbuf_vec_ahead){
		.needed_ = end,
		/* Room that is committed already need not be resident. */
		.ready_ = vbuf_align_down(end, vbuf_page_size()),
		.distance_ = distance,
		.control_ = c,
	};
	c->ahead = a;
	vbuf_vec_settle(v);
	return VBUF_OK;
}

void
vbuf_vec_ahead_take(struct vbuf_vec_control *c)
{
	/* [ready] pairs with [done]: the pages up to it are committed. */
	size_t ready = vbuf_load_acquire_(&c->ahead->ready_);

	if (ready > c->committed) {
		c->committed = ready;
		vbuf_vec_set_low(c);
	}
}

void
vbuf_vec_ahead_tell(struct vbuf_vec_control *c, size_t needed)
{
	/* [need] pairs with [work]: the pages before it are committed, so the worker may
	 * go on from there and leave no gap in what it calls ready. */
	vbuf_store_release_(&c->ahead->needed_, needed);
}

int
vbuf_vec_ahead_step(struct vbuf_vec_ahead *a)
{
	if (!a || !a->control_)
		return VBUF_EINVAL;
	struct vbuf_vec_control *c = a->control_;
	/* [work] pairs with [need]. */
	size_t needed = vbuf_load_acquire_(&a->needed_);
	size_t from = vbuf_load_relaxed_(&a->ready_); /* our own */
	size_t last = c->buf.size;
	size_t page = vbuf_page_size();

	/* The owner has overtaken us: what it writes to now it faults in by itself. */
	if (from < vbuf_align_down(needed, page))
		from = vbuf_align_down(needed, page);
	if (from >= last || (from > needed && from - needed >= a->distance_))
		return 0;
	size_t end = vbuf_align_down(from, c->unit) + c->unit;
	if (end > last)
		end = last;
	int err = vbuf_commit(&c->buf, from, end - from);
	if (err == VBUF_OK)
		err = vbuf_prefault(&c->buf, from, end - from, NULL);
	if (err != VBUF_OK)
		return err;
	/* [done] pairs with [ready]. */
	vbuf_store_release_(&a->ready_, end);
	return 1;
}

int
vbuf_vec_ahead_end(struct vbuf_vec_ahead *a)
{
	if (!a || !a->control_)
		return VBUF_EINVAL;
	struct vbuf_vec_control *c = a->control_;
	vbuf_vec_ahead_take(c);
	c->ahead = NULL;
	a->control_ = NULL;
	return VBUF_OK;
}
