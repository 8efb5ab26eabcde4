/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <errno.h>

#include "../atomic.h"
#include "../os.h"
#include "valgrind.h"
#include "why.h"

int
vbuf_os_populate(void *addr, size_t size)
{
	(void)addr;
	(void)size;
	return vbuf_lacking();
}

/* A page that cannot be written would end the process, so such are looked up first, a run
 * at a time; where the system does not tell, all are taken for writable. */
int
vbuf_os_touch(void *addr, size_t size, size_t *ret_done)
{
	unsigned char *p = addr;
	size_t step = vbuf_os_page_size();
	size_t done = 0;
	int err = VBUF_OK;

	vbuf_valgrind_hush(); /* as for AddressSanitizer, see vbuf_rewrite_byte() */
	while (err == VBUF_OK && done < size) {
		struct vbuf_run run = { size - done, VBUF_STATE_RW };

		err = vbuf_os_query(p + done, size - done, &run);
		if (err == VBUF_ENOTSUP)
			err = VBUF_OK;
		if (err == VBUF_OK && run.state != VBUF_STATE_RW) {
			errno = EFAULT;
			err = VBUF_EACCES;
		}
		for (size_t end = done + run.size; err == VBUF_OK && done < end; done += step)
			vbuf_rewrite_byte(p + done);
	}
	vbuf_valgrind_speak();
	*ret_done = done;
	return err;
}
