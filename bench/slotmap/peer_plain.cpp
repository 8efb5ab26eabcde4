/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The plain slotmap as it is, for one thread. */
#include "../standard.hpp"
#include "plain.hpp"

#define smap_pin smap_leave
#define smap_unpin smap_leave
#define smap_begin smap_leave
#define smap_end smap_leave

#include "loops.h"

extern "C" {
extern const struct smap_peer smap_plain;
const struct smap_peer smap_plain = { nullptr, map_open, map_close, SMAP_LOOPS, nullptr,
	                              nullptr, nullptr,  nullptr,   nullptr,    nullptr };
}

const char *
smap_std_version(void)
{
	return standard_library();
}
