/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * From the mappings of the process, one after the other, to the run that was asked
 * about. One state may be spread over several mappings, when they differ in something
 * else.
 */
#ifndef VBUF_SRC_POSIX_RUNS_H
#define VBUF_SRC_POSIX_RUNS_H

#include <errno.h>

#include "../os.h"

struct vbuf_finder {
	uintptr_t first, at, end; /* asked about from first to end; known up to at */
	enum vbuf_state state;
};

static inline struct vbuf_finder
vbuf_find_run(void *addr, size_t size)
{
	uintptr_t first = (uintptr_t)addr;

	return (struct vbuf_finder){ first, first, first + size, VBUF_STATE_RESERVED };
}

static inline enum vbuf_state
vbuf_state_of(bool readable, bool writable, bool executable)
{
	if (writable)
		return VBUF_STATE_RW;
	if (executable)
		return VBUF_STATE_RX;
	return readable ? VBUF_STATE_RO : VBUF_STATE_RESERVED;
}

/* The next mapping, in the order of addresses. False: no more are needed. */
static inline bool
vbuf_finder_next(struct vbuf_finder *f, uintptr_t start, uintptr_t end, enum vbuf_state state)
{
	if (end <= f->at)
		return true;
	if (start > f->at || (f->at != f->first && state != f->state))
		return false;
	f->state = state;
	f->at = end;
	return f->at < f->end;
}

/*
 * Was nothing found of what is certainly there? A list that is not made at one go misses
 * what other threads split or joined meanwhile, though it says nothing false of a page that
 * they left alone. So it is worth another look.
 */
static inline bool
vbuf_finder_is_lost(const struct vbuf_finder *f)
{
	return f->at == f->first;
}

enum { VBUF_FINDER_TRIES = 100 };

static inline int
vbuf_finder_result(const struct vbuf_finder *f, struct vbuf_run *ret)
{
	if (vbuf_finder_is_lost(f)) {
		errno = EFAULT;
		return VBUF_ESYS;
	}
	ret->size = (f->at < f->end ? f->at : f->end) - f->first;
	ret->state = f->state;
	return VBUF_OK;
}

#endif
