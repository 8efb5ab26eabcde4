/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The inside of a concurrent vector. One reservation holds it all, in whole pages:
 *
 *   | struct vbuf_cvec, control, fill | states, a byte each | header | elements ... |
 *
 * States and elements are committed as the vector grows, each from its own start: by small
 * pages at first, then by units. Where there may be much, and units are huge pages, each begins
 * so long before the end of one, and no other of its huge pages is committed in part.
 */
#ifndef VBUF_SRC_CVEC_H
#define VBUF_SRC_CVEC_H

#include <vbuf/cvec_engine.h>

/* Offsets in the reservation. Up to so many bytes are committed by small pages. */
struct vbuf_cvec_region {
	size_t first, end, small;
};

struct vbuf_cvec_control {
	struct vbuf buf;
	size_t head; /* bytes of the struct, of this and of the fill, in whole pages */
	struct vbuf_cvec_region states, elements;
	size_t unit; /* bytes: a huge page, or what stands for it */
	bool frozen;
	/* What is not NULL in options.fill points to a copy that lies behind this struct. */
	struct vbuf_cvec_options options;
};

/* Let n elements fit, whoever else grows meanwhile; exact: and hardly more. Any thread. */
int vbuf_cvec_grow_to(struct vbuf_cvec *v, size_t n, bool exact);

#endif
