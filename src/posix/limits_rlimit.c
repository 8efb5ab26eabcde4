/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What any POSIX system tells: the limits of the process. */
#include "../os.h"
#include "rlimit.h"
#include "width.h"

void
vbuf_os_limits(struct vbuf_limits *ret)
{
	ret->address_bits = vbuf_address_bits();
	ret->overcommit = -1;
	ret->address_space_limit = vbuf_rlimit(RLIMIT_AS);
	ret->data_limit = vbuf_rlimit(RLIMIT_DATA);
	ret->locked_limit = vbuf_rlimit(RLIMIT_MEMLOCK);
	ret->memory_limit = VBUF_UNLIMITED;
	ret->maps = 0;
	ret->maps_limit = VBUF_UNLIMITED;
	ret->commit_headroom = VBUF_UNLIMITED;
}
