/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A limit of the process, as the library reports it. */
#ifndef VBUF_SRC_POSIX_RLIMIT_H
#define VBUF_SRC_POSIX_RLIMIT_H

#include <sys/resource.h>

#include <vbuf/vbuf.h>

/* What a system has not, getrlimit() does not know. */
#ifndef RLIMIT_AS /* OpenBSD */
#define RLIMIT_AS (-1)
#endif
#ifndef RLIMIT_MEMLOCK /* not in POSIX */
#define RLIMIT_MEMLOCK (-1)
#endif

static inline uint64_t
vbuf_rlimit(int resource)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
		return VBUF_UNLIMITED;
	return limit.rlim_cur;
}

#endif
