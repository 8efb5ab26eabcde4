/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What is done to the elements of a vector. Memory is vec.c's business: each call gets
 * its room first, and nothing fails after. */
#include <string.h>

#include "vec.h"

static size_t
bytes(const struct vbuf_vec *v, size_t n)
{
	return n * v->control_->elem_size; /* n fits: n <= max */
}

/* Is there an element i, in a vector that may be changed? */
static int
check_index(const struct vbuf_vec *v, size_t i)
{
	int err = vbuf_vec_check(v);

	return err == VBUF_OK && i >= v->len ? VBUF_ERANGE : err;
}

static void
set_len(struct vbuf_vec *v, size_t len)
{
	v->len = len;
	vbuf_vec_settle(v);
}

int
vbuf_vec_push(struct vbuf_vec *v, const void *element)
{
	return vbuf_vec_push_n(v, element, 1);
}

int
vbuf_vec_push_n(struct vbuf_vec *v, const void *elements, size_t n)
{
	if (n == 0)
		return vbuf_vec_check(v);
	if (!v || !elements)
		return VBUF_EINVAL;
	if (v->control_ && n <= v->limit_ - v->len) { /* as the inline push: nothing to settle */
		memcpy(vbuf_vec_element(v, v->len), elements, bytes(v, n));
		v->len += n;
		return VBUF_OK;
	}
	int err = vbuf_vec_room_(v, n);
	if (err != VBUF_OK)
		return err;
	/* The source may be the vector itself: it has not moved, and the room is behind it. */
	memcpy(vbuf_vec_element(v, v->len), elements, bytes(v, n));
	set_len(v, v->len + n);
	return VBUF_OK;
}

int
vbuf_vec_append(struct vbuf_vec *v, const struct vbuf_vec *from)
{
	if (!v || !from)
		return VBUF_EINVAL;
	if (v->control_ && from->control_ && v->control_->elem_size != from->control_->elem_size)
		return VBUF_EINVAL;
	return vbuf_vec_push_n(v, from->data, from->len);
}

int
vbuf_vec_prepare(struct vbuf_vec *v, size_t n, void **ret)
{
	if (!ret)
		return VBUF_EINVAL;
	*ret = NULL;
	int err = vbuf_vec_room_(v, n);
	if (err == VBUF_OK && v->control_)
		*ret = vbuf_vec_element(v, v->len);
	return err;
}

int
vbuf_vec_publish(struct vbuf_vec *v, size_t n)
{
	int err = vbuf_vec_check(v);

	if (err != VBUF_OK || n == 0)
		return err;
	if (!v->control_ || n > vbuf_vec_committed(v->control_) - v->len)
		return VBUF_ERANGE;
	set_len(v, v->len + n);
	return VBUF_OK;
}

int
vbuf_vec_insert(struct vbuf_vec *v, size_t i, const void *element)
{
	return vbuf_vec_insert_n(v, i, element, 1);
}

int
vbuf_vec_insert_n(struct vbuf_vec *v, size_t i, const void *elements, size_t n)
{
	int err = vbuf_vec_check(v);

	if (err != VBUF_OK)
		return err;
	if (i > v->len)
		return VBUF_ERANGE;
	if (n == 0)
		return VBUF_OK;
	if (!elements)
		return VBUF_EINVAL;
	err = vbuf_vec_room_(v, n);
	if (err != VBUF_OK)
		return err;

	unsigned char *gap = vbuf_vec_element(v, i);
	size_t size = bytes(v, n);
	/* What of the source lies at or behind the gap moves up with the rest. */
	uintptr_t from = (uintptr_t)elements, at = (uintptr_t)gap;
	uintptr_t end = (uintptr_t)v->data + bytes(v, v->len);
	bool inside = from + size > at && from < end && from >= (uintptr_t)v->data;
	size_t before = !inside ? size : from < at ? at - from : 0;
	memmove(gap + size, gap, bytes(v, v->len - i));
	memcpy(gap, elements, before);
	if (inside)
		memcpy(gap + before, (const unsigned char *)elements + before + size,
		       size - before);
	set_len(v, v->len + n);
	return VBUF_OK;
}

static int
truncate_to(struct vbuf_vec *v, size_t n, size_t in_use)
{
	vbuf_vec_destroy(v, n, v->len - n);
	v->len = n;
	vbuf_vec_shrink_from(v, in_use);
	vbuf_vec_settle(v);
	return VBUF_OK;
}

int
vbuf_vec_resize(struct vbuf_vec *v, size_t n)
{
	int err = vbuf_vec_check(v);

	if (err != VBUF_OK || n == v->len)
		return err;
	if (n < v->len)
		return truncate_to(v, n, n);
	err = vbuf_vec_room_(v, n - v->len);
	if (err != VBUF_OK)
		return err;
	/* Also where the pages are new and zero: they may come from the cache, or have
	 * been used before. */
	memset(vbuf_vec_element(v, v->len), 0, bytes(v, n - v->len));
	set_len(v, n);
	return VBUF_OK;
}

int
vbuf_vec_resize_fill(struct vbuf_vec *v, size_t n, const void *element)
{
	int err = vbuf_vec_check(v);

	if (err != VBUF_OK || n == v->len)
		return err;
	if (n < v->len)
		return truncate_to(v, n, n);
	if (!element)
		return VBUF_EINVAL;
	size_t more = n - v->len;
	err = vbuf_vec_room_(v, more);
	if (err != VBUF_OK)
		return err;
	/* One, then as many as there are already: memcpy at its best. */
	unsigned char *to = vbuf_vec_element(v, v->len);
	size_t done = 1;
	memcpy(to, element, bytes(v, 1));
	for (; done <= more / 2; done *= 2)
		memcpy(to + bytes(v, done), to, bytes(v, done));
	memcpy(to + bytes(v, done), to, bytes(v, more - done));
	set_len(v, n);
	return VBUF_OK;
}

int
vbuf_vec_pop(struct vbuf_vec *v, void *ret)
{
	int err = vbuf_vec_check(v);

	if (err != VBUF_OK)
		return err;
	if (v->len == 0)
		return VBUF_ERANGE;
	if (ret)
		memcpy(ret, vbuf_vec_element(v, v->len - 1), bytes(v, 1));
	v->len--;
	vbuf_vec_shrink_from(v, v->len);
	vbuf_vec_settle(v);
	return VBUF_OK;
}

int
vbuf_vec_remove(struct vbuf_vec *v, size_t i)
{
	return vbuf_vec_remove_n(v, i, 1);
}

int
vbuf_vec_remove_n(struct vbuf_vec *v, size_t i, size_t n)
{
	int err = vbuf_vec_check(v);

	if (err != VBUF_OK)
		return err;
	if (i > v->len || n > v->len - i)
		return VBUF_ERANGE;
	if (n == 0)
		return VBUF_OK;
	vbuf_vec_destroy(v, i, n);
	memmove(vbuf_vec_element(v, i), vbuf_vec_element(v, i + n), bytes(v, v->len - i - n));
	v->len -= n;
	vbuf_vec_shrink_from(v, v->len);
	vbuf_vec_settle(v);
	return VBUF_OK;
}

int
vbuf_vec_swap_remove(struct vbuf_vec *v, size_t i)
{
	int err = check_index(v, i);

	if (err != VBUF_OK)
		return err;
	vbuf_vec_destroy(v, i, 1);
	v->len--;
	if (i != v->len)
		memcpy(vbuf_vec_element(v, i), vbuf_vec_element(v, v->len), bytes(v, 1));
	vbuf_vec_shrink_from(v, v->len);
	vbuf_vec_settle(v);
	return VBUF_OK;
}

int
vbuf_vec_truncate(struct vbuf_vec *v, size_t n)
{
	int err = vbuf_vec_check(v);

	if (err != VBUF_OK || !v->control_)
		return err;
	if (n > v->len)
		n = v->len;
	return truncate_to(v, n, n);
}

int
vbuf_vec_clear(struct vbuf_vec *v)
{
	int err = vbuf_vec_check(v);

	if (err != VBUF_OK || v->len == 0) /* twice is as once: what was in use was told before */
		return err;
	return truncate_to(v, 0, v->len);
}

void *
vbuf_vec_at(const struct vbuf_vec *v, size_t i)
{
	return v && i < v->len ? vbuf_vec_element(v, i) : NULL;
}

void *
vbuf_vec_first(const struct vbuf_vec *v)
{
	return vbuf_vec_at(v, 0);
}

void *
vbuf_vec_last(const struct vbuf_vec *v)
{
	return v && v->len ? vbuf_vec_element(v, v->len - 1) : NULL;
}

size_t
vbuf_vec_len(const struct vbuf_vec *v)
{
	return v ? v->len : 0;
}

size_t
vbuf_vec_capacity(const struct vbuf_vec *v)
{
	return v && v->control_ ? vbuf_vec_committed(v->control_) : 0;
}

size_t
vbuf_vec_max(const struct vbuf_vec *v)
{
	return v && v->control_ ? v->control_->max : 0;
}

void *
vbuf_vec_header(const struct vbuf_vec *v)
{
	size_t size = v && v->control_ ? v->control_->options.header_size : 0;

	return size ? (unsigned char *)v->data - size : NULL;
}

int
vbuf_vec_get_stats(const struct vbuf_vec *v, struct vbuf_vec_stats *ret, size_t ret_size)
{
	if (!v || !ret || ret_size < sizeof *ret)
		return VBUF_EINVAL;
	memset(ret, 0, ret_size);
	const struct vbuf_vec_control *c = v->control_;
	if (!c)
		return VBUF_OK;
	ret->len = v->len;
	ret->capacity = vbuf_vec_committed(c);
	ret->max = c->max;
	ret->reserved = c->buf.size;
	ret->committed = c->committed - c->front;
	if (vbuf_resident(&c->buf, c->front, ret->committed, &ret->resident) != VBUF_OK)
		ret->resident = 0;
	return VBUF_OK;
}

/* A new vector made as v was made, with room for n elements. */
static int
make_alike(const struct vbuf_vec *v, size_t n, struct vbuf_vec *ret)
{
	const struct vbuf_vec_control *c = v->control_;
	struct vbuf_vec_options o = c->options;

	o.size = sizeof o;
	o.name = c->buf.name_[0] ? c->buf.name_ : NULL; /* the caller's may be gone */
	o.initial = 0;
	int err = vbuf_vec_init(ret, c->elem_size, c->elem_align, &o);
	if (err == VBUF_OK && (err = vbuf_vec_room_(ret, n)) != VBUF_OK) {
		(void)vbuf_vec_fini(ret);
		*ret = (struct vbuf_vec){ 0 }; /* also where its memory does not go */
	}
	return err;
}

int
vbuf_vec_split_off(struct vbuf_vec *v, size_t at, struct vbuf_vec *ret)
{
	if (!ret || ret == v)
		return VBUF_EINVAL;
	*ret = (struct vbuf_vec){ 0 };
	int err = vbuf_vec_check(v);
	if (err != VBUF_OK)
		return err;
	if (at > v->len)
		return VBUF_ERANGE;
	if (!v->control_)
		return VBUF_OK;
	size_t n = v->len - at;
	err = make_alike(v, n, ret);
	if (err != VBUF_OK)
		return err;
	memcpy(ret->data, vbuf_vec_element(v, at), bytes(v, n));
	set_len(ret, n);
	v->len = at;
	vbuf_vec_shrink_from(v, at);
	vbuf_vec_settle(v);
	return VBUF_OK;
}

int
vbuf_vec_clone(const struct vbuf_vec *v, struct vbuf_vec *ret)
{
	if (!ret || ret == v)
		return VBUF_EINVAL;
	*ret = (struct vbuf_vec){ 0 };
	if (!v)
		return VBUF_EINVAL;
	if (!v->control_)
		return VBUF_OK;
	int err = make_alike(v, v->len, ret);
	if (err != VBUF_OK)
		return err;
	size_t header = v->control_->options.header_size;
	memcpy((unsigned char *)ret->data - header, (unsigned char *)v->data - header,
	       header + bytes(v, v->len));
	set_len(ret, v->len);
	return VBUF_OK;
}
