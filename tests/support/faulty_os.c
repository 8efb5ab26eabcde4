/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The functions of os.h that can fail, each with a fault in front. The build has
 * renamed the real ones; its list and this one must agree, or nothing links. */
#include "../../src/os.h"
#include "fault.h"

#define FAULTY(name, params, args)                                                                 \
	int real_os_##name params;                                                                 \
	int vbuf_os_##name params                                                                  \
	{                                                                                          \
		int err;                                                                           \
		if (!fault_now(FAULT_OS, #name, &err))                                             \
			err = real_os_##name args;                                                 \
		fault_done(#name);                                                                 \
		return err;                                                                        \
	}

bool fault_halfway;

/* A call that fails may have come as far as this. */
static size_t
half(size_t size)
{
	return fault_halfway ? size / 2 & ~(vbuf_os_page_size() - 1) : 0;
}

/* Those that change a range, of which a part may be changed on failure. */
#define FAULTY_IN_PART(name, params, args)                                                         \
	int real_os_##name params;                                                                 \
	int vbuf_os_##name params                                                                  \
	{                                                                                          \
		int err;                                                                           \
		bool now = fault_now(FAULT_OS, #name, &err);                                       \
		if (now)                                                                           \
			size = half(size);                                                         \
		int real = size ? real_os_##name args : VBUF_OK;                                   \
		fault_done(#name);                                                                 \
		return now ? err : real;                                                           \
	}

FAULTY(advise, (void *addr, size_t size, uint32_t attrs), (addr, size, attrs))
FAULTY(name, (void *addr, size_t size, const char *name), (addr, size, name))
FAULTY_IN_PART(commit, (void *addr, size_t size), (addr, size))
FAULTY(decommit, (void *addr, size_t size, uint32_t attrs), (addr, size, attrs))
FAULTY_IN_PART(protect, (void *addr, size_t size, enum vbuf_prot prot), (addr, size, prot))
FAULTY_IN_PART(purge, (void *addr, size_t size), (addr, size))
FAULTY_IN_PART(discard, (void *addr, size_t size), (addr, size))
FAULTY(populate, (void *addr, size_t size), (addr, size))
FAULTY_IN_PART(advise_huge, (void *addr, size_t size, enum vbuf_huge huge), (addr, size, huge))
FAULTY_IN_PART(collapse, (void *addr, size_t size), (addr, size))
FAULTY_IN_PART(lock, (void *addr, size_t size), (addr, size))
FAULTY_IN_PART(unlock, (void *addr, size_t size), (addr, size))
FAULTY_IN_PART(numa, (void *addr, size_t size, enum vbuf_numa policy, uint64_t nodes),
               (addr, size, policy, nodes))
FAULTY(query, (void *addr, size_t size, struct vbuf_run *ret), (addr, size, ret))
FAULTY(resident, (void *addr, size_t size, size_t *ret), (addr, size, ret))

/* The one whose out-parameter is written on failure too. */
int real_os_touch(void *addr, size_t size, size_t *ret_done);
int
vbuf_os_touch(void *addr, size_t size, size_t *ret_done)
{
	int err;

	if (!fault_now(FAULT_OS, "touch", &err))
		return real_os_touch(addr, size, ret_done);
	*ret_done = 0;
	return err;
}

long fault_reservations;

static int
counted(int err, long change)
{
	if (err == VBUF_OK)
		(void)__atomic_add_fetch(&fault_reservations, change, __ATOMIC_RELAXED);
	return err;
}

int real_os_unreserve(void *addr, size_t size);
int
vbuf_os_unreserve(void *addr, size_t size)
{
	int err;

	if (!fault_now(FAULT_OS, "unreserve", &err))
		err = counted(real_os_unreserve(addr, size), -1);
	fault_done("unreserve");
	return err;
}

/* The one that says no by itself as well, to what is larger than the test wants. */
size_t fault_reserve_limit = SIZE_MAX;

int real_os_reserve(const struct vbuf_os_request *request, void **ret);
int
vbuf_os_reserve(const struct vbuf_os_request *request, void **ret)
{
	int err;

	if (fault_now(FAULT_OS, "reserve", &err))
		return err;
	if (request->size > fault_reserve_limit)
		return VBUF_ENOADDR;
	return counted(real_os_reserve(request, ret), 1);
}
