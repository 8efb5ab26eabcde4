/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A vector that holds what it was given, from a package that was installed. */
#include <stdio.h>
#include <vbuf/vec.h>

VBUF_VEC(numbers, int);

int
main(void)
{
	struct numbers v = { 0 };

	for (int i = 0; i < 1000; i++)
		if (numbers_push(&v, i) != VBUF_OK)
			return 1;
	printf("libvbuf %s holds %zu numbers\n", vbuf_version(), v.len);
	return v.len != 1000 || numbers_fini(&v) != VBUF_OK;
}
