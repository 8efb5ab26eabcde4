/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The system's header, without the parts that nobody here needs. */
#ifndef VBUF_SRC_WIN32_API_H
#define VBUF_SRC_WIN32_API_H

#define WIN32_LEAN_AND_MEAN
#define NOMINMAX
#include <windows.h>

/* A number that older headers lack. */
#ifndef ERROR_DYNAMIC_CODE_BLOCKED /* Windows 8.1 */
#define ERROR_DYNAMIC_CODE_BLOCKED 1655L
#endif

#endif
