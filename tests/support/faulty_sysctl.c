/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The list of mappings of the BSDs, with a fault in front: see faulty_posix.c. */
#include <sys/types.h>

#include <sys/sysctl.h>

#include "faulty.h"

FAULTY(int, -1, sysctl,
       (const int *name, unsigned length, void *old, size_t *old_size, const void *new_value,
        size_t new_size),
       (name, length, old, old_size, new_value, new_size))
