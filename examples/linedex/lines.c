/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "lines.h"

#include <string.h>

int
lines_open(struct lines *l, size_t max, const char *begin, enum vbuf_huge huge)
{
	const struct vbuf_cvec_options options = {
		.size = sizeof options,
		.name = "linedex lines",
		.max = max + 1,
		.huge = huge,
		.no_dump = true,
	};
	int err = marks_create(&l->mark, &options);

	if (err != VBUF_OK)
		return err;
	marks_appender_init(&l->writer, l->mark, 0);
	l->end = begin;
	return marks_append(&l->writer, begin); /* there is room for it: max is at least 1 */
}

void
lines_close(struct lines *l)
{
	marks_appender_fini(&l->writer);
	(void)marks_destroy(&l->mark);
}

int
lines_add(struct lines *l, const char *bytes, size_t size)
{
	const char *p = bytes, *end = bytes + size;

	while (p < end && (p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		int err = marks_append(&l->writer, ++p);
		if (err != VBUF_OK)
			return err;
		l->end = p;
	}
	return VBUF_OK;
}

int
lines_finish(struct lines *l, const char *text_end)
{
	int err = text_end > l->end ? marks_append(&l->writer, text_end) : VBUF_OK;

	if (err == VBUF_OK)
		l->end = text_end;
	return err;
}

size_t
lines_count(const struct lines *l)
{
	return marks_prefix(l->mark) - 1;
}

size_t
lines_length(const struct lines *l, size_t i)
{
	const char *begin = lines_begin(l, i), *end = lines_begin(l, i + 1);

	if (end > begin && end[-1] == '\n') {
		end--;
		if (end > begin && end[-1] == '\r')
			end--;
	}
	return (size_t)(end - begin);
}

size_t
lines_find(const struct lines *l, size_t count, const char *p)
{
	size_t low = 0, high = count;

	/* The text is one piece, so the table is in order: begin(low) <= p < begin(high). */
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (lines_begin(l, middle) <= p)
			low = middle;
		else
			high = middle;
	}
	return low;
}
