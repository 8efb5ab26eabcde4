/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <errno.h>
#include <limits.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../os.h"
#include "why.h"

int
vbuf_os_numa(void *addr, size_t size, enum vbuf_numa policy, uint64_t nodes)
{
	static const int modes[] = {
		[VBUF_NUMA_DEFAULT] = 0,    /* MPOL_DEFAULT */
		[VBUF_NUMA_BIND] = 2,       /* MPOL_BIND */
		[VBUF_NUMA_INTERLEAVE] = 3, /* MPOL_INTERLEAVE */
	};
	enum { BITS = sizeof(unsigned long) * CHAR_BIT, WORDS = 64 / BITS };
	unsigned long mask[WORDS];

	for (int i = 0; i < WORDS; i++)
		mask[i] = (unsigned long)(nodes >> (i * BITS));
	/* The kernel reads one bit less than it is told. */
	if (syscall(SYS_mbind, addr, size, modes[policy], nodes ? mask : NULL, nodes ? 65 : 0, 0) ==
	    0)
		return VBUF_OK;
	return errno == EINVAL ? VBUF_EINVAL : vbuf_why(VBUF_WHY_CHANGE, size);
}
