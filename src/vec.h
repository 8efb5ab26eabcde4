/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The inside of a vector. One reservation holds it all:
 *
 *   buf.base                                                          buf.size
 *   |  (room before the elements: for huge pages, or for an alignment)       |
 *   v      front                    offset                committed          v
 *   +-----+-+---------+--------+---+--+--+--+--+---------+---+---------------+
 *   | not committed   |control |hdr| elements ... | spare    | reserved only |
 *   +-----+-+---------+--------+---+--+--+--+--+---------+---+---------------+
 *
 * The control block lies there so that a vector needs no malloc and its struct is
 * five words. The elements begin behind it, aligned as asked.
 *
 * Where huge pages are wanted, front is SMALL_PART (vec.c) before the end of the first
 * huge page. A vector is on small pages that far; what follows is whole huge pages,
 * which the kernel gives only where no small page was touched before. Starting at the
 * base, all of the first huge page would have to be small ones: 512 page faults.
 */
#ifndef VBUF_SRC_VEC_H
#define VBUF_SRC_VEC_H

#include <vbuf/vec.h>

#include "units.h"

/* Of the block of a vector; of one whose memory was taken out; of one in the cache. */
#define VBUF_VEC_MARK UINT64_C(0x7662756676656301)
#define VBUF_VEC_MARK_DETACHED UINT64_C(0x7662756676656302)
#define VBUF_VEC_MARK_CACHED UINT64_C(0x7662756676656303)

struct vbuf_vec_control {
	uint64_t mark; /* tells a control block from anything else, and whose it is */
	struct vbuf buf;
	size_t front;     /* bytes: the page the control block begins in */
	size_t offset;    /* bytes: element 0 */
	size_t committed; /* bytes: the end of what is committed */
	size_t shown;     /* bytes: a memory checker, if any, lets pass all before, and */
	size_t hidden;    /* nothing from there up to here */
	size_t unit;      /* bytes: a huge page, or what stands for it */
	bool huge;        /* it is a huge page, and preferred */
	size_t small_end; /* bytes: a committed end beyond this is a multiple of the unit */
	size_t elem_size;
	size_t elem_align;
	size_t max;
	size_t low;   /* the length from which memory goes back; the struct's copy may differ */
	size_t given; /* bytes: the end of what went back by itself, and is not taken again */
	unsigned char regret; /* how often it was taken again */
	size_t floor;         /* elements that the user asked room for: below, nothing goes back */
	bool frozen;
	bool recyclable;
	bool defaults; /* made without options, to begin small: good for the next of its type */
	struct vbuf_vec_ahead *ahead; /* NULL: nobody prefaults ahead */
	struct vbuf_vec_options options;
};

/* Elements for which memory is committed. */
static inline size_t
vbuf_vec_committed(const struct vbuf_vec_control *c)
{
	size_t n = (c->committed - c->offset) / c->elem_size;

	return n < c->max ? n : c->max;
}

/* The offset behind n elements; n is at most max. */
static inline size_t
vbuf_vec_end(const struct vbuf_vec_control *c, size_t n)
{
	return c->offset + n * c->elem_size;
}

static inline unsigned char *
vbuf_vec_element(const struct vbuf_vec *v, size_t i)
{
	return (unsigned char *)v->data + i * v->control_->elem_size;
}

/* Is there a vector, and may it be changed? */
static inline int
vbuf_vec_check(const struct vbuf_vec *v)
{
	if (!v)
		return VBUF_EINVAL;
	return v->control_ && v->control_->frozen ? VBUF_EPERM : VBUF_OK;
}

/* vbuf_vec_init() for a vector that will soon have about n elements. */
int vbuf_vec_init_for(struct vbuf_vec *ret, size_t elem_size, size_t elem_align,
                      const struct vbuf_vec_options *options, size_t n);

/* Commit what a new vector begins with: at least n elements. */
int vbuf_vec_first_commit(struct vbuf_vec_control *c, size_t n);

/* After a change of capacity: from which length on is there memory to give back? */
void vbuf_vec_set_low(struct vbuf_vec_control *c);

/* The same after a growth. What went back by itself, and was needed after all, makes
 * the vector hesitate longer the next time. */
void vbuf_vec_has_grown(struct vbuf_vec_control *c, size_t committed_before);

/* After a change of length or capacity: set the bounds of the inline calls anew, and
 * what the memory checkers know. */
void vbuf_vec_settle(struct vbuf_vec *v);

/* With a memory checker: let pass what lies before the offset, and nothing behind. */
void vbuf_vec_show(struct vbuf_vec_control *c, size_t end);

/* Let everything pass, for whoever has the memory next. */
void vbuf_vec_show_all(struct vbuf_vec_control *c);

/* Decommit from the offset on. After VBUF_ESYS too, all behind it counts as gone. */
int vbuf_vec_decommit(struct vbuf_vec_control *c, size_t end);

/* Give back what the shrink option says, for a vector that had len elements when it
 * was last in use. Cannot fail: what the system does not take stays. */
void vbuf_vec_shrink_from(struct vbuf_vec *v, size_t len);

/* Run the destructor on n elements from element i on. */
void vbuf_vec_destroy(struct vbuf_vec *v, size_t i, size_t n);

/* A reservation from the cache: its buffer and the end of its committed bytes. */
bool vbuf_vec_cache_take(struct vbuf *ret, size_t *ret_committed);

/* One that a vector of that type left, made without options: all of it is as it was, and
 * so good for the next. NULL: there is none. */
struct vbuf_vec_control *vbuf_vec_cache_take_alike(size_t elem_size, size_t elem_align);

/* Leave a vector's reservation there. False when there is no room: it is still the vector's,
 * but may have less memory. */
bool vbuf_vec_cache_put(struct vbuf_vec_control *c);

/* Give back all that is there. True if there was anything. */
bool vbuf_vec_cache_drain(void);

/* With a worker that prefaults ahead: count what it has done as committed. */
void vbuf_vec_ahead_take(struct vbuf_vec_control *c);

/* Tell it how far the vector is, or was; all bytes before needed are committed. */
void vbuf_vec_ahead_tell(struct vbuf_vec_control *c, size_t needed);

#endif
