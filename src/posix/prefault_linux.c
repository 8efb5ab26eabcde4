/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../atomic.h"
#include "../os.h"
#include "linux.h"
#include "valgrind.h"
#include "why.h"

int
vbuf_os_populate(void *addr, size_t size)
{
	if (madvise(addr, size, MADV_POPULATE_WRITE) == 0)
		return VBUF_OK;
	switch (errno) {
	case EINVAL: /* older than 5.14, or a page that cannot be written */
		return VBUF_ENOTSUP;
	case ENOMEM:
		return VBUF_ECOMMIT;
	default:
		return vbuf_why(VBUF_WHY_CHANGE, size);
	}
}

/*
 * Have the kernel OR 0 into the first word of the page: atomic, so that no other
 * thread's write is lost, and an error instead of a signal where the page cannot
 * be written. A futex that someone sleeps on there may wake for nothing, which
 * futexes must bear anyway.
 */
static int
or_zero_in_kernel(void *page)
{
	static uint32_t nobody_waits_here;

	return (int)syscall(SYS_futex, &nobody_waits_here, FUTEX_WAKE_OP | FUTEX_PRIVATE_FLAG, 0,
	                    NULL, page, FUTEX_OP(FUTEX_OP_OR, 0, FUTEX_OP_CMP_LT, 0));
}

/* Bytes from p on that can be written; all, where the system does not tell. */
static size_t
writable_run(void *p, size_t size)
{
	struct vbuf_run run;

	if (vbuf_os_query(p, size, &run) != VBUF_OK)
		return size;
	return run.state == VBUF_STATE_RW ? run.size : 0;
}

/*
 * A kernel or sandbox without this futex call leaves the plain write, which must not
 * meet a page that it kills us for: such pages are looked up first, a run at a time.
 */
int
vbuf_os_touch(void *addr, size_t size, size_t *ret_done)
{
	unsigned char *p = addr;
	size_t step = vbuf_os_page_size();
	size_t done, writable = 0;
	int err = VBUF_OK;

	for (done = 0; done < size; done += step) {
		if (or_zero_in_kernel(p + done) >= 0)
			continue;
		int code = errno;
		if (code == ENOSYS || code == EPERM || code == EACCES || code == EINVAL) {
			if (done >= writable)
				writable = done + writable_run(p + done, size - done);
			if (done < writable) {
				vbuf_valgrind_hush(); /* as for AddressSanitizer */
				vbuf_rewrite_byte(p + done);
				vbuf_valgrind_speak();
				continue;
			}
			code = EFAULT;
		}
		errno = code;
		err = code == EFAULT ? VBUF_EACCES : code == ENOMEM ? VBUF_ECOMMIT : VBUF_ESYS;
		break;
	}
	*ret_done = done;
	return err;
}
