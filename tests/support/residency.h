/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef VBUF_TESTS_RESIDENCY_H
#define VBUF_TESTS_RESIDENCY_H

#include <stdbool.h>

/* Which pages are resident, and does prefault make them so? */
bool system_tells_residency(void);

#endif
