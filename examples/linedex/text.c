/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "text.h"

#include <errno.h>

#include "platform.h"

/* More at once is no faster, and would leave the cache before lines.c sees it. */
static const size_t READ_SIZE = 256 * 1024;

int
text_open(struct text *t, size_t max, enum vbuf_huge huge)
{
	const struct vbuf_vec_options options = {
		.size = sizeof options,
		.name = "linedex text",
		.max = max ? max + 1 : 0, /* the read that finds the end wants room as well */
		.huge = huge,
		.no_dump = true, /* a core dump has no use for somebody's text */
		.shrink = VBUF_VEC_SHRINK_NEVER,
	};

	return text_init(t, &options);
}

int
text_read(struct text *t, int fd, ptrdiff_t *ret_read)
{
	size_t left = text_max(t) - t->len, size = left < READ_SIZE ? left : READ_SIZE;
	ptrdiff_t n;
	char *room;

	*ret_read = -1;
	if (left == 0)
		return VBUF_ERANGE;
	int err = text_prepare(t, size, &room);
	if (err != VBUF_OK)
		return err;
	do /* a signal is no failure */
		n = platform_read(fd, room, size);
	while (n < 0 && errno == EINTR);
	*ret_read = n;
	return n > 0 ? text_publish(t, (size_t)n) : VBUF_OK;
}
