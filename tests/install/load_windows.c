/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A program that is not linked with libvbuf: it loads the DLL that its argument names, uses
 * it and unloads it, several times. */
#include <stdio.h>
#include <windows.h>

#include <vbuf/vbuf.h>

static int
use(const char *path, int last)
{
	const char *(*version)(void);
	int (*reserve)(struct vbuf *, size_t, const struct vbuf_options *);
	int (*commit)(struct vbuf *, size_t, size_t);
	int (*unreserve)(struct vbuf *);
	size_t (*page_size)(void);
	struct vbuf v;

	HMODULE library = LoadLibraryA(path);
	if (!library) {
		fprintf(stderr, "error %lu\n", GetLastError());
		return 1;
	}
	*(FARPROC *)(void *)&version = GetProcAddress(library, "vbuf_version");
	*(FARPROC *)(void *)&reserve = GetProcAddress(library, "vbuf_reserve");
	*(FARPROC *)(void *)&commit = GetProcAddress(library, "vbuf_commit");
	*(FARPROC *)(void *)&unreserve = GetProcAddress(library, "vbuf_unreserve");
	*(FARPROC *)(void *)&page_size = GetProcAddress(library, "vbuf_page_size");
	if (!version || !reserve || !commit || !unreserve || !page_size)
		return 1;
	if (reserve(&v, (size_t)1 << 30, NULL) || commit(&v, 0, page_size()))
		return 1;
	v.base[0] = 1;
	if (unreserve(&v))
		return 1;
	if (last)
		printf("libvbuf %s\n", version());
	return !FreeLibrary(library);
}

int
main(int argc, char **argv)
{
	for (int i = 0; i < 10; i++)
		if (argc != 2 || use(argv[1], i == 9))
			return 1;
	return 0;
}
