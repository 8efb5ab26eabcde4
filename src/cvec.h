/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The inside of a concurrent vector. One reservation holds it all, in whole pages:
 *
 *   | struct vbuf_cvec, control, fill | states, a byte each | header | elements ... |
 *
 * States and elements are committed as the vector grows, each from its own start.
 */
#ifndef VBUF_SRC_CVEC_H
#define VBUF_SRC_CVEC_H

#include <vbuf/cvec_engine.h>

struct vbuf_cvec_control {
	struct vbuf buf;
	size_t states;   /* offset of the states */
	size_t elements; /* offset of element 0 */
	size_t unit;     /* bytes: a huge page, or what stands for it */
	bool frozen;
	/* What is not NULL in options.fill points to a copy that lies behind this struct. */
	struct vbuf_cvec_options options;
};

/* Let n elements fit, whoever else grows meanwhile; exact: and hardly more. Any thread. */
int vbuf_cvec_grow_to(struct vbuf_cvec *v, size_t n, bool exact);

#endif
