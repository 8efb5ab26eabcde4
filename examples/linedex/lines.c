/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "lines.h"

#include <string.h>

int
lines_init(struct lines *l, size_t size, enum vbuf_huge huge)
{
	l->in_line = false;
	return grow_init(&l->table, size, "linedex lines", huge);
}

void
lines_fini(struct lines *l)
{
	grow_fini(&l->table);
}

static const char **
first(const struct lines *l)
{
	return (const char **)(void *)l->table.v.base; /* base is aligned to the page */
}

size_t
lines_count(const struct lines *l)
{
	return l->table.used / sizeof(const char *);
}

const char *
lines_at(const struct lines *l, size_t i)
{
	return first(l)[i];
}

static int
push(struct lines *l, const char *line)
{
	int err = grow_room(&l->table, sizeof line);

	if (err == VBUF_OK) {
		first(l)[lines_count(l)] = line;
		l->table.used += sizeof line;
	}
	return err;
}

int
lines_add(struct lines *l, const char *bytes, size_t size)
{
	const char *p = bytes, *end = bytes + size;
	struct lines before = *l;

	while (p < end) {
		int err = l->in_line ? VBUF_OK : push(l, p);
		if (err != VBUF_OK) {
			l->table.used = before.table.used;
			l->in_line = before.in_line;
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
	const char *line = lines_at(l, i);
	const char *end = i + 1 < lines_count(l) ? lines_at(l, i + 1) : text_end;

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
	size_t low = 0, high = lines_count(l);

	/* The text is one piece, so the table is in order: first(l)[low] <= p < [high]. */
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (lines_at(l, middle) <= p)
			low = middle;
		else
			high = middle;
	}
	return low;
}
