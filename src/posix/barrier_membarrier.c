/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <unistd.h>

#include "../sync.h"
#include "linux.h"

/* ThreadSanitizer does not know of the barrier and would report races. */
#if defined(__SANITIZE_THREAD__)
#define HAVE_BARRIER false
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define HAVE_BARRIER false
#endif
#endif
#ifndef HAVE_BARRIER
#define HAVE_BARRIER true
#endif

/* enum membarrier_cmd of <linux/membarrier.h>, which older systems lack; 4.14 */
enum { PRIVATE_EXPEDITED = 1 << 3, REGISTER_PRIVATE_EXPEDITED = 1 << 4 };

int
vbuf_sync_register(void)
{
	if (!HAVE_BARRIER || syscall(SYS_membarrier, REGISTER_PRIVATE_EXPEDITED, 0, 0) != 0)
		return VBUF_ENOTSUP;
	return VBUF_OK;
}

int
vbuf_sync_heavy(void)
{
	return syscall(SYS_membarrier, PRIVATE_EXPEDITED, 0, 0) == 0 ? VBUF_OK : VBUF_ESYS;
}
