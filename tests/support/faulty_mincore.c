/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Whose last argument is of one type or another. */
#include <sys/mman.h>

#include "faulty.h"

FAULTY(int, -1, mincore, (void *p, size_t n, void *in), (p, n, in))
