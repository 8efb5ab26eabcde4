/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The list of mappings of the BSDs, with a fault in front: see faulty_posix.c. */
/* clang-format off: these headers have an order */
#include <sys/sysctl.h>
#include <sys/types.h>
/* clang-format on */
#include <errno.h>

#include "fault.h"

int faulty_sysctl(const int *name, unsigned length, void *old, size_t *old_size,
                  const void *new_value, size_t new_size);
int
faulty_sysctl(const int *name, unsigned length, void *old, size_t *old_size, const void *new_value,
              size_t new_size)
{
	int code;

	if (fault_now(FAULT_SYSTEM, "sysctl", &code)) {
		errno = code;
		return -1;
	}
	return sysctl(name, length, old, old_size, new_value, new_size);
}
