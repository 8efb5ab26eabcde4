/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <errno.h>

#include "../os.h"
#include "exactly.h"
#include "flags.h"
#include "why.h"

static int
reserve_exactly(const struct vbuf_os_request *request, void **ret)
{
	void *p = vbuf_map_exactly(request->addr, request->size, request->attrs);

	if (p == MAP_FAILED)
		return errno == EINVAL ? VBUF_ENOADDR : vbuf_why(VBUF_WHY_RESERVE, request->size);
	*ret = p;
	return VBUF_OK;
}

/* Of what has gone already another thread may have got some by now. */
static int
give_up(void *p, size_t size)
{
	int err = vbuf_why(VBUF_WHY_CHANGE, size);
	int code = errno;

	munmap(p, size);
	errno = code;
	return err;
}

/* Cut [p, p + whole) down to the part of size bytes whose byte lead is aligned. */
static int
trim(unsigned char *p, size_t whole, const struct vbuf_os_request *request, void **ret)
{
	uintptr_t first = (uintptr_t)p + request->lead;
	size_t before = (size_t)(-first & (request->align - 1));
	size_t after = whole - before - request->size;

	if (before && munmap(p, before) != 0)
		return give_up(p, whole);
	if (after && munmap(p + before + request->size, after) != 0)
		return give_up(p + before, whole - before);
	*ret = p + before;
	return VBUF_OK;
}

int
vbuf_os_reserve(const struct vbuf_os_request *request, void **ret)
{
	if (request->exact)
		return reserve_exactly(request, ret);

	size_t slack = request->align - vbuf_os_page_size();
	if (slack > SIZE_MAX - request->size)
		return VBUF_ERANGE;
	size_t whole = request->size + slack;
	void *p = mmap(NULL, whole, vbuf_map_prot(request->attrs), vbuf_map_flags(request->attrs),
	               -1, 0);
	/* Nothing else in this call can be invalid than how much it asks for: Valgrind
	 * and the BSDs say so of what Linux calls ENOMEM. */
	if (p == MAP_FAILED)
		return errno == EINVAL ? VBUF_ENOADDR : vbuf_why(VBUF_WHY_RESERVE, whole);
	return trim(p, whole, request, ret);
}

int
vbuf_os_unreserve(void *addr, size_t size)
{
	return munmap(addr, size) == 0 ? VBUF_OK : vbuf_why(VBUF_WHY_CHANGE, size);
}
