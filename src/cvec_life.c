/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The concurrent vector: its reservation, its growth, its end. */
#include <string.h>

#include <vbuf/cvec_inline.h>

#include "core.h"
#include "cvec.h"
#include "options.h"
#include "poison.h"
#include "units.h"

static const size_t FIRST_COMMIT = (size_t)64 << 10;

/* Smaller than this is sooner wiped than given back. */
static const size_t PURGE_LEAST = (size_t)256 << 10;

static bool
valid_options(const struct vbuf_cvec_options *o)
{
	size_t header_align = vbuf_larger(o->header_align, 1);

	return o->max > 0 && o->initial <= o->max &&
	       (o->align == 0 || vbuf_is_power_of_two(o->align)) &&
	       vbuf_is_power_of_two(header_align) && o->header_size % header_align == 0 &&
	       (unsigned)o->huge <= VBUF_HUGE_NEVER && (unsigned)o->fork <= VBUF_FORK_WIPE &&
	       vbuf_is_zero(o->zero_, sizeof o->zero_);
}

/* Of element 0, and as its offset is a multiple of it, of the reservation too. */
static size_t
alignment_of(const struct vbuf_cvec_options *o, size_t elem_align)
{
	return vbuf_larger(vbuf_larger(elem_align, o->align),
	                   vbuf_larger(o->header_align, vbuf_page_size()));
}

/* For each at most; of each element a state. */
static const size_t SMALL_ELEMENTS = (size_t)1 << 20, SMALL_STATES = (size_t)512 << 10;

/* A region from so far on, or a little behind: where it may be large, its small part is the
 * end of a huge page. A huge page that is committed in part is so many small ones. */
static struct vbuf_cvec_region
region_from(const struct vbuf_cvec_control *c, size_t from, size_t align, size_t size, size_t each,
            size_t small)
{
	size_t step = vbuf_page_size();

	if (!vbuf_grows_by_huge_pages(c->options.huge) || c->options.max * each / 4 < c->unit) {
		small = c->unit - 1;
		from = vbuf_align_up(from, align);
	} else {
		step = c->unit;
		if (c->options.initial * each > small) /* it is known to become large */
			small = 0;
		/* One that is aligned to more begins with a huge page in part. */
		size_t before = align > small ? 0 : small;
		from = vbuf_align_up(from + before, vbuf_larger(align, step)) - before;
	}
	return (struct vbuf_cvec_region){ from, vbuf_align_up(from + size, step), small };
}

/* The pages of the struct, of the states, of the header and elements, one behind the
 * other; the size of it all, or SIZE_MAX. */
static size_t
lay_out(struct vbuf_cvec_control *c, size_t elem_size, size_t align)
{
	const struct vbuf_cvec_options *o = &c->options;
	size_t page = vbuf_page_size();

	/* So the sums cannot overflow. */
	if (o->max > SIZE_MAX / 4 || o->header_size > SIZE_MAX / 8 || align > SIZE_MAX / 8 ||
	    elem_size > SIZE_MAX / 4 / o->max)
		return SIZE_MAX;
	c->head = vbuf_align_up(sizeof(struct vbuf_cvec) + sizeof *c + (o->fill ? elem_size : 0),
	                        page);
	c->states = region_from(c, c->head, page, o->max, 1, SMALL_STATES);
	c->elements = region_from(c, c->states.end + o->header_size, align, o->max * elem_size,
	                          elem_size, SMALL_ELEMENTS);
	return c->elements.end;
}

/* The page that the header begins in: it shares none with the states. */
static size_t
front_of(const struct vbuf_cvec_control *c)
{
	return vbuf_align_down(c->elements.first - c->options.header_size, vbuf_page_size());
}

int
vbuf_cvec_create(struct vbuf_cvec **ret, size_t elem_size, size_t elem_align,
                 const struct vbuf_cvec_options *options)
{
	struct vbuf_cvec_control c = { 0 };

	if (!ret)
		return VBUF_EINVAL;
	*ret = NULL;
	int err = vbuf_read_options(options, sizeof c.options, &c.options);
	if (err != VBUF_OK)
		return err;
	if (elem_size == 0 || !vbuf_is_power_of_two(elem_align) || !valid_options(&c.options))
		return VBUF_EINVAL;
	size_t align = alignment_of(&c.options, elem_align);
	c.unit = vbuf_unit(c.options.huge);
	size_t size = lay_out(&c, elem_size, align);
	if (size == SIZE_MAX)
		return VBUF_ERANGE;
	struct vbuf_options o = {
		.size = sizeof o,
		.align = align,
		.name = c.options.name,
		.huge = vbuf_huge_policy(c.options.huge),
		.fork = c.options.fork,
		.no_dump = c.options.no_dump,
	};
	err = vbuf_reserve(&c.buf, size, &o);
	if (err == VBUF_OK)
		err = vbuf_commit(&c.buf, 0, c.head);
	size_t front = front_of(&c);
	if (err == VBUF_OK && front < c.elements.first) /* the header's own pages */
		err = vbuf_commit(&c.buf, front, c.elements.first - front);
	if (err != VBUF_OK) {
		(void)vbuf_unreserve(&c.buf);
		return err;
	}

	struct vbuf_cvec *v = (struct vbuf_cvec *)(void *)c.buf.base;
	struct vbuf_cvec_control *control = (struct vbuf_cvec_control *)(void *)(v + 1);
	*control = c;
	if (c.options.fill)
		control->options.fill = memcpy(control + 1, c.options.fill, elem_size);
	v->data_ = c.buf.base + c.elements.first;
	v->state_ = c.buf.base + c.states.first;
	v->elem_size_ = elem_size;
	v->max_ = c.options.max;
	v->control_ = control;
	err = vbuf_cvec_grow_to(v, vbuf_larger(c.options.initial, 1), false);
	if (err != VBUF_OK) {
		(void)vbuf_unreserve(&c.buf);
		return err;
	}
	vbuf_root_add(c.buf.base + front, c.buf.size - front);
	*ret = v;
	return VBUF_OK;
}

/* How far what n elements of a size take in a region is committed: whole pages, and whole
 * huge pages where there is much. */
static size_t
region_end(const struct vbuf_cvec_control *c, const struct vbuf_cvec_region *g, size_t n,
           size_t size)
{
	size_t step = n * size <= g->small ? vbuf_page_size() : c->unit;

	return vbuf_smaller(vbuf_align_up(g->first + n * size, step), g->end);
}

/* What have elements take is committed; as overlapping commits are harmless, more may be. */
static int
commit_region(struct vbuf_cvec_control *c, const struct vbuf_cvec_region *g, size_t have, size_t n,
              size_t size)
{
	size_t from = region_end(c, g, have, size), end = region_end(c, g, n, size);

	return end > from ? vbuf_commit(&c->buf, from, end - from) : VBUF_OK;
}

/* What the vector grows by, as the options say. */
static size_t
growth(const struct vbuf_cvec *v, size_t have)
{
	const struct vbuf_cvec_control *c = v->control_;
	size_t used = have * v->elem_size_;

	if (c->options.growth)
		return c->options.growth;
	if (used < c->unit)
		return vbuf_larger(used, FIRST_COMMIT) / v->elem_size_;
	return vbuf_larger(used / 8, c->unit) / v->elem_size_;
}

/* The capacity to grow to from have, for at least n. */
static size_t
grown(const struct vbuf_cvec *v, size_t have, size_t n, bool exact)
{
	const struct vbuf_cvec_control *c = v->control_;

	if (!exact)
		n = vbuf_larger(n, have + vbuf_smaller(growth(v, have), v->max_ - have));
	/* To the end of the page, and of the huge page where the vector is large. */
	size_t end = region_end(c, &c->elements, n, v->elem_size_);
	return vbuf_smaller((end - c->elements.first) / v->elem_size_, v->max_);
}

static int
commit_both(struct vbuf_cvec *v, size_t have, size_t n)
{
	struct vbuf_cvec_control *c = v->control_;
	int err = commit_region(c, &c->states, have, n, 1);

	if (err != VBUF_OK)
		return err;
	return commit_region(c, &c->elements, have, n, v->elem_size_);
}

/*
 * Everybody who needs more commits it, over what others may be committing at the same
 * time, and then raises the count, which never goes down. So nobody waits, and the
 * largest request wins.
 */
int
vbuf_cvec_grow_to(struct vbuf_cvec *v, size_t n, bool exact)
{
	/* [have] pairs with [raise]: what the count says is committed. */
	size_t have = vbuf_load_acquire_(&v->committed_);

	if (n > v->max_)
		return VBUF_ERANGE;
	if (n > have) {
		size_t target = grown(v, have, n, exact);
		int err = commit_both(v, have, target);
		if (err != VBUF_OK && target > n) { /* then no more than must be */
			target = n;
			err = commit_both(v, have, target);
		}
		if (err != VBUF_OK)
			return err;
		while (have < target)
			/* [raise] pairs with [have] and [memory]: memory before count. */
			if (vbuf_cas_acq_rel_(&v->committed_, &have, target))
				have = target;
	}
	/* Not while claims lie beyond: who takes them back wants no more to come. */
	if (vbuf_load_relaxed_(&v->reserved_) < have)
		/* [opened] pairs with [open]: memory before open_. A smaller value than another
		 * thread's is only slow. */
		vbuf_store_release_(&v->open_, have);
	return VBUF_OK;
}

static int
make_room(struct vbuf_cvec *v, size_t n, bool exact)
{
	if (!v)
		return VBUF_EINVAL;
	if (v->control_->frozen)
		return VBUF_EPERM;
	return vbuf_cvec_grow_to(v, n, exact);
}

int
vbuf_cvec_reserve(struct vbuf_cvec *v, size_t n)
{
	return make_room(v, n, false);
}

int
vbuf_cvec_reserve_exact(struct vbuf_cvec *v, size_t n)
{
	return make_room(v, n, true);
}

/* Elements [from, n) of a size in a region. */
static int
prefault_region(struct vbuf_cvec_control *c, const struct vbuf_cvec_region *g, size_t from,
                size_t n, size_t size)
{
	size_t begin = vbuf_align_down(g->first + from * size, vbuf_page_size());
	size_t end = vbuf_align_up(g->first + n * size, vbuf_page_size());

	return vbuf_prefault(&c->buf, begin, end - begin, NULL);
}

int
vbuf_cvec_prefault(struct vbuf_cvec *v, size_t n)
{
	int err = make_room(v, n, false);

	if (err != VBUF_OK)
		return err;
	size_t len = vbuf_cvec_len(v);
	if (len < n)
		err = prefault_region(v->control_, &v->control_->states, len, n, 1);
	if (len < n && err == VBUF_OK)
		err = prefault_region(v->control_, &v->control_->elements, len, n, v->elem_size_);
	return err;
}

static void
destroy_all(struct vbuf_cvec *v)
{
	const struct vbuf_cvec_options *o = &v->control_->options;

	if (o->destroy)
		for (size_t i = vbuf_cvec_next(v, 0); i != SIZE_MAX; i = vbuf_cvec_next(v, i + 1))
			o->destroy(vbuf_cvec_slot(v, i), o->destroy_arg);
}

/* Zeros again; and where it is much, the memory back, with that of the huge page
 * in which it ends: all that is committed, to limit. */
static int
wipe(struct vbuf_cvec_control *c, size_t first, size_t size, size_t limit)
{
	if (size >= PURGE_LEAST) {
		if (vbuf_purge_rw(&c->buf, first, limit - first) == VBUF_OK)
			return VBUF_OK;
		/* Which may have left holes. */
		int err = vbuf_commit(&c->buf, first, limit - first);
		if (err != VBUF_OK)
			return err;
	}
	memset(c->buf.base + first, 0, size);
	return VBUF_OK;
}

/* How far the states and the elements of the capacity are committed. */
static size_t
states_end(const struct vbuf_cvec *v)
{
	const struct vbuf_cvec_control *c = v->control_;

	return region_end(c, &c->states, vbuf_cvec_capacity(v), 1);
}

static size_t
elements_end(const struct vbuf_cvec *v)
{
	const struct vbuf_cvec_control *c = v->control_;

	return region_end(c, &c->elements, vbuf_cvec_capacity(v), v->elem_size_);
}

/* Nothing is left of states and elements: the vector begins anew with its growth. */
static int
give_all_back(struct vbuf_cvec *v)
{
	struct vbuf_cvec_control *c = v->control_;
	int err = vbuf_decommit(&c->buf, c->states.first, c->states.end - c->states.first);

	vbuf_store_relaxed_(&v->open_, 0);
	vbuf_store_relaxed_(&v->committed_, 0);
	if (err == VBUF_OK)
		err = vbuf_decommit(&c->buf, c->elements.first,
		                    c->elements.end - c->elements.first);
	if (err != VBUF_OK)
		v->max_ = 0; /* old bytes may be left: nobody shall have them */
	return err;
}

/* Begin again at index 0; the destructors have run. */
static int
forget_all(struct vbuf_cvec *v)
{
	struct vbuf_cvec_control *c = v->control_;
	size_t n = vbuf_cvec_len(v);
	int err = wipe(c, c->states.first, n, states_end(v));

	if (err == VBUF_OK && !c->frozen) /* nobody writes to frozen ones again */
		err = wipe(c, c->elements.first, n * v->elem_size_, elements_end(v));
	if (err != VBUF_OK)
		err = give_all_back(v);
	vbuf_store_relaxed_(&v->reserved_, 0);
	vbuf_store_relaxed_(&v->prefix_, 0);
	return err;
}

int
vbuf_cvec_clear(struct vbuf_cvec *v)
{
	if (!v)
		return VBUF_EINVAL;
	if (v->control_->frozen)
		return VBUF_EPERM;
	destroy_all(v);
	return forget_all(v);
}

int
vbuf_cvec_destroy(struct vbuf_cvec **v)
{
	if (!v || !*v)
		return VBUF_OK;
	struct vbuf_cvec *dead = *v;
	destroy_all(dead);
	struct vbuf buf = dead->control_->buf; /* out of the memory that goes */
	size_t front = front_of(dead->control_);
	vbuf_root_remove(buf.base + front, buf.size - front);
	int err = vbuf_unreserve(&buf);
	if (err == VBUF_OK) {
		*v = NULL;
	} else {
		vbuf_root_add(buf.base + front, buf.size - front);
		(void)forget_all(dead); /* no element is destroyed twice, or found again */
	}
	return err;
}

int
vbuf_cvec_freeze(struct vbuf_cvec *v)
{
	if (!v)
		return VBUF_EINVAL;
	struct vbuf_cvec_control *c = v->control_;
	if (c->frozen)
		return VBUF_EPERM;
	size_t front = front_of(c);
	size_t end = vbuf_align_up(c->elements.first + vbuf_cvec_capacity(v) * v->elem_size_,
	                           vbuf_page_size());
	int err = end > front ? vbuf_protect(&c->buf, front, end - front, VBUF_PROT_RO) : VBUF_OK;
	/* Some pages may be read-only already; if they stay so, all must. */
	if (err != VBUF_OK && vbuf_commit(&c->buf, front, end - front) == VBUF_OK)
		return err;
	c->frozen = true;
	vbuf_store_relaxed_(&v->open_, 0);
	return err;
}

void *
vbuf_cvec_header(const struct vbuf_cvec *v)
{
	size_t size = v ? v->control_->options.header_size : 0;

	return size ? v->data_ - size : NULL;
}

int
vbuf_cvec_get_stats(struct vbuf_cvec *v, struct vbuf_cvec_stats *ret, size_t ret_size)
{
	if (!v || !ret || ret_size < sizeof *ret)
		return VBUF_EINVAL;
	struct vbuf_cvec_control *c = v->control_;
	memset(ret, 0, ret_size);
	ret->len = vbuf_cvec_len(v);
	ret->prefix = vbuf_cvec_prefix(v);
	ret->capacity = vbuf_cvec_capacity(v);
	ret->max = v->max_;
	ret->reserved = c->buf.size;
	size_t states = states_end(v);
	size_t front = front_of(c);
	size_t end = elements_end(v);
	ret->committed = c->head + states - c->states.first + end - front;
	size_t some;
	if (vbuf_resident(&c->buf, 0, states, &some) == VBUF_OK)
		ret->resident = some;
	if (vbuf_resident(&c->buf, front, end - front, &some) == VBUF_OK)
		ret->resident += some;
	return VBUF_OK;
}

_Static_assert(sizeof(enum vbuf_fork) == 4 && sizeof(enum vbuf_huge) == 4, "part of the ABI");
_Static_assert(sizeof(struct vbuf_cvec_options) == 11 * sizeof(void *) + 16, "part of the ABI");
_Static_assert(sizeof(struct vbuf_cvec) == 512, "part of the ABI");
_Static_assert(offsetof(struct vbuf_cvec, reserved_) == 128, "part of the ABI");
_Static_assert(offsetof(struct vbuf_cvec, committed_) == 256, "part of the ABI");
_Static_assert(offsetof(struct vbuf_cvec, prefix_) == 384, "part of the ABI");
_Static_assert(sizeof(struct vbuf_cvec_appender) == 4 * sizeof(void *), "part of the ABI");
