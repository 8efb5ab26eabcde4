/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "../atomic.h"
#include "../os.h"
#include "api.h"
#include "runs.h"
#include "why.h"

/* PrefetchVirtualMemory() reads from files; it does not touch a page for the first
 * time. */
int
vbuf_os_populate(void *addr, size_t size)
{
	(void)addr;
	(void)size;
	return vbuf_lacking();
}

static void
touch_run(volatile unsigned char *p, size_t size)
{
	size_t page = vbuf_os_page_size();

	for (size_t done = 0; done < size; done += page)
		vbuf_rewrite_byte(p + done);
}

int
vbuf_os_touch(void *addr, size_t size, size_t *ret_done)
{
	unsigned char *p = addr;
	struct vbuf_pages run;
	size_t done;
	int err = VBUF_OK;

	for (done = 0; done < size; done += run.size) {
		if (!vbuf_pages_at(p + done, size - done, &run)) {
			err = vbuf_why(VBUF_WHY_CHANGE);
			break;
		}
		if (!run.committed || run.protection != PAGE_READWRITE) {
			SetLastError(ERROR_NOACCESS);
			err = VBUF_EACCES;
			break;
		}
		touch_run(p + done, run.size);
	}
	*ret_done = done;
	return err;
}
