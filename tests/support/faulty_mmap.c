/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Of systems that have nothing to add to it. */
#include <sys/mman.h>

#include "faulty.h"

FAULTY(void *, MAP_FAILED, mmap, (void *p, size_t n, int prot, int flags, int fd, off_t at),
       (p, n, prot, flags, fd, at))
