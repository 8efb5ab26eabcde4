/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The system calls of src/posix that can fail, each with a fault in front. The build
 * renames them there, in the sources and in the headers those include alike. What only some
 * systems have is in files of their own. */
#include <sys/mman.h>
#include <unistd.h>

#include "faulty.h"

FAULTY(int, -1, munmap, (void *p, size_t n), (p, n))
FAULTY(int, -1, mprotect, (void *p, size_t n, int prot), (p, n, prot))
FAULTY(int, -1, madvise, (void *p, size_t n, int advice), (p, n, advice))
FAULTY(int, -1, mlock, (const void *p, size_t n), (p, n))
FAULTY(int, -1, munlock, (const void *p, size_t n), (p, n))
FAULTY(ssize_t, -1, read, (int fd, void *buf, size_t n), (fd, buf, n))

const int fault_codes[FAULT_CODES] = { ENOMEM, EAGAIN, EINVAL, EPERM, EACCES, ENOSYS, EBUSY, EIO };

const bool fault_codes_stay = true;
