/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "residency.h"

#include <sys/mman.h>

#include "test.h"

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

/* It says nothing, and so nothing false; or it says that what has no access is there. */
bool
system_tells_residency(void)
{
	void *p = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANON, -1, 0);

	assert_true(p != MAP_FAILED);
	bool tells = madvise(p, PAGE, MADV_POPULATE_WRITE) != 0;
	munmap(p, PAGE);
	return tells;
}
