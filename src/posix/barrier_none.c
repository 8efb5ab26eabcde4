/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* No call makes other threads pass a fence, so readers have to pass their own. */
#include "../sync.h"

int
vbuf_sync_register(void)
{
	return VBUF_ENOTSUP;
}

int
vbuf_sync_heavy(void)
{
	return VBUF_ESYS;
}
