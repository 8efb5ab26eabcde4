/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Loops over atomic operations side by side, which compilers do not make into vectors. */
#ifndef VBUF_SRC_UNROLL_H
#define VBUF_SRC_UNROLL_H

/* Before a loop. GCC leaves one as it is, at the usual level; clang does not. */
#if defined(__clang__)
#define VBUF_UNROLL
#else
#define VBUF_UNROLL _Pragma("GCC unroll 8")
#endif

#endif
