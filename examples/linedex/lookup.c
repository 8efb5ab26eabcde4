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
print_line(const struct lines *l, size_t i)
{
	print_bytes(lines_begin(l, i), lines_length(l, i));
}

/* The word's next place in [p, end), or NULL. */
static const char *
find_word(const char *begin, const char *p, const char *end, const char *word, size_t size)
{
	for (; (size_t)(end - p) >= size; p++) {
		p = memchr(p, word[0], (size_t)(end - p) - size + 1);
		if (!p)
			return NULL;
		if (memcmp(p, word, size) == 0 && (p == begin || !words_letter(p[-1])) &&
		    (p + size == end || !words_letter(p[size])))
			return p;
	}
	return NULL;
}

/* Through all lines at once, as they are one piece; the table tells which it is. */
static void
search(struct lookup *q, const struct lines *l, size_t count)
{
	const char *begin = lines_begin(l, 0), *end = lines_begin(l, count);
	const char *p = q->next ? q->next : begin;

	while ((p = find_word(begin, p, end, q->word, strlen(q->word))) != NULL) {
		size_t i = lines_find(l, count, p);

		if (q->found < q->show)
			q->shown[q->found] = i;
		q->found++;
		p = lines_begin(l, i + 1);
	}
	q->next = end;
}

bool
lookup_go_on(struct lookup *q, const struct lines *l, size_t count, bool ended)
{
	if (q->index)
		q->failed = words_find(q->index, q->word, strlen(q->word), &q->times, &q->last);
	else if (q->word)
		search(q, l, count);
	q->lines = count;
	return ended || (!q->word && q->number - 1 < count); /* number 0 is none */
}

void
lookup_print(const struct lookup *q, const struct lines *l)
{
	if (q->failed) {
		printf("word \"%s\": %s\n", q->word, vbuf_strerror(q->failed));
	} else if (q->times > 0) {
		printf("word \"%s\": %zu times, the last in line %zu\n", q->word, q->times,
		       q->last);
	} else if (q->index) {
		printf("word \"%s\": 0 times\n", q->word);
	} else if (!q->word && q->number - 1 < q->lines) {
		printf("line %zu: ", q->number);
		print_line(l, q->number - 1);
	} else if (!q->word) {
		printf("line %zu: none, the text has %zu\n", q->number, q->lines);
	} else {
		printf("word \"%s\": in %zu of %zu lines\n", q->word, q->found, q->lines);
		for (size_t i = 0; i < q->found && i < q->show; i++) {
			printf("  %zu: ", q->shown[i] + 1);
			print_line(l, q->shown[i]);
		}
		if (q->found > q->show)
			printf("  and %zu more\n", q->found - q->show);
	}
}
