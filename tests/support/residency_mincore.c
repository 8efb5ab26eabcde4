/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "residency.h"

#include <sys/mman.h>

#include "test.h"

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

bool
system_tells_residency(void)
{
	void *map =
		mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned char *p = map, in[3] = { 0, 1, 1 };

	assert_true(map != MAP_FAILED);
	*(volatile unsigned char *)p = 1;
	/* also of pages without access */
	bool tells = mprotect(p + 2 * PAGE, PAGE, PROT_NONE) == 0 &&
	             mincore(p, 3 * PAGE, (void *)in) == 0 && (in[0] & 1) && !(in[1] & 1) &&
	             !(in[2] & 1);
	if (tells && madvise(p + PAGE, PAGE, MADV_POPULATE_WRITE) == 0)
		tells = mincore(p, 2 * PAGE, (void *)in) == 0 && (in[1] & 1);
	munmap(p, 3 * PAGE);
	return tells;
}
