/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Numbers of the Linux interface that older system headers lack. The kernel that
 * runs may be older or newer than the headers; what it knows shows at run time. */
#ifndef VBUF_SRC_POSIX_LINUX_H
#define VBUF_SRC_POSIX_LINUX_H

#include <sys/mman.h>
#include <sys/syscall.h>

#ifndef MAP_FIXED_NOREPLACE /* 4.17 */
#define MAP_FIXED_NOREPLACE 0x100000
#endif
#ifndef MADV_FREE /* 4.5 */
#define MADV_FREE 8
#endif
#ifndef MADV_WIPEONFORK /* 4.14 */
#define MADV_WIPEONFORK 18
#endif
#ifndef MADV_POPULATE_WRITE /* 5.14 */
#define MADV_POPULATE_WRITE 23
#endif
#ifndef MADV_DONTNEED_LOCKED /* 5.18 */
#define MADV_DONTNEED_LOCKED 24
#endif
#ifndef MADV_COLLAPSE /* 6.1 */
#define MADV_COLLAPSE 25
#endif
#ifndef PR_SET_VMA /* 5.17 */
#define PR_SET_VMA 0x53564d41
#define PR_SET_VMA_ANON_NAME 0
#endif
#if !defined(SYS_futex) && defined(SYS_futex_time64) /* 32-bit, and never had the other */
#define SYS_futex SYS_futex_time64
#endif

#endif
