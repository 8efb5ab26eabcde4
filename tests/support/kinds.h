/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The containers, all alike: a vector, a concurrent vector and a slotmap of numbers, for
 * tests of what surrounds them. There is one of each at a time. A call that fails must
 * have left what was there: check() knows what that is.
 */
#ifndef VBUF_TESTS_KINDS_H
#define VBUF_TESTS_KINDS_H

#include <stddef.h>

#include <vbuf/vbuf.h>

enum { KINDS = 3 };

struct kind {
	const char *name;
	int (*create)(size_t max, enum vbuf_huge huge); /* 0: the default, or a million */
	int (*add)(size_t n);                           /* elements, one by one, until one fails */
	int (*prefault)(size_t n); /* room for n more; nothing where there is no such call */
	void (*check)(void);       /* each element is there, as it was put in */
	size_t (*len)(void);       /* as the container says */
	int (*empty)(void);        /* and give the memory back */
	size_t (*resident)(void);  /* bytes, as the container says; it does not fail */
	int (*destroy)(void);
};

extern const struct kind kinds[KINDS];

/* A life that knows no failure: create, add, empty, add again, destroy. */
void live(const struct kind *k);

#endif
