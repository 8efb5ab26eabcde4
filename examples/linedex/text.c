/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "text.h"

#include <errno.h>

#include "platform.h"

/* More at once is no faster, and would leave the cache before lines.c sees it. */
static const size_t READ_SIZE = 256 * 1024;

int
text_init(struct text *t, size_t max, enum vbuf_huge huge)
{
	/* A byte more, so that the read that finds the end has room as well. */
	return grow_init(&t->bytes, max + 1, "linedex text", huge);
}

void
text_fini(struct text *t)
{
	grow_fini(&t->bytes);
}

const char *
text_begin(const struct text *t)
{
	return (const char *)t->bytes.v.base;
}

const char *
text_end(const struct text *t)
{
	return text_begin(t) + t->bytes.used;
}

size_t
text_size(const struct text *t)
{
	return t->bytes.used;
}

int
text_read(struct text *t, int fd, ptrdiff_t *ret_read)
{
	struct grow *g = &t->bytes;
	ptrdiff_t n;

	*ret_read = -1;
	int err = grow_room(g, 1);
	if (err != VBUF_OK)
		return err;

	size_t room = g->committed - g->used;
	do /* a signal is no failure */
		n = platform_read(fd, g->v.base + g->used, room < READ_SIZE ? room : READ_SIZE);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		g->used += (size_t)n;
	*ret_read = n;
	return VBUF_OK;
}

void
text_drop(struct text *t, size_t size)
{
	t->bytes.used -= size;
}
