/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Calls younger than Windows 7, found at run time. NULL: this system lacks it. */
#ifndef VBUF_SRC_WIN32_LATE_H
#define VBUF_SRC_WIN32_LATE_H

#include <stdbool.h>

#include "api.h"

/* Windows 10 1803; also reserves at an alignment. */
typedef PVOID WINAPI vbuf_virtual_alloc2(HANDLE process, PVOID addr, SIZE_T size, ULONG type,
                                         ULONG protection, MEM_EXTENDED_PARAMETER *parameters,
                                         ULONG count);
vbuf_virtual_alloc2 *vbuf_late_virtual_alloc2(void);

/* Windows 8.1; returns the error code. */
typedef DWORD WINAPI vbuf_discard_virtual_memory(PVOID addr, SIZE_T size);
vbuf_discard_virtual_memory *vbuf_late_discard_virtual_memory(void);

/* Whether this is Wine, where not all is what it seems. */
bool vbuf_late_is_wine(void);

#endif
