/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* liburcu, whose writers have the kernel make all threads pass a fence, as ours do. */
#define _LGPL_SOURCE /* what its short functions inline asks for */
#include <urcu/urcu-memb.h>

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
	urcu_memb_register_thread();
	return true;
}

static void
guard_leave(guard_thread *g)
{
	(void)g;
	urcu_memb_unregister_thread();
}

static inline void
guard_pin(guard_thread *g)
{
	(void)g;
	urcu_memb_read_lock();
}

static inline void
guard_unpin(guard_thread *g)
{
	(void)g;
	urcu_memb_read_unlock();
}

#include "guarded.h"

const struct smap_peer smap_urcu_memb = GUARDED_PEER;

const char *
smap_urcu_version(void)
{
	return BENCH_URCU_VERSION;
}
