/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "why.h"

#include <errno.h>

#include <vbuf/base.h>

int
vbuf_why(enum vbuf_why what, size_t size)
{
	int code = errno;
	int err;

	/* On some systems these are two numbers. */
	switch (code == EOPNOTSUPP ? ENOTSUP : code) {
	case ENOMEM:
		err = vbuf_why_no_memory(what, size);
		break;
	case EAGAIN: /* mmap and mprotect: the limit after mlockall(); madvise: as ENOMEM */
		err = what == VBUF_WHY_CHANGE ? vbuf_why_no_memory(what, size) : VBUF_ELOCKED;
		break;
	case EPERM:
	case EACCES:
		err = VBUF_EPERM;
		break;
	case ENOSYS:
	case ENOTSUP:
		err = VBUF_ENOTSUP;
		break;
	case EEXIST:
	case EBUSY:
		err = VBUF_EBUSY;
		break;
	default:
		err = VBUF_ESYS;
	}
	errno = code;
	return err;
}

int
vbuf_lacking(void)
{
	errno = ENOTSUP;
	return VBUF_ENOTSUP;
}
