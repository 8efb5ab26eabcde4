/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The life of a vector: its reservation, what it is made of, its end. */
#include "vec.h"

#include "options.h"
#include "poison.h"

/* What the elements are aligned to at least: a cache line. */
enum { LEAST_ALIGN = 64 };

/*
 * The part of a vector that is on small pages, if it begins small. As a huge page costs
 * as much as 65 small ones (to fill with zeros, and one fault), less would be faster
 * for those that get past it; but this is also memory: 2 MiB at once.
 */
static const size_t SMALL_PART = (size_t)1 << 20;

/* Less than this is no default at all. */
static const size_t LEAST_RESERVATION = (size_t)64 << 10;

/* A build for an emulator that has a note on each page sets less: see tools/cross/. */
#ifndef VBUF_VEC_RESERVATION
#define VBUF_VEC_RESERVATION (sizeof(size_t) == 8 ? UINT64_C(16) << 30 : UINT64_C(64) << 20)
#endif

static size_t
default_reservation(void)
{
	return (size_t)VBUF_VEC_RESERVATION;
}

static bool
valid_growth(const struct vbuf_vec_options *o)
{
	switch (o->growth) {
	case VBUF_VEC_GROW_DEFAULT:
		return o->growth_num == 0 && o->growth_den == 0;
	case VBUF_VEC_GROW_EXPONENTIAL:
		return o->growth_den > 0 && o->growth_num > o->growth_den &&
		       o->growth_num <= UINT32_MAX;
	case VBUF_VEC_GROW_LINEAR:
		return o->growth_num > 0 && o->growth_den == 0;
	default:
		return false;
	}
}

static bool
valid_options(const struct vbuf_vec_options *o)
{
	size_t header_align = vbuf_larger(o->header_align, 1);

	return valid_growth(o) && (o->align == 0 || vbuf_is_power_of_two(o->align)) &&
	       vbuf_is_power_of_two(header_align) && o->header_size % header_align == 0 &&
	       (o->max == 0 || o->initial <= o->max) &&
	       (unsigned)o->shrink <= VBUF_VEC_SHRINK_NEVER &&
	       (unsigned)o->recycle <= VBUF_VEC_RECYCLE_NEVER &&
	       (unsigned)o->huge <= VBUF_HUGE_NEVER && (unsigned)o->fork <= VBUF_FORK_WIPE &&
	       vbuf_is_zero(o->zero_, sizeof o->zero_);
}

/* What element 0 is aligned to: then the header, whose size is a multiple of its
 * alignment, is aligned, too. */
static size_t
alignment(size_t elem_align, const struct vbuf_vec_options *o)
{
	return vbuf_larger(vbuf_larger(elem_align, o->align),
	                   vbuf_larger(o->header_align, LEAST_ALIGN));
}

/* Does the reservation have nothing that another vector would not want? */
static bool
is_plain(size_t align, const struct vbuf_vec_options *o)
{
	return o->recycle == VBUF_VEC_RECYCLE_DEFAULT && o->max == 0 && align <= vbuf_page_size() &&
	       o->header_size == 0 && o->huge == VBUF_HUGE_DEFAULT && o->name == NULL &&
	       o->fork == VBUF_FORK_INHERIT && !o->no_dump;
}

static bool
is_short(int err)
{
	return err == VBUF_ENOADDR || err == VBUF_ERLIMIT || err == VBUF_EMAPS;
}

static int
reserve_default(struct vbuf *ret, struct vbuf_options *o)
{
	size_t size = default_reservation();
	int err = vbuf_reserve(ret, size, o);

	if (is_short(err) && vbuf_vec_cache_drain()) /* addresses that nobody uses */
		err = vbuf_reserve(ret, size, o);
	while ((err == VBUF_ENOADDR || err == VBUF_ERLIMIT || err == VBUF_ELOCKED) &&
	       size / 16 >= vbuf_larger(o->align, LEAST_RESERVATION)) {
		size /= 4;
		err = vbuf_reserve(ret, size, o);
	}
	if (err != VBUF_OK || size == default_reservation())
		return err;
	/* That much there is; take a quarter, for the rest of the program needs some. */
	if (vbuf_unreserve(ret) != VBUF_OK) /* what cannot be given back is kept */
		return VBUF_OK;
	return vbuf_reserve(ret, size / 4, o);
}

/* Bytes before the control block, so that what is behind the small part is whole huge
 * pages. None for a vector that begins large, nor for one that never will be. */
static size_t
room_before(const struct vbuf_vec_control *c, size_t n)
{
	const struct vbuf_vec_options *o = &c->options;

	if (!c->huge || c->unit <= SMALL_PART)
		return 0;
	if (n >= c->unit / c->elem_size || (o->max && o->max <= c->unit / c->elem_size))
		return 0;
	return c->unit - SMALL_PART;
}

/* Everything in the block but what belongs to the memory: buf and committed. */
static int
lay_out(struct vbuf_vec_control *c, size_t elem_size, size_t elem_align,
        const struct vbuf_vec_options *o, size_t n)
{
	size_t page = vbuf_page_size();
	size_t align = alignment(elem_align, o);
	size_t block = sizeof *c + _Alignof(struct vbuf_vec_control), before = block;

	if (o->header_size > SIZE_MAX / 2 || align > SIZE_MAX / 4)
		return VBUF_ERANGE;
	c->mark = VBUF_VEC_MARK;
	c->elem_size = elem_size;
	c->elem_align = elem_align;
	c->max = o->max;
	c->options = *o;
	c->huge = vbuf_grows_by_huge_pages(o->huge);
	c->unit = vbuf_unit(o->huge);
	before += room_before(c, n);
	c->offset = vbuf_align_up(before + o->header_size, align);
	if (c->offset == SIZE_MAX)
		return VBUF_ERANGE;
	c->front = vbuf_align_down(c->offset - o->header_size - block, page);
	c->small_end = vbuf_align_down(c->front, c->unit) + c->unit;
	c->recyclable = is_plain(align, o) && n < c->unit / c->elem_size;
	return VBUF_OK;
}

static int
reserve_for(struct vbuf_vec_control *c)
{
	const struct vbuf_vec_options *o = &c->options;
	size_t page = vbuf_page_size();
	struct vbuf_options options = {
		.size = sizeof options,
		.align = vbuf_larger(alignment(c->elem_align, o), page),
		.name = o->name,
		.huge = vbuf_huge_policy(o->huge),
		.fork = o->fork,
		.no_dump = o->no_dump,
	};

	if (o->max == 0)
		return reserve_default(&c->buf, &options);
	if (o->max > (SIZE_MAX - c->offset) / c->elem_size)
		return VBUF_ERANGE;
	size_t size = vbuf_align_up(c->offset + o->max * c->elem_size, page);
	return size == SIZE_MAX ? VBUF_ERANGE : vbuf_reserve(&c->buf, size, &options);
}

/* Where the block goes: right before the header. */
static struct vbuf_vec_control *
place_of(const struct vbuf_vec_control *c)
{
	size_t at = c->offset - c->options.header_size - sizeof *c;

	return (struct vbuf_vec_control *)(void *)(c->buf.base +
	                                           vbuf_align_down(
							   at, _Alignof(struct vbuf_vec_control)));
}

/* While there is a vector, what is reachable from its elements is no leak. Not from
 * those that are poisoned, nor from what lies in the cache. */
static void
add_root(const struct vbuf_vec_control *c)
{
	vbuf_root_add(c->buf.base + c->front, c->buf.size - c->front);
}

static void
remove_root(const struct vbuf_vec_control *c)
{
	vbuf_root_remove(c->buf.base + c->front, c->buf.size - c->front);
}

/* A vector of a type of which one has just ended: nothing is to be laid out. */
static bool
revive(struct vbuf_vec *ret, size_t elem_size, size_t elem_align)
{
	struct vbuf_vec_control *c = vbuf_vec_cache_take_alike(elem_size, elem_align);

	if (!c)
		return false;
	c->floor = 0;
	c->given = 0;
	c->regret = 0; /* the last owner's, and the first commit sets bounds by it */
	if (vbuf_vec_first_commit(c, 0) != VBUF_OK) {
		struct vbuf buf = c->buf;
		(void)vbuf_unreserve(&buf);
		return false;
	}
	c->mark = VBUF_VEC_MARK;
	c->shown = c->hidden = c->committed;
	ret->data = c->buf.base + c->offset;
	ret->control_ = c;
	add_root(c);
	vbuf_vec_settle(ret);
	return true;
}

int
vbuf_vec_init(struct vbuf_vec *ret, size_t elem_size, size_t elem_align,
              const struct vbuf_vec_options *options)
{
	return vbuf_vec_init_for(ret, elem_size, elem_align, options, 0);
}

static int
init_anew(struct vbuf_vec *ret, size_t elem_size, size_t elem_align,
          const struct vbuf_vec_options *options, size_t n)
{
	struct vbuf_vec_options o;
	struct vbuf_vec_control c = { 0 };

	int err = vbuf_read_options(options, sizeof o, &o);
	if (err)
		return err;
	if (elem_size == 0 || !vbuf_is_power_of_two(elem_align) || !valid_options(&o))
		return VBUF_EINVAL;
	err = lay_out(&c, elem_size, elem_align, &o, vbuf_larger(n, o.initial));
	if (err)
		return err;
	if (!c.recyclable || !vbuf_vec_cache_take(&c.buf, &c.committed)) {
		c.committed = c.front;
		err = reserve_for(&c);
		if (is_short(err) && vbuf_vec_cache_drain())
			err = reserve_for(&c);
		if (err)
			return err;
		if (c.buf.size != default_reservation()) /* the next may find more */
			c.recyclable = false;
		if (c.buf.size < 8 * c.unit) { /* addresses are short: none are for nothing */
			err = lay_out(&c, elem_size, elem_align, &o, SIZE_MAX);
			c.committed = c.front;
		}
	}
	if (o.max == 0)
		c.max = c.buf.size > c.offset ? (c.buf.size - c.offset) / elem_size : 0;
	if (err == VBUF_OK && (o.initial > c.max || c.max == 0))
		err = VBUF_ERANGE;
	if (err == VBUF_OK)
		err = vbuf_vec_first_commit(&c, vbuf_larger(o.initial, n < c.max ? n : 0));
	if (err) {
		(void)vbuf_unreserve(&c.buf);
		return err;
	}
	c.floor = o.initial;
	c.defaults = !options;
	c.shown = c.hidden = c.committed;
	struct vbuf_vec_control *place = place_of(&c);
	*place = c;
	/* The header is zero: its pages are new, as none in the cache had one. */
	ret->data = c.buf.base + c.offset;
	ret->control_ = place;
	add_root(place);
	vbuf_vec_settle(ret);
	return VBUF_OK;
}

int
vbuf_vec_init_for(struct vbuf_vec *ret, size_t elem_size, size_t elem_align,
                  const struct vbuf_vec_options *options, size_t n)
{
	if (!ret)
		return VBUF_EINVAL;
	*ret = (struct vbuf_vec){ 0 };
	if (!options && n <= SMALL_PART / vbuf_larger(elem_size, 1) &&
	    revive(ret, elem_size, elem_align))
		return VBUF_OK;
	return init_anew(ret, elem_size, elem_align, options, n);
}

int
vbuf_vec_fini(struct vbuf_vec *v)
{
	if (!v || !v->control_)
		return VBUF_OK;
	struct vbuf_vec_control *c = v->control_;
	if (c->mark != VBUF_VEC_MARK) /* a copy has ended it, or it was taken out */
		return VBUF_EINVAL;
	if (c->ahead)
		return VBUF_EBUSY;
	vbuf_vec_destroy(v, 0, v->len);
	v->len = 0;
	vbuf_vec_show_all(c);
	remove_root(c);
	if (!c->recyclable || c->frozen || !vbuf_vec_cache_put(c)) {
		struct vbuf buf = c->buf; /* out of the memory that goes */
		int err = vbuf_unreserve(&buf);
		if (err) {
			add_root(c);
			vbuf_vec_settle(v);
			return err;
		}
	}
	*v = (struct vbuf_vec){ 0 };
	return VBUF_OK;
}

void
vbuf_vec_settle(struct vbuf_vec *v)
{
	struct vbuf_vec_control *c = v->control_;

	v->limit_ = vbuf_vec_committed(c);
	v->low_ = c->low;
	if (c->frozen || vbuf_poison_active()) { /* nothing is inline */
		v->limit_ = v->len;
		v->low_ = SIZE_MAX;
	}
	if (!c->frozen) {
		vbuf_vec_show(c, vbuf_vec_end(c, v->len));
	} else if (vbuf_poison_active()) {
		/* Nothing changes any more, but Valgrind takes the protecting of pages for
		 * their making. */
		vbuf_poison(c->buf.base + c->shown, c->hidden - c->shown);
	}
	if (c->ahead && !vbuf_poison_active()) {
		/* What the worker adds may change the bound of pop behind our back. */
		v->low_ = SIZE_MAX;
		/* soon enough to tell the worker where we are */
		size_t soon = c->unit / c->elem_size + 1;
		if (v->limit_ - v->len > soon)
			v->limit_ = v->len + soon;
	}
}

/* Only what changes is told: a push costs the same however long the vector is, and
 * Valgrind would take elements that are shown anew for never written. */
void
vbuf_vec_show(struct vbuf_vec_control *c, size_t end)
{
	unsigned char *base = c->buf.base;

	if (!vbuf_poison_active())
		return;
	if (c->hidden < c->committed)
		vbuf_poison(base + c->hidden, c->committed - c->hidden);
	c->hidden = c->committed;
	if (end > c->shown)
		vbuf_unpoison(base + c->shown, end - c->shown);
	else if (end < c->shown)
		vbuf_poison(base + end, c->shown - end);
	c->shown = end;
}

void
vbuf_vec_show_all(struct vbuf_vec_control *c)
{
	if (!vbuf_poison_active())
		return;
	vbuf_unpoison(c->buf.base + c->shown, c->hidden - c->shown);
	if (!c->frozen)
		c->shown = c->hidden = c->committed;
}

void
vbuf_vec_destroy(struct vbuf_vec *v, size_t i, size_t n)
{
	const struct vbuf_vec_options *o = v->control_ ? &v->control_->options : NULL;

	if (o && o->destroy)
		for (size_t k = i; k < i + n; k++)
			o->destroy(vbuf_vec_element(v, k), o->destroy_arg);
}

int
vbuf_vec_freeze(struct vbuf_vec *v)
{
	int err = vbuf_vec_check(v);

	if (err != VBUF_OK)
		return err;
	if (!v->control_)
		return VBUF_EINVAL;
	struct vbuf_vec_control *c = v->control_;
	if (c->ahead)
		return VBUF_EBUSY;
	struct vbuf buf = c->buf; /* the one inside is about to be read-only, too */
	c->frozen = true;
	err = vbuf_freeze(&buf, c->front, c->committed - c->front);
	if (err != VBUF_OK) {
		/* Some pages may be read-only already, that of the block among them. */
		if (vbuf_commit(&buf, c->front, c->committed - c->front) == VBUF_OK)
			c->frozen = false;
	}
	vbuf_vec_settle(v);
	return err;
}

int
vbuf_vec_detach(struct vbuf_vec *v, struct vbuf *ret, size_t *ret_offset)
{
	if (ret)
		*ret = (struct vbuf){ 0 };
	if (ret_offset)
		*ret_offset = 0;
	int err = vbuf_vec_check(v);
	if (err != VBUF_OK)
		return err;
	if (!ret || !ret_offset || !v->control_)
		return VBUF_EINVAL;
	struct vbuf_vec_control *c = v->control_;
	if (c->ahead)
		return VBUF_EBUSY;
	vbuf_vec_show_all(c);
	remove_root(c);
	c->mark = VBUF_VEC_MARK_DETACHED;
	c->recyclable = false; /* who knows what is done to it meanwhile */
	*ret = c->buf;
	ret->owner_ = c; /* where adopt finds it */
	*ret_offset = c->offset;
	*v = (struct vbuf_vec){ 0 };
	return VBUF_OK;
}

int
vbuf_vec_adopt_(struct vbuf_vec *ret, size_t elem_size, size_t elem_align, struct vbuf *buffer,
                size_t offset, size_t len)
{
	if (!ret)
		return VBUF_EINVAL;
	*ret = (struct vbuf_vec){ 0 };
	if (!buffer || offset > buffer->size || offset < sizeof(struct vbuf_vec_control))
		return VBUF_EINVAL;

	struct vbuf_vec_control *c = buffer->owner_;
	uintptr_t at = (uintptr_t)c - (uintptr_t)buffer->base;
	if (at > offset - sizeof *c || at % _Alignof(struct vbuf_vec_control) != 0 ||
	    c->mark != VBUF_VEC_MARK_DETACHED || c->offset != offset || c->buf.base != buffer->base)
		return VBUF_EINVAL;
	if (elem_size && (c->elem_size != elem_size || c->elem_align < elem_align))
		return VBUF_EINVAL;
	if (len > vbuf_vec_committed(c))
		return VBUF_ERANGE;
	c->mark = VBUF_VEC_MARK;
	c->buf = *buffer; /* its NUMA policy may be another */
	c->buf.owner_ = NULL;
	ret->data = buffer->base + offset;
	ret->len = len;
	ret->control_ = c;
	c->shown = c->hidden = c->committed;
	vbuf_forget(buffer);
	add_root(c);
	vbuf_vec_settle(ret);
	return VBUF_OK;
}

int
vbuf_vec_adopt(struct vbuf_vec *ret, struct vbuf *buffer, size_t offset, size_t len)
{
	return vbuf_vec_adopt_(ret, 0, 0, buffer, offset, len);
}
