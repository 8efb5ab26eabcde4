/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <vbuf/vbuf.h>

int
main(void)
{
	const size_t MiB = 1 << 20;
	struct vbuf v;

	if (vbuf_reserve(&v, 1024 * MiB, NULL) || vbuf_commit(&v, 0, MiB))
		return 1;
	char *kept = strcpy((char *)v.base, "still here"); /* 1 MiB of memory, 1 GiB of addresses */
	if (vbuf_commit(&v, MiB, 63 * MiB))                /* grow: nothing moves */
		return 1;
	memset(v.base + MiB, '.', 63 * MiB);
	printf("64 MiB later: %s\n", kept);
	vbuf_decommit(&v, MiB, 63 * MiB); /* the memory goes back, the addresses stay */
	printf("1 MiB again: %s\n", kept);
	return vbuf_unreserve(&v) != VBUF_OK;
}
