/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Prefaulting ahead of a vector that another thread fills. The two share two numbers,
 * a cache line apart: what the owner needs, and how far the worker has committed. The
 * worker commits and prefaults; the owner, when it needs room, first takes what is ready, and
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
		.ready_ = c->committed,
		/* Room that is committed already need not be resident. */
		.done_ = vbuf_align_down(end, vbuf_page_size()),
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
		size_t before = c->committed;
		c->committed = ready;
		vbuf_vec_has_grown(c, before);
	}
}

void
vbuf_vec_ahead_tell(struct vbuf_vec_control *c, size_t needed)
{
	/* No more than a number: what lies before it we have committed, and only we read
	 * what the worker calls ready; what lies behind it the worker commits itself. */
	if (needed > vbuf_load_relaxed_(&c->ahead->needed_))
		vbuf_store_relaxed_(&c->ahead->needed_, needed);
}

/* Let the distance be committed, long before it is used up: a commit would hold up the
 * owner's page faults, and the owner's own commit would wait for our prefault. */
static int
commit_ahead(struct vbuf_vec_ahead *a, size_t needed)
{
	struct vbuf_vec_control *c = a->control_;
	size_t from = vbuf_load_relaxed_(&a->ready_); /* our own */
	size_t last = c->buf.size;

	/* The owner has overtaken us, and committed what lies before. */
	if (from < needed)
		from = vbuf_align_down(needed, vbuf_page_size());
	if (from >= last || from - vbuf_align_down(needed, vbuf_page_size()) > a->distance_ / 2)
		return VBUF_OK;
	size_t end = needed + (last - needed < a->distance_ ? last - needed : a->distance_);
	end = vbuf_align_up(end, c->unit);
	if (end > last)
		end = last;
	if (end <= from)
		return VBUF_OK;
	int err = vbuf_commit(&c->buf, from, end - from);
	/* [done] pairs with [ready]. */
	if (err == VBUF_OK)
		vbuf_store_release_(&a->ready_, end);
	return err;
}

int
vbuf_vec_ahead_step(struct vbuf_vec_ahead *a)
{
	if (!a || !a->control_)
		return VBUF_EINVAL;
	struct vbuf_vec_control *c = a->control_;
	size_t needed = vbuf_load_relaxed_(&a->needed_);
	int short_of = commit_ahead(a, needed); /* no reason not to prefault what there is */
	size_t ready = vbuf_load_relaxed_(&a->ready_);

	/* Overtaken: the page that the owner is in it faults in by itself, which may be a
	 * huge one; we do the next. */
	size_t step = c->huge && a->distance_ > c->unit ? c->unit : vbuf_page_size();
	if (a->done_ < vbuf_align_down(needed, vbuf_page_size()))
		a->done_ = vbuf_align_up(needed, step);
	if (a->done_ >= ready || (a->done_ > needed && a->done_ - needed >= a->distance_))
		return short_of;
	size_t end = vbuf_align_down(a->done_, c->unit) + c->unit;
	if (end > ready)
		end = ready;
	int err = vbuf_prefault(&c->buf, a->done_, end - a->done_, NULL);
	if (err != VBUF_OK)
		return err;
	a->done_ = end;
	return short_of ? short_of : 1;
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
