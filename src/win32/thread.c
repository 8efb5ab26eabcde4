/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "../sync.h"
#include "api.h"

void
vbuf_sync_yield(void)
{
	(void)SwitchToThread();
}

/* Fiber-local storage, as that of threads has nobody to call when one ends. Deleting
 * a key calls at_exit too, for each thread's value. */
int
vbuf_sync_key_create(vbuf_sync_key *ret, void(VBUF_SYNC_EXIT *at_exit)(void *value))
{
	DWORD key = FlsAlloc(at_exit);

	if (key == FLS_OUT_OF_INDEXES)
		return VBUF_ERLIMIT;
	*ret = key;
	return VBUF_OK;
}

void
vbuf_sync_key_delete(vbuf_sync_key key)
{
	(void)FlsFree((DWORD)key);
}

void *
vbuf_sync_key_get(vbuf_sync_key key)
{
	return FlsGetValue((DWORD)key);
}

int
vbuf_sync_key_set(vbuf_sync_key key, void *value)
{
	return FlsSetValue((DWORD)key, value) ? VBUF_OK : VBUF_ERLIMIT;
}
