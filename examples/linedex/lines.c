/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "lines.h"

#include <string.h>

int
lines_open(struct lines *l, size_t max, enum vbuf_huge huge)
{
	const struct vbuf_vec_options options = {
		.size = sizeof options,
		.name = "linedex lines",
		.max = max,
		.huge = huge,
		.no_dump = true,
		.shrink = VBUF_VEC_SHRINK_NEVER,
	};

	l->in_line = false;
	return pointers_init(&l->first, &options);
}

void
lines_close(struct lines *l)
{
	(void)pointers_fini(&l->first);
}

int
lines_add(struct lines *l, const char *bytes, size_t size)
{
	const char *p = bytes, *end = bytes + size;
	size_t count = l->first.len;
	bool in_line = l->in_line;

	while (p < end) {
		int err = l->in_line ? VBUF_OK : pointers_push(&l->first, p);
		if (err != VBUF_OK) {
			(void)pointers_truncate(&l->first, count);
			l->in_line = in_line;
			return err;
		}
		const char *newline = memchr(p, '\n', (size_t)(end - p));
		l->in_line = !newline;
		p = newline ? newline + 1 : end;
	}
	return VBUF_OK;
}

size_t
lines_length(const struct lines *l, size_t i, const char *text_end)
{
	const char *line = l->first.data[i];
	const char *end = i + 1 < l->first.len ? l->first.data[i + 1] : text_end;

	if (end > line && end[-1] == '\n') {
		end--;
		if (end > line && end[-1] == '\r')
			end--;
	}
	return (size_t)(end - line);
}

size_t
lines_find(const struct lines *l, const char *p)
{
	size_t low = 0, high = l->first.len;

	/* The text is one piece, so the table is in order: data[low] <= p < data[high]. */
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (l->first.data[middle] <= p)
			low = middle;
		else
			high = middle;
	}
	return low;
}
