/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* liburcu, whose readers say from time to time that they have nothing: here after each read. */
#define _LGPL_SOURCE /* what its short functions inline asks for */
#include <urcu/urcu-qsbr.h>

#include <stdbool.h>

typedef int guard_thread;

static bool
guard_open(void)
{
	return true;
}

static bool
guard_enter(guard_thread *g)
{
	(void)g;
	urcu_qsbr_register_thread();
	return true;
}

static void
guard_leave(guard_thread *g)
{
	(void)g;
	urcu_qsbr_unregister_thread();
}

static inline void
guard_pin(guard_thread *g)
{
	(void)g;
	urcu_qsbr_read_lock();
}

static inline void
guard_unpin(guard_thread *g)
{
	(void)g;
	urcu_qsbr_read_unlock();
	urcu_qsbr_quiescent_state();
}

#include "guarded.h"

const struct smap_peer smap_urcu_qsbr = GUARDED_PEER;
