/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <pthread.h>
#include <sched.h>

#include "../sync.h"

void
vbuf_sync_yield(void)
{
	(void)sched_yield();
}

int
vbuf_sync_key_create(vbuf_sync_key *ret, void(VBUF_SYNC_EXIT *at_exit)(void *value))
{
	pthread_key_t key;

	if (pthread_key_create(&key, at_exit) != 0)
		return VBUF_ERLIMIT;
	*ret = key;
	return VBUF_OK;
}

void
vbuf_sync_key_delete(vbuf_sync_key key)
{
	(void)pthread_key_delete((pthread_key_t)key);
}

void *
vbuf_sync_key_get(vbuf_sync_key key)
{
	return pthread_getspecific((pthread_key_t)key);
}

int
vbuf_sync_key_set(vbuf_sync_key key, void *value)
{
	return pthread_setspecific((pthread_key_t)key, value) == 0 ? VBUF_OK : VBUF_ERLIMIT;
}
