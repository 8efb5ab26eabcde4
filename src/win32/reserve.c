/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "../os.h"
#include "api.h"
#include "late.h"
#include "why.h"

static void *
reserve_at(uintptr_t addr, size_t size)
{
	return VirtualAlloc((void *)addr, size, MEM_RESERVE, PAGE_NOACCESS);
}

/* The system says "invalid address" for all: taken, its own, or beyond the end. */
static int
why_not_there(uintptr_t addr, size_t size)
{
	SYSTEM_INFO info;

	if (GetLastError() != ERROR_INVALID_ADDRESS && GetLastError() != ERROR_INVALID_PARAMETER)
		return vbuf_why(VBUF_WHY_RESERVE);
	GetSystemInfo(&info);
	uintptr_t first = (uintptr_t)info.lpMinimumApplicationAddress;
	uintptr_t last = (uintptr_t)info.lpMaximumApplicationAddress;
	if (addr < first || addr > last)
		return VBUF_EPERM;
	return size - 1 > last - addr ? VBUF_ENOADDR : VBUF_EBUSY;
}

static int
reserve_exactly(const struct vbuf_os_request *request, void **ret)
{
	uintptr_t addr = (uintptr_t)request->addr;
	void *p = reserve_at(addr, request->size);

	if (!p)
		return why_not_there(addr, request->size);
	*ret = p;
	return VBUF_OK;
}

static void *
reserve_aligned(size_t size, size_t align)
{
	vbuf_virtual_alloc2 *alloc = vbuf_late_virtual_alloc2();
	MEM_ADDRESS_REQUIREMENTS where = { .Alignment = align };
	MEM_EXTENDED_PARAMETER parameter = {
		.Type = MemExtendedParameterAddressRequirements,
		.Pointer = &where,
	};

	if (!alloc)
		return NULL;
	return alloc(GetCurrentProcess(), NULL, size, MEM_RESERVE, PAGE_NOACCESS, &parameter, 1);
}

/*
 * A reservation cannot be trimmed. So find room with a larger one, give it back, and
 * take the part that suits; another thread may be quicker, so try again.
 */
static void *
reserve_by_search(const struct vbuf_os_request *request, size_t align)
{
	const int tries = 16;
	size_t whole = request->size + (align - vbuf_os_granularity());

	for (int i = 0; i < tries; i++) {
		void *room = reserve_at(0, whole);
		if (!room)
			return NULL;
		uintptr_t first = (uintptr_t)room + request->lead;
		uintptr_t addr = (uintptr_t)room + (-first & (align - 1));
		if (!VirtualFree(room, 0, MEM_RELEASE)) /* it has just been made: it can be */
			return NULL;
		void *p = reserve_at(addr, request->size);
		if (p)
			return p;
	}
	return NULL;
}

int
vbuf_os_reserve(const struct vbuf_os_request *request, void **ret)
{
	size_t granularity = vbuf_os_granularity();
	size_t align = request->align < granularity ? granularity : request->align;
	void *p = NULL;

	if (request->exact)
		return reserve_exactly(request, ret);
	if (request->align - vbuf_os_page_size() > SIZE_MAX - request->size)
		return VBUF_ERANGE;
	if (align == granularity)
		p = reserve_at(0, request->size);
	else if (request->lead == 0)
		p = reserve_aligned(request->size, align);
	if (!p && align != granularity)
		p = reserve_by_search(request, align);
	if (!p)
		return vbuf_why(VBUF_WHY_RESERVE);
	*ret = p;
	return VBUF_OK;
}

int
vbuf_os_unreserve(void *addr, size_t size)
{
	(void)size;
	return VirtualFree(addr, 0, MEM_RELEASE) ? VBUF_OK : vbuf_why(VBUF_WHY_CHANGE);
}
