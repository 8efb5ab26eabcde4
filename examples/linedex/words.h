/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The word index: how often each word has come, and where last. One thread adds the lines
 * of the text while any others ask.
 *
 * Entries lie in a slotmap and never change, but for the link to the next: when a word
 * comes again, a new entry takes the place of the old one, which is removed. So who asks
 * gets a count and a line that belong together. A link is a handle: it names the entry
 * that it was made for, or nothing.
 */
#ifndef LINEDEX_WORDS_H
#define LINEDEX_WORDS_H

#include <stdatomic.h>

#include <vbuf/slotmap.h>

#include "lines.h"

struct word {
	const char *text; /* in the text, which does not move */
	size_t size;
	size_t times, last;        /* how often; the line, counted from 1 */
	_Atomic(vbuf_handle) next; /* with the same hash; 0: there is none */
};

VBUF_SLOTMAP(entries, struct word);

struct words {
	struct entries entries;
	struct vbuf buckets; /* of links; fresh memory is zero, and so are empty ones */
	size_t lines, total; /* added so far: of the thread that adds */
};

/* Beyond ASCII all bytes count as letters, so that a word of UTF-8 stays whole. */
static inline bool
words_letter(char byte)
{
	unsigned char c = (unsigned char)byte;

	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c >= 0x80;
}

/* For at most max different words. */
VBUF_NODISCARD int words_open(struct words *w, size_t max);
void words_close(struct words *w);

/* Add the lines that are new since the last time. On failure some of the words of line
 * w->lines, counted from 0, are missing, and those of the lines behind it. */
VBUF_NODISCARD int words_follow(struct words *w, const struct lines *l);

/* For any thread, at any time: the entry of a word as it is now; times is 0 if the word has
 * not come yet. */
VBUF_NODISCARD int words_find(const struct words *w, const char *text, size_t size,
                              size_t *ret_times, size_t *ret_last);

#endif
