/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* That of macOS, as far as the library uses it, by means of Linux. */
#ifndef VBUF_TESTS_IMITATE_DARWIN_MMAN_H
#define VBUF_TESTS_IMITATE_DARWIN_MMAN_H

#include_next <sys/mman.h>

#include "../../inherit.h"

static inline int
minherit(void *p, size_t size, int how)
{
	return imitate_minherit(p, size, how, 2, -2);
}

#endif
