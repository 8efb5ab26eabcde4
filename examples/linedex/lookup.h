/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The questions one may ask of a text and its line table; answers go to stdout. */
#ifndef LINEDEX_LOOKUP_H
#define LINEDEX_LOOKUP_H

#include "lines.h"
#include "text.h"

enum { LOOKUP_SHOW_MAX = 100 };

/* Print line number n, counted from 1. */
void lookup_line(const struct text *t, const struct lines *l, size_t n);

/* Print how many lines have the word in them, and the first show of these: at most
 * LOOKUP_SHOW_MAX. A word ends where grep -w says so, next to anything but a letter, digit or
 * underscore. */
void lookup_word(const struct text *t, const struct lines *l, const char *word, size_t show);

#endif
