/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* How a vector gets its memory, and gives it back. */
#include "poison.h"
#include "vec.h"

/* Committed at first: few calls for a small vector, little charge for many of them. */
static const size_t FIRST_COMMIT = (size_t)16 << 10;

/* Below this nothing goes back by itself: it is not worth the calls. */
static const size_t SHRINK_LEAST = (size_t)256 << 10;

/* So often a vector may take again what it gave back. After that it keeps what it has:
 * whatever it does, it does it again and again. */
static const unsigned char MOST_REGRET = 6;

/* Up to a whole page; for a large vector up to a whole huge page. */
static size_t
round_end(const struct vbuf_vec_control *c, size_t end)
{
	size_t step = end <= c->small_end ? vbuf_page_size() : c->unit;
	size_t rounded = vbuf_align_up(end, step);

	return rounded < c->buf.size ? rounded : c->buf.size;
}

static int
commit_to(struct vbuf_vec_control *c, size_t end)
{
	int err = VBUF_OK;

	if (end > c->committed)
		err = vbuf_commit(&c->buf, c->committed, end - c->committed);
	if (err == VBUF_OK && end > c->committed)
		c->committed = end;
	return err;
}

/* have * num / den, both below 2^32; SIZE_MAX when it is larger. */
static size_t
scaled(size_t have, uint64_t num, uint64_t den)
{
	uint64_t whole = have / den, rest = have % den;

	if (whole >= UINT64_MAX / num - 1)
		return SIZE_MAX;
	uint64_t n = whole * num + rest * num / den;
	return n < SIZE_MAX ? (size_t)n : SIZE_MAX;
}

/* The capacity that the growth option gives a vector whose own is used up. */
static size_t
grown(const struct vbuf_vec_control *c)
{
	const struct vbuf_vec_options *o = &c->options;
	size_t have = vbuf_vec_committed(c);
	size_t used = c->committed - c->offset;

	switch (o->growth) {
	case VBUF_VEC_GROW_EXPONENTIAL:
		return scaled(have, o->growth_num, o->growth_den);
	case VBUF_VEC_GROW_LINEAR:
		return o->growth_num > SIZE_MAX - have ? SIZE_MAX : have + o->growth_num;
	default:
		return have +
		       (used < c->unit ? used : vbuf_larger(used / 8, c->unit)) / c->elem_size;
	}
}

void
vbuf_vec_set_low(struct vbuf_vec_control *c)
{
	bool gives_back = c->options.shrink == VBUF_VEC_SHRINK_DEFAULT && c->regret < MOST_REGRET &&
	                  c->committed - c->offset > 2 * SHRINK_LEAST;
	unsigned shift = 2u + c->regret;
	size_t have = vbuf_vec_committed(c);

	/* Shrink below it: length < low is length < capacity / 4, also for few elements. */
	c->low = gives_back && have > 0 ? ((have - 1) >> shift) + 1 : 0;
}

void
vbuf_vec_has_grown(struct vbuf_vec_control *c, size_t committed_before)
{
	if (committed_before < c->given) {
		c->given = 0; /* once for each time, in however many steps it is taken */
		if (c->regret < MOST_REGRET)
			c->regret++;
	}
	vbuf_vec_set_low(c);
}

/* Let n elements fit, which is more than do; at most max. Exactly, or as it grows. */
static int
grow_to(struct vbuf_vec_control *c, size_t n, bool exactly)
{
	size_t end = round_end(c, vbuf_vec_end(c, n));
	size_t want = exactly ? n : grown(c);

	if (want > n) {
		size_t want_end = vbuf_vec_end(c, want < c->max ? want : c->max);
		/* By default the room beyond is bounded: round down what is not needed. */
		if (c->options.growth != VBUF_VEC_GROW_DEFAULT || want_end <= c->small_end)
			want_end = round_end(c, want_end);
		else
			want_end = vbuf_align_down(want_end, c->unit);
		end = vbuf_larger(end, want_end);
	}
	size_t before = c->committed;
	int err = commit_to(c, end);
	if (err != VBUF_OK) /* memory is short: then no more than must be */
		err = commit_to(c, vbuf_align_up(vbuf_vec_end(c, n), vbuf_page_size()));
	if (err != VBUF_OK)
		return err;
	vbuf_vec_has_grown(c, before);
	return VBUF_OK;
}

int
vbuf_vec_first_commit(struct vbuf_vec_control *c, size_t n)
{
	size_t end = vbuf_larger(vbuf_vec_end(c, n), c->front + FIRST_COMMIT);
	size_t before = c->committed;
	int err = commit_to(c, round_end(c, end));

	if (err != VBUF_OK) /* as grow_to() */
		err = commit_to(c, vbuf_align_up(vbuf_vec_end(c, n), vbuf_page_size()));
	c->low = 0; /* what another vector left is here to be used, not to be given back */
	if (err == VBUF_OK && c->committed > before)
		vbuf_vec_set_low(c);
	return err;
}

static int
reserve_in_all(struct vbuf_vec *v, size_t n, bool exactly)
{
	if (!v->control_) {
		struct vbuf_vec made;
		if (v->limit_ == 0)
			return VBUF_EINVAL; /* an empty engine vector: of what? */
		if (n == 0)
			return VBUF_OK;
		int err = vbuf_vec_init_for(&made, v->limit_, v->low_, NULL, n);
		if (err == VBUF_OK && (err = reserve_in_all(&made, n, exactly)) != VBUF_OK)
			(void)vbuf_vec_fini(&made);
		if (err == VBUF_OK)
			*v = made;
		return err;
	}
	struct vbuf_vec_control *c = v->control_;
	if (n > c->max)
		return VBUF_ERANGE;
	if (c->ahead)
		vbuf_vec_ahead_take(c);
	return n > vbuf_vec_committed(c) ? grow_to(c, n, exactly) : VBUF_OK;
}

int
vbuf_vec_room_(struct vbuf_vec *v, size_t n)
{
	int err = vbuf_vec_check(v);

	if (err == VBUF_OK && n > SIZE_MAX - v->len)
		err = VBUF_ERANGE;
	if (err == VBUF_OK)
		err = reserve_in_all(v, v->len + n, false);
	if (err != VBUF_OK || !v->control_) /* no room for nothing: still no vector */
		return err;
	/* Only what is about to be written: what is reserved the worker makes resident. */
	if (v->control_->ahead)
		vbuf_vec_ahead_tell(v->control_, vbuf_vec_end(v->control_, v->len + n));
	vbuf_vec_settle(v);
	if (vbuf_poison_active()) { /* for the caller, who writes before we hear of it */
		vbuf_vec_show(v->control_, vbuf_vec_end(v->control_, v->len + n));
		v->limit_ = v->len + n;
	}
	return VBUF_OK;
}

static int
reserve_and_settle(struct vbuf_vec *v, size_t n, bool exactly)
{
	int err = vbuf_vec_check(v);

	if (err == VBUF_OK)
		err = reserve_in_all(v, n, exactly);
	if (err == VBUF_OK && v->control_) {
		v->control_->floor = vbuf_larger(v->control_->floor, n);
		vbuf_vec_settle(v);
	}
	return err;
}

int
vbuf_vec_reserve(struct vbuf_vec *v, size_t n)
{
	return reserve_and_settle(v, n, false);
}

int
vbuf_vec_reserve_exact(struct vbuf_vec *v, size_t n)
{
	return reserve_and_settle(v, n, true);
}

int
vbuf_vec_prefault(struct vbuf_vec *v, size_t n)
{
	int err = vbuf_vec_reserve(v, n);

	if (err != VBUF_OK || !v->control_)
		return err;
	struct vbuf_vec_control *c = v->control_;
	size_t first = vbuf_align_down(vbuf_vec_end(c, v->len), vbuf_page_size());
	size_t end = vbuf_align_up(vbuf_vec_end(c, n), vbuf_page_size());
	return end > first ? vbuf_prefault(&c->buf, first, end - first, NULL) : VBUF_OK;
}

int
vbuf_vec_decommit(struct vbuf_vec_control *c, size_t end)
{
	if (end >= c->committed)
		return VBUF_OK;
	if (vbuf_poison_active() && c->hidden > end) { /* pages keep no poison for the next */
		size_t from = vbuf_larger(c->shown, end);
		vbuf_unpoison(c->buf.base + from, c->hidden - from);
		c->hidden = end;
		c->shown = c->shown < end ? c->shown : end;
	}
	int err = vbuf_decommit(&c->buf, end, c->committed - end);
	if (err == VBUF_OK || err == VBUF_ESYS) /* ESYS: gone, and the options will be mended */
		c->committed = end;
	return err;
}

/* Give back what lies behind the room for n elements, n at least the length. */
static int
decommit_behind(struct vbuf_vec *v, size_t n)
{
	struct vbuf_vec_control *c = v->control_;

	return vbuf_vec_decommit(
		c, round_end(c, vbuf_larger(vbuf_vec_end(c, n), c->front + FIRST_COMMIT)));
}

void
vbuf_vec_shrink_from(struct vbuf_vec *v, size_t len)
{
	struct vbuf_vec_control *c = v->control_;

	if (len >= c->low || c->ahead)
		return;
	size_t least = (SHRINK_LEAST - 1) / c->elem_size + 1;
	size_t keep = vbuf_larger(vbuf_larger(v->len, c->floor), least);
	keep = vbuf_larger(keep, 2 * len); /* len is at most a quarter of something */
	size_t before = c->committed;
	(void)decommit_behind(v, keep < c->max ? keep : c->max);
	if (c->committed < before)
		c->given = vbuf_larger(c->given, before);
	vbuf_vec_set_low(c);
	if (c->low > len) /* refused, or held up by the floor: not again at each call */
		c->low = len / 2;
}

int
vbuf_vec_shrink_to_fit(struct vbuf_vec *v)
{
	int err = vbuf_vec_check(v);

	if (err != VBUF_OK || !v->control_)
		return err;
	struct vbuf_vec_control *c = v->control_;
	if (c->ahead)
		return VBUF_EBUSY;
	err = decommit_behind(v, v->len);
	if (err == VBUF_OK) {
		c->floor = 0;
		c->given = 0;
		c->regret = 0;
		vbuf_vec_set_low(c);
	}
	vbuf_vec_settle(v);
	return err;
}
