/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "lookup.h"

#include <stdio.h>
#include <string.h>

/* A line may be gigabytes long, and hold what confuses a terminal. */
static void
print_bytes(const char *bytes, size_t size)
{
	const size_t most = 160;
	size_t end = size;

	if (size > most) /* back to where a character of UTF-8 begins */
		for (end = most; end > most - 4 && ((unsigned char)bytes[end] & 0xc0) == 0x80;)
			end--;
	for (size_t i = 0; i < end; i++) {
		unsigned char c = (unsigned char)bytes[i];

		putchar((c < ' ' && c != '\t') || c == 0x7f ? '.' : c);
	}
	if (end < size)
		printf(" ... (%zu bytes)", size);
	putchar('\n');
}

static void
print_line(const struct text *t, const struct lines *l, size_t i)
{
	print_bytes(l->first.data[i], lines_length(l, i, t->data + t->len));
}

void
lookup_line(const struct text *t, const struct lines *l, size_t n)
{
	if (n == 0 || n > l->first.len) {
		printf("line %zu: none, the text has %zu\n", n, l->first.len);
		return;
	}
	printf("line %zu: ", n);
	print_line(t, l, n - 1);
}

static bool
is_letter(char byte)
{
	unsigned char c = (unsigned char)byte;

	/* Beyond ASCII all count as letters, so that a word of UTF-8 stays whole. */
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c >= 0x80;
}

/* The word's next place in [p, end), or NULL. */
static const char *
find_word(const char *begin, const char *p, const char *end, const char *word, size_t size)
{
	for (; (size_t)(end - p) >= size; p++) {
		p = memchr(p, word[0], (size_t)(end - p) - size + 1);
		if (!p)
			return NULL;
		if (memcmp(p, word, size) == 0 && (p == begin || !is_letter(p[-1])) &&
		    (p + size == end || !is_letter(p[size])))
			return p;
	}
	return NULL;
}

void
lookup_word(const struct text *t, const struct lines *l, const char *word, size_t show)
{
	const char *begin = t->data, *end = t->data + t->len, *p = begin;
	size_t size = strlen(word), found = 0, shown[LOOKUP_SHOW_MAX];

	/* Through all lines at once, as they are one piece; the table tells which it is. */
	while ((p = find_word(begin, p, end, word, size)) != NULL) {
		size_t i = lines_find(l, p);

		if (found < show)
			shown[found] = i;
		found++;
		p = i + 1 < l->first.len ? l->first.data[i + 1] : end;
	}
	printf("word \"%s\": in %zu of %zu lines\n", word, found, l->first.len);
	for (size_t i = 0; i < found && i < show; i++) {
		printf("  %zu: ", shown[i] + 1);
		print_line(t, l, shown[i]);
	}
	if (found > show)
		printf("  and %zu more\n", found - show);
}
