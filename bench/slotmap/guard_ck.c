/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The epochs of Concurrency Kit. Its records stay with it for ever, to be used again. */
#include <ck_epoch.h>
#include <stdbool.h>
#include <stdlib.h>

typedef ck_epoch_record_t *guard_thread;

static ck_epoch_t epoch;

static bool
guard_open(void)
{
	static bool ready;

	if (!ready)
		ck_epoch_init(&epoch);
	ready = true;
	return true;
}

static bool
guard_enter(guard_thread *g)
{
	void *p = NULL;

	*g = ck_epoch_recycle(&epoch, NULL);
	if (*g)
		return true;
	if (posix_memalign(&p, CK_MD_CACHELINE, sizeof **g) != 0)
		return false;
	*g = p;
	ck_epoch_register(&epoch, *g, NULL);
	return true;
}

static void
guard_leave(guard_thread *g)
{
	ck_epoch_unregister(*g);
}

static inline void
guard_pin(guard_thread *g)
{
	ck_epoch_begin(*g, NULL);
}

static inline void
guard_unpin(guard_thread *g)
{
	(void)ck_epoch_end(*g, NULL);
}

#include "guarded.h"

const struct smap_peer smap_ck = GUARDED_PEER;

const char *
smap_ck_version(void)
{
	return BENCH_CK_VERSION;
}
