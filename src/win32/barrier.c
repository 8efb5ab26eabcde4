/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "../sync.h"
#include "api.h"
#include "late.h"

/* Only x86 is known to give the fence that is needed, and Wine has a stub. */
#if defined(__x86_64__) || defined(__i386__)
#define HAVE_BARRIER true
#else
#define HAVE_BARRIER false
#endif

int
vbuf_sync_register(void)
{
	return HAVE_BARRIER && !vbuf_late_is_wine() ? VBUF_OK : VBUF_ENOTSUP;
}

int
vbuf_sync_heavy(void)
{
	FlushProcessWriteBuffers();
	return VBUF_OK;
}
