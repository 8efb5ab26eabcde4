/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The names that minherit() has for the same thing. */
#ifndef VBUF_SRC_POSIX_INHERIT_H
#define VBUF_SRC_POSIX_INHERIT_H

#include <sys/mman.h>

#define VBUF_INHERIT_UNKNOWN (-1)

#if defined(INHERIT_NONE) /* FreeBSD */
#define VBUF_INHERIT_NONE INHERIT_NONE
#elif defined(MAP_INHERIT_NONE) /* NetBSD, OpenBSD */
#define VBUF_INHERIT_NONE MAP_INHERIT_NONE
#else /* macOS */
#include <mach/vm_inherit.h>
#define VBUF_INHERIT_NONE ((int)VM_INHERIT_NONE)
#endif

#if defined(INHERIT_ZERO) /* FreeBSD 12 */
#define VBUF_INHERIT_ZERO INHERIT_ZERO
#elif defined(MAP_INHERIT_ZERO) /* NetBSD, OpenBSD */
#define VBUF_INHERIT_ZERO MAP_INHERIT_ZERO
#else /* macOS has none */
#define VBUF_INHERIT_ZERO VBUF_INHERIT_UNKNOWN
#endif

#endif
