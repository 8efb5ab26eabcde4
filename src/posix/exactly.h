/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef VBUF_SRC_POSIX_EXACTLY_H
#define VBUF_SRC_POSIX_EXACTLY_H

#include <stddef.h>
#include <stdint.h>

/* A mapping that begins at addr and takes nothing's place; or MAP_FAILED, with EEXIST
 * in errno if something is there. */
void *vbuf_map_exactly(void *addr, size_t size, uint32_t attrs);

#endif
