/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "smap.h"

const struct smap_peer smap_ck = { .absent = "built without Concurrency Kit" };
