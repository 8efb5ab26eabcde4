/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Four ways to hold a cache of 64 MiB while nobody needs what is in it. */
#include <stdio.h>
#include <string.h>
#include <vbuf/vbuf.h>

static struct vbuf cache;

static void
show(const char *what, int err)
{
	size_t resident;

	if (err == VBUF_OK)
		err = vbuf_resident(&cache, 0, cache.size, &resident);
	if (err == VBUF_OK)
		printf("%-11s %2zu MiB resident\n", what, resident >> 20);
	else
		printf("%-11s %s\n", what, vbuf_strerror(err));
}

int
main(void)
{
	size_t size = 64 << 20;
	int err = vbuf_reserve(&cache, size, NULL);

	if (err == VBUF_OK)
		err = vbuf_commit(&cache, 0, size);
	if (err != VBUF_OK) {
		fprintf(stderr, "giveback: %s\n", vbuf_strerror(err));
		return 1;
	}
	show("committed", VBUF_OK);
	show("prefaulted", vbuf_prefault(&cache, 0, size, NULL));
	memset(cache.base, 'x', size);
	show("filled", VBUF_OK);

	/* Cheapest: the system takes the memory when it is short of it. */
	show("discarded", vbuf_discard(&cache, 0, size));
	/* At once; ready for use again without a word, and zero. */
	show("purged", vbuf_purge(&cache, 0, size));
	printf("%-11s first byte is %d\n", "", cache.base[0]);
	/* The commit charge too: nobody may touch it until it is committed again. */
	show("decommitted", vbuf_decommit(&cache, 0, size));
	return vbuf_unreserve(&cache) != VBUF_OK;
}
