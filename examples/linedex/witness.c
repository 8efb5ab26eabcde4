/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "witness.h"

#include <string.h>

void
witness_init(struct witness *w, const char *text_begin)
{
	*w = (struct witness){ .begin = text_begin, .every = 1 };
}

/* The samples stay spread over the whole text, however long it gets. */
static void
keep_every_other(struct witness *w)
{
	for (size_t i = 0; i < w->count / 2; i++)
		w->kept[i] = w->kept[2 * i];
	w->count /= 2;
	w->every *= 2;
}

void
witness_look(struct witness *w, const char *begin, const char *end, const char *at)
{
	if (begin != w->begin) {
		w->begin = begin;
		w->moved++;
	}
	if (w->seen++ % w->every != 0)
		return;
	if (w->count == WITNESS_POINTERS)
		keep_every_other(w);

	struct kept *k = &w->kept[w->count++];
	size_t size = (size_t)(end - at);

	k->at = at;
	k->offset = (size_t)(at - begin);
	k->size = size < WITNESS_BYTES ? size : WITNESS_BYTES;
	memcpy(k->bytes, at, k->size);
}

size_t
witness_lost(const struct witness *w, const char *begin, const char *end)
{
	size_t lost = 0;

	for (size_t i = 0; i < w->count; i++) {
		const struct kept *k = &w->kept[i];

		if (k->offset + k->size > (size_t)(end - begin))
			continue;
		if (k->at != begin + k->offset || memcmp(k->at, k->bytes, k->size) != 0)
			lost++;
	}
	return lost;
}
