/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The touch itself, for the two ways of surviving it. */
#ifndef VBUF_TESTS_TOUCH_H
#define VBUF_TESTS_TOUCH_H

#include "access.h"

void touch(const volatile void *p, enum access how);

#endif
