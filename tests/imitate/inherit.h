/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* minherit() by the advice that Linux has. */
#ifndef VBUF_TESTS_IMITATE_INHERIT_H
#define VBUF_TESTS_IMITATE_INHERIT_H

#include <errno.h>
#include <stddef.h>

static inline int
imitate_minherit(void *p, size_t size, int how, int none, int zero)
{
	if (how == none)
		return madvise(p, size, MADV_DONTFORK);
	if (how == zero)
		return madvise(p, size, MADV_WIPEONFORK);
	errno = EINVAL;
	return -1;
}

#endif
