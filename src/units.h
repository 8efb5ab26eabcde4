/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* In which units containers take memory: huge pages, or what stands for them. */
#ifndef VBUF_SRC_UNITS_H
#define VBUF_SRC_UNITS_H

#include <vbuf/vbuf.h>

/* Where huge pages are larger than this (512 MiB on some processors), few containers are
 * as large as one. */
#define VBUF_LARGEST_UNIT ((size_t)4 << 20)

#define VBUF_UNIT_WITHOUT_HUGE_PAGES ((size_t)2 << 20)

static inline size_t
vbuf_larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

static inline size_t
vbuf_smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static inline bool
vbuf_has_fit_huge_pages(void)
{
	size_t huge = vbuf_huge_page_size();

	return huge > 0 && huge <= VBUF_LARGEST_UNIT;
}

/* The policy of a container that may become large, which is what huge pages pay for. */
static inline enum vbuf_huge
vbuf_huge_policy(enum vbuf_huge asked)
{
	if (asked != VBUF_HUGE_DEFAULT)
		return asked;
	return vbuf_has_fit_huge_pages() ? VBUF_HUGE_PREFER : VBUF_HUGE_DEFAULT;
}

/* Does such a container grow by whole huge pages? */
static inline bool
vbuf_grows_by_huge_pages(enum vbuf_huge asked)
{
	return vbuf_huge_policy(asked) == VBUF_HUGE_PREFER && vbuf_has_fit_huge_pages();
}

/* What it grows by, once it is large. */
static inline size_t
vbuf_unit(enum vbuf_huge asked)
{
	return vbuf_grows_by_huge_pages(asked) ? vbuf_huge_page_size()
	                                       : VBUF_UNIT_WITHOUT_HUGE_PAGES;
}

#endif
