/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Where the system does not tell so much. */
#include "child.h"
#include "smaps.h"

struct smaps
smaps_of(const void *p, size_t size, const char *flag)
{
	(void)p;
	(void)size;
	(void)flag;
	skip_here();
	return (struct smaps){ 0 };
}
