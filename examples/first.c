/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The first program: memory that grows where it is, so that pointers stay valid. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vbuf/vbuf.h>

static void
check(int err)
{
	if (err != VBUF_OK) {
		fprintf(stderr, "first: %s\n", vbuf_strerror(err));
		exit(EXIT_FAILURE);
	}
}

int
main(void)
{
	const size_t MiB = 1 << 20; /* a multiple of any page */
	struct vbuf v;

	check(vbuf_reserve(&v, 1024 * MiB, NULL)); /* addresses only, no memory yet */
	check(vbuf_commit(&v, 0, MiB));
	char *kept = strcpy((char *)v.base, "still here");

	check(vbuf_commit(&v, MiB, 63 * MiB)); /* grow: nothing moves, nothing is copied */
	memset(v.base + MiB, '.', 63 * MiB);
	printf("64 MiB later: %s\n", kept);

	check(vbuf_decommit(&v, MiB, 63 * MiB)); /* the memory goes back, the addresses stay */
	printf("1 MiB again: %s\n", kept);
	check(vbuf_unreserve(&v));
	return EXIT_SUCCESS;
}
