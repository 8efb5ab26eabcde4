/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef VBUF_SRC_POSIX_VALGRIND_H
#define VBUF_SRC_POSIX_VALGRIND_H

#include <stdbool.h>
#include <stddef.h>

#if defined(VBUF_HAVE_VALGRIND)
#include <valgrind/memcheck.h>
#define vbuf_on_valgrind() (RUNNING_ON_VALGRIND != 0)
#define vbuf_valgrind_forbid(p, size) ((void)VALGRIND_MAKE_MEM_NOACCESS((p), (size)))
#define vbuf_valgrind_allow(p, size) ((void)VALGRIND_MAKE_MEM_UNDEFINED((p), (size)))
/* Between these, what this thread does is nobody's error. */
#define vbuf_valgrind_hush() VALGRIND_DISABLE_ERROR_REPORTING
#define vbuf_valgrind_speak() VALGRIND_ENABLE_ERROR_REPORTING
#else
#define vbuf_on_valgrind() false
#define vbuf_valgrind_forbid(p, size) ((void)(p), (void)(size))
#define vbuf_valgrind_allow(p, size) ((void)(p), (void)(size))
#define vbuf_valgrind_hush() ((void)0)
#define vbuf_valgrind_speak() ((void)0)
#endif

#endif
