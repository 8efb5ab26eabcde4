/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>

#include <vbuf/base.h>

#include "proc.h"
#include "why.h"

static bool
maps_exhausted(void)
{
	uint64_t limit;

	if (!vbuf_proc_number("/proc/sys/vm/max_map_count", &limit))
		return false;
	/* A change in the middle of a mapping makes two more. The lines may hold one
	 * that the kernel does not count ([vsyscall]). */
	return vbuf_proc_count_maps() + 2 > limit;
}

/* Would size more bytes carry the count behind key past the limit? */
static bool
over_limit(int resource, const char *key, size_t size)
{
	struct rlimit limit;
	uint64_t kib;

	if (getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
		return false;
	if (!vbuf_proc_keyed("/proc/self/status", key, &kib))
		return size > limit.rlim_cur;
	return size > limit.rlim_cur || kib * 1024 > limit.rlim_cur - size;
}

int
vbuf_why_no_memory(enum vbuf_why what, size_t size)
{
	if (what == VBUF_WHY_LOCK) /* of its limit mlock() says ENOMEM */
		return VBUF_ECOMMIT;
	if (what == VBUF_WHY_RESERVE && over_limit(RLIMIT_AS, "VmSize:", size))
		return VBUF_ERLIMIT;
	if (what == VBUF_WHY_COMMIT && over_limit(RLIMIT_DATA, "VmData:", size))
		return VBUF_ERLIMIT;
	if (maps_exhausted())
		return VBUF_EMAPS;
	switch (what) {
	case VBUF_WHY_RESERVE:
		return VBUF_ENOADDR;
	case VBUF_WHY_COMMIT:
		return VBUF_ECOMMIT;
	default:
		return VBUF_ESYS;
	}
}
