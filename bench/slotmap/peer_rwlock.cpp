/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The plain slotmap behind a lock that readers share. */
#include <shared_mutex>

#include "plain.hpp"

static std::shared_mutex the_lock;

static inline void
smap_pin(smap_thread *)
{
	the_lock.lock_shared();
}

static inline void
smap_unpin(smap_thread *)
{
	the_lock.unlock_shared();
}

static inline void
smap_begin(smap_thread *)
{
	the_lock.lock();
}

static inline void
smap_end(smap_thread *)
{
	the_lock.unlock();
}

#include "loops.h"

extern "C" {
extern const struct smap_peer smap_rwlock;
const struct smap_peer smap_rwlock = { nullptr, map_open, map_close, SMAP_LOOPS, nullptr,
	                               nullptr, nullptr,  nullptr,   nullptr,    nullptr };
}
