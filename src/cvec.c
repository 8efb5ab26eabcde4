/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The concurrent vector: claiming, publishing, finding. What happens once in a while,
 * growth, creation and the end, is in cvec_life.c.
 *
 * The labels of the orderings, and why each is as strong as it is: docs/design.md.
 */
#include "cvec.h"

#include <string.h>

#include <vbuf/cvec_inline.h>

#include "sync.h"
#include "unroll.h"

/* Looks at what others do before one of them is let run in our place. */
enum { SPINS = 64 };

static unsigned char *
element(const struct vbuf_cvec *v, size_t i)
{
	return v->data_ + i * v->elem_size_;
}

/*
 * [i, i + n) is claimed, beyond what was open when we looked. Either there comes memory
 * for it, or the claim is taken back, which can be done once nobody has claimed behind
 * it. Who has needs still more memory. If he gets it, it is ours as well, as the count of
 * what is committed covers all that lies below; if not, he takes back first. So it is
 * enough to watch, and not to ask the system again. Nobody new comes while open_ is 0.
 */
int
vbuf_cvec_settle_claim_(struct vbuf_cvec *v, size_t i, size_t n)
{
	for (unsigned spins = 0;;) {
		int err = vbuf_cvec_grow_to(v, i + n, false);
		if (err == VBUF_OK)
			return VBUF_OK;
		vbuf_store_relaxed_(&v->open_, 0);
		while (vbuf_load_relaxed_(&v->committed_) < i + n) {
			size_t end = i + n;
			if (vbuf_cas_relaxed_(&v->reserved_, &end, i))
				return err;
			vbuf_spin_();
			if (++spins % SPINS == 0)
				vbuf_sync_yield();
		}
	}
}

int
vbuf_cvec_claim_slowly_(struct vbuf_cvec *v, size_t n, size_t *ret_index)
{
	if (n == 0 || n > v->max_)
		return n == 0 ? VBUF_EINVAL : VBUF_ERANGE;
	if (v->control_->frozen)
		return VBUF_EPERM;
	size_t i = vbuf_load_relaxed_(&v->reserved_);
	do {
		/* Others may be taking back claims beyond the end: those do not count. */
		int err = i > v->max_ - n ? VBUF_ERANGE : vbuf_cvec_grow_to(v, i + n, false);
		if (err != VBUF_OK)
			return err;
	} while (!vbuf_cas_relaxed_(&v->reserved_, &i, i + n));
	*ret_index = i;
	return VBUF_OK;
}

int
vbuf_cvec_claim(struct vbuf_cvec *v, size_t n, size_t *ret_index)
{
	if (!v || !ret_index)
		return VBUF_EINVAL;
	return vbuf_cvec_claim_(v, n, ret_index);
}

void *
vbuf_cvec_slot(const struct vbuf_cvec *v, size_t i)
{
	return element(v, i);
}

void
vbuf_cvec_publish(struct vbuf_cvec *v, size_t i, size_t n)
{
	unsigned char *state = v->state_ + i; /* by itself: it might be v that is written to */

	VBUF_UNROLL
	for (size_t k = 0; k < n; k++)
		/* [publish] pairs with [find]: the elements are written before. */
		vbuf_store_release_(&state[k], (unsigned char)VBUF_CVEC_PUBLISHED);
}

void
vbuf_cvec_abandon(struct vbuf_cvec *v, size_t i, size_t n)
{
	const void *filling = v->control_->options.fill;

	vbuf_plain_write_(element(v, i), n * v->elem_size_);
	if (!filling)
		memset(element(v, i), 0, n * v->elem_size_);
	for (size_t k = i; filling && k < i + n; k++)
		memcpy(element(v, k), filling, v->elem_size_);
	for (size_t k = i; k < i + n; k++)
		/* [abandon] pairs with [find]: it is filled before it is marked. */
		vbuf_store_release_(&v->state_[k], (unsigned char)VBUF_CVEC_ABANDONED);
}

int
vbuf_cvec_push_n(struct vbuf_cvec *v, const void *elements, size_t n, size_t *ret_index)
{
	size_t i;

	if (!v || (n && !elements))
		return VBUF_EINVAL;
	if (n == 0)
		return VBUF_OK;
	int err = vbuf_cvec_claim_(v, n, &i);
	if (err != VBUF_OK)
		return err;
	vbuf_plain_write_(element(v, i), n * v->elem_size_);
	memcpy(element(v, i), elements, n * v->elem_size_);
	vbuf_cvec_publish(v, i, n);
	if (ret_index)
		*ret_index = i;
	return VBUF_OK;
}

int
vbuf_cvec_push(struct vbuf_cvec *v, const void *element, size_t *ret_index)
{
	return vbuf_cvec_push_n(v, element, 1, ret_index);
}

/* The operations are relaxed ones of one thread: plain loads and stores. */
int
vbuf_cvec_push_n_exclusive(struct vbuf_cvec *v, const void *elements, size_t n, size_t *ret_index)
{
	if (!v || (n && !elements))
		return VBUF_EINVAL;
	if (n == 0)
		return VBUF_OK;
	size_t i = vbuf_load_relaxed_(&v->reserved_), open = vbuf_load_relaxed_(&v->open_);
	if (i > open || n > open - i) {
		int err = v->control_->frozen              ? VBUF_EPERM
		          : n > v->max_ || i > v->max_ - n ? VBUF_ERANGE
		                                           : vbuf_cvec_grow_to(v, i + n, false);
		if (err != VBUF_OK)
			return err;
	}
	vbuf_store_relaxed_(&v->reserved_, i + n);
	vbuf_plain_write_(element(v, i), n * v->elem_size_);
	memcpy(element(v, i), elements, n * v->elem_size_);
	vbuf_cvec_publish(v, i, n);
	if (ret_index)
		*ret_index = i;
	return VBUF_OK;
}

int
vbuf_cvec_push_exclusive(struct vbuf_cvec *v, const void *element, size_t *ret_index)
{
	return vbuf_cvec_push_n_exclusive(v, element, 1, ret_index);
}

int
vbuf_cvec_appender_init(struct vbuf_cvec_appender *ret, struct vbuf_cvec *v, size_t block)
{
	if (!ret || !v)
		return VBUF_EINVAL;
	*ret = (struct vbuf_cvec_appender){ .v = v, .block = block ? block : VBUF_CVEC_BLOCK };
	return VBUF_OK;
}

int
vbuf_cvec_appender_room_(struct vbuf_cvec_appender *a)
{
	size_t first, n = a->block;
	int err = vbuf_cvec_claim_(a->v, n, &first);

	/* The last ones there is room or memory for. */
	while (err != VBUF_OK && err != VBUF_EPERM && n > 1) {
		n /= 2;
		err = vbuf_cvec_claim_(a->v, n, &first);
	}
	if (err == VBUF_OK) {
		a->next = first;
		a->end = first + n;
	}
	return err;
}

int
vbuf_cvec_appender_push(struct vbuf_cvec_appender *a, const void *new, size_t *ret_index)
{
	if (!a || !a->v || !new)
		return VBUF_EINVAL;
	int err = a->next == a->end ? vbuf_cvec_appender_room_(a) : VBUF_OK;
	if (err != VBUF_OK)
		return err;
	vbuf_plain_write_(element(a->v, a->next), a->v->elem_size_);
	memcpy(element(a->v, a->next), new, a->v->elem_size_);
	vbuf_cvec_publish_(a->v, a->next);
	if (ret_index)
		*ret_index = a->next;
	a->next++;
	return VBUF_OK;
}

void
vbuf_cvec_appender_fini(struct vbuf_cvec_appender *a)
{
	if (!a)
		return;
	size_t end = a->end;
	/* Only while nobody has claimed behind us; else the prefix must get past. */
	if (a->next != a->end && !vbuf_cas_relaxed_(&a->v->reserved_, &end, a->next))
		vbuf_cvec_abandon(a->v, a->next, a->end - a->next);
	a->next = a->end = 0;
}

/* Indices that have a state: what is beyond was never committed. */
static size_t
readable(const struct vbuf_cvec *v)
{
	/* [memory] pairs with [raise]: the states are committed before the count says so. */
	return vbuf_load_acquire_(&v->committed_);
}

static unsigned char
state_at(const struct vbuf_cvec *v, size_t i)
{
	/* [find] pairs with [publish] and [abandon]: what was written before is seen. */
	return vbuf_load_acquire_(&v->state_[i]);
}

enum vbuf_cvec_state
vbuf_cvec_state(const struct vbuf_cvec *v, size_t i)
{
	return v && i < readable(v) ? (enum vbuf_cvec_state)state_at(v, i) : VBUF_CVEC_ABSENT;
}

void *
vbuf_cvec_get(const struct vbuf_cvec *v, size_t i)
{
	return vbuf_cvec_state(v, i) != VBUF_CVEC_ABSENT ? element(v, i) : NULL;
}

size_t
vbuf_cvec_prefix(struct vbuf_cvec *v)
{
	if (!v)
		return 0;
	/* [start] pairs with [advance]: what is before it was found by whoever put it there. */
	size_t seen = vbuf_load_acquire_(&v->prefix_);
	size_t end = readable(v), n = seen;

	while (n < end && state_at(v, n) != VBUF_CVEC_ABSENT)
		n++;
	/* It only ever grows, whoever comes late. */
	while (seen < n)
		/* [advance] pairs with [seen], [start] and [glance]: passes on what we found,
		 * and what was found before us. */
		if (vbuf_cas_acq_rel_(&v->prefix_, &seen, n))
			return n;
	return seen;
}

size_t
vbuf_cvec_prefix_seen(const struct vbuf_cvec *v)
{
	/* [glance] pairs with [advance]: all before it was found by whoever put it there. */
	return v ? vbuf_load_acquire_(&v->prefix_) : 0;
}

size_t
vbuf_cvec_capacity(const struct vbuf_cvec *v)
{
	return v ? readable(v) : 0;
}

size_t
vbuf_cvec_max(const struct vbuf_cvec *v)
{
	return v ? v->max_ : 0;
}

size_t
vbuf_cvec_len(const struct vbuf_cvec *v)
{
	if (!v)
		return 0;
	size_t n = vbuf_load_relaxed_(&v->reserved_);
	size_t most = readable(v);
	return n < most ? n : most; /* beyond are claims about to be taken back */
}

size_t
vbuf_cvec_next(const struct vbuf_cvec *v, size_t i)
{
	for (size_t end = vbuf_cvec_len(v); i < end; i++)
		if (state_at(v, i) == VBUF_CVEC_PUBLISHED)
			return i;
	return SIZE_MAX;
}

size_t
vbuf_cvec_prev(const struct vbuf_cvec *v, size_t i)
{
	size_t end = vbuf_cvec_len(v);

	for (i = i < end ? i : end; i > 0; i--)
		if (state_at(v, i - 1) == VBUF_CVEC_PUBLISHED)
			return i - 1;
	return SIZE_MAX;
}
