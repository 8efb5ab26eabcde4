/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A program that knows libvbuf by its installed headers and library alone. */
#include <stdio.h>
#include <string.h>

#include <vbuf/vbuf.h>

int
main(void)
{
	struct vbuf v;
	size_t page = vbuf_page_size();

	if (strcmp(vbuf_version(), VBUF_VERSION_STRING) != 0)
		return 1;
	int err = vbuf_reserve(&v, (size_t)1 << 30, NULL);
	if (err == VBUF_OK)
		err = vbuf_commit(&v, 0, page);
	if (err != VBUF_OK) {
		fprintf(stderr, "%s: %s\n", vbuf_errname(err), vbuf_strerror(err));
		return 1;
	}
	v.base[page - 1] = 1;
	printf("libvbuf %s\n", vbuf_version());
	return vbuf_unreserve(&v) == VBUF_OK ? 0 : 1;
}
