/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A question about a text, and its answer, which goes to stdout. The text may still be
 * growing: a look-up goes as far as there are lines, and on when there are more. */
#ifndef LINEDEX_LOOKUP_H
#define LINEDEX_LOOKUP_H

#include "words.h"

enum { LOOKUP_SHOW_MAX = 100 };

struct lookup {
	/* Which lines have this word in them? It ends where grep -w says so, next to
	 * anything but a letter, digit or underscore. NULL: what is in one line? */
	const char *word;
	const struct words *index; /* NULL, or where to ask how often that word has come */
	size_t number;             /* of that line, counted from 1 */
	size_t show; /* how many of the lines found to print, at most LOOKUP_SHOW_MAX */

	/* so far */
	size_t lines; /* there were when we last looked */
	const char *next;
	size_t found, shown[LOOKUP_SHOW_MAX];
	size_t times, last; /* what the index said, or that it */
	int failed;         /* could not be asked */
	bool answered;      /* kept by readers.c */
};

/* Look at the lines that are there now, of which the caller has counted so many; ended:
 * these are all. True when the answer is found. */
bool lookup_go_on(struct lookup *q, const struct lines *l, size_t count, bool ended);

void lookup_print(const struct lookup *q, const struct lines *l);

#endif
