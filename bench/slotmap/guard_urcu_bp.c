/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* liburcu, whose threads need not be registered. */
#define _LGPL_SOURCE /* what its short functions inline asks for */
#include <urcu/urcu-bp.h>

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
	urcu_bp_register_thread();
	return true;
}

static void
guard_leave(guard_thread *g)
{
	(void)g;
	urcu_bp_unregister_thread();
}

static inline void
guard_pin(guard_thread *g)
{
	(void)g;
	urcu_bp_read_lock();
}

static inline void
guard_unpin(guard_thread *g)
{
	(void)g;
	urcu_bp_read_unlock();
}

#include "guarded.h"

const struct smap_peer smap_urcu_bp = GUARDED_PEER;
