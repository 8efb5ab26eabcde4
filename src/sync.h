/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The second door to the operating system, for what threads need of it. As in os.h:
 * src/posix/ and src/win32/ each hold every function once, and nobody checks again.
 */
#ifndef VBUF_SRC_SYNC_H
#define VBUF_SRC_SYNC_H

#include <vbuf/base.h>

/* Get ready for the heavy barrier; any number of times. ENOTSUP: there is none. */
int vbuf_sync_register(void);
/* Make every other thread of the process pass a full fence. ESYS: it did not. */
int vbuf_sync_heavy(void);

/* Let another thread run: in a loop that waits for one. */
void vbuf_sync_yield(void);

/* How the system calls back: on 32-bit Windows it has a way of its own. */
#if defined(VBUF_SYNC_STDCALL)
#define VBUF_SYNC_EXIT __attribute__((stdcall))
#else
#define VBUF_SYNC_EXIT
#endif

/* A value of each thread's own, first NULL. at_exit is called with it, if it is not
 * NULL, when the thread ends; Windows also calls it, for all threads, from delete.
 * ERLIMIT: there are no more keys, or no memory. */
typedef uintptr_t vbuf_sync_key;
int vbuf_sync_key_create(vbuf_sync_key *ret, void(VBUF_SYNC_EXIT *at_exit)(void *value));
void vbuf_sync_key_delete(vbuf_sync_key key);
void *vbuf_sync_key_get(vbuf_sync_key key);
int vbuf_sync_key_set(vbuf_sync_key key, void *value);

#endif
