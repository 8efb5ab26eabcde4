/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The plain slotmap behind a mutex: a pin holds it. */
#include <mutex>

#include "plain.hpp"

static std::mutex the_lock;

static inline void
smap_pin(smap_thread *)
{
	the_lock.lock();
}

static inline void
smap_unpin(smap_thread *)
{
	the_lock.unlock();
}

#define smap_begin smap_pin
#define smap_end smap_unpin

#include "loops.h"

extern "C" {
extern const struct smap_peer smap_mutex;
const struct smap_peer smap_mutex = { nullptr, map_open, map_close, SMAP_LOOPS, nullptr,
	                              nullptr, nullptr,  nullptr,   nullptr,    nullptr };
}
