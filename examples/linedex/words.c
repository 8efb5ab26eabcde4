/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "words.h"

#include <string.h>

enum { BUCKETS = 1 << 20 };

typedef _Atomic(vbuf_handle) word_link;

int
words_open(struct words *w, size_t max)
{
	const struct vbuf_slotmap_options options = {
		.size = sizeof options,
		.name = "linedex words",
		.max = max,
	};
	const size_t size = BUCKETS * sizeof(word_link);
	int err;

	*w = (struct words){ 0 };
	if ((err = vbuf_reserve(&w->buckets, size, NULL)) != VBUF_OK)
		return err;
	if ((err = vbuf_commit(&w->buckets, 0, size)) != VBUF_OK ||
	    (err = entries_create(&w->entries, &options)) != VBUF_OK)
		(void)vbuf_unreserve(&w->buckets);
	return err;
}

void
words_close(struct words *w)
{
	(void)entries_destroy(&w->entries);
	(void)vbuf_unreserve(&w->buckets);
}

static word_link *
bucket(const struct words *w, const char *text, size_t size)
{
	uint32_t hash = 2166136261u; /* FNV-1a */

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ (unsigned char)text[i]) * 16777619u;
	return (word_link *)(void *)w->buckets.base + ((hash ^ hash >> 20) & (BUCKETS - 1));
}

/* The entry, and the link to it; without one the last link. The caller is pinned. NULL with
 * *ret_link also NULL: an entry on the way has been replaced. */
static struct word *
find(const struct words *w, struct vbuf_record *r, const char *text, size_t size,
     word_link **ret_link)
{
	word_link *link = bucket(w, text, size);

	for (vbuf_handle at; (at = atomic_load(link)) != 0;) {
		struct word *e = entries_get(w->entries, r, (struct entries_handle){ at });

		if (!e) {
			link = NULL;
			break;
		}
		if (e->size == size && memcmp(e->text, text, size) == 0) {
			*ret_link = link;
			return e;
		}
		link = &e->next;
	}
	*ret_link = link;
	return NULL;
}

/* The only thread that changes anything, so all that it finds is there. */
static int
add(struct words *w, struct vbuf_record *r, const char *text, size_t size, size_t line)
{
	struct entries_handle fresh;
	word_link *link;
	int err;

	vbuf_pin(r);
	const struct word *old = find(w, r, text, size, &link);
	struct word e = { .text = text, .size = size, .times = 1, .last = line };
	if (old) {
		e.text = old->text;
		e.times = old->times + 1;
		e.next = old->next;
	}
	if ((err = entries_insert(w->entries, r, e, &fresh)) == VBUF_OK) {
		struct entries_handle gone = { atomic_load(link) };

		atomic_store(link, fresh.bits); /* first the link: who misses finds it */
		if (old)
			(void)entries_remove(w->entries, r, gone);
	}
	vbuf_unpin(r);
	return err;
}

static int
add_line(struct words *w, struct vbuf_record *r, const char *p, const char *end)
{
	while (p < end) {
		const char *begin = p;

		while (p < end && words_letter(*p))
			p++;
		if (p == begin) {
			p++;
			continue;
		}
		int err = add(w, r, begin, (size_t)(p - begin), w->lines + 1);
		if (err != VBUF_OK)
			return err;
		w->total++;
	}
	return VBUF_OK;
}

int
words_follow(struct words *w, const struct lines *l)
{
	struct vbuf_record *r;
	int err = vbuf_domain_self(entries_domain(w->entries), &r);

	for (size_t n = lines_count(l); err == VBUF_OK && w->lines < n;) {
		err = add_line(w, r, lines_begin(l, w->lines), lines_begin(l, w->lines + 1));
		if (err == VBUF_OK)
			w->lines++;
	}
	return err;
}

int
words_find(const struct words *w, const char *text, size_t size, size_t *ret_times,
           size_t *ret_last)
{
	struct vbuf_record *r;
	const struct word *e;
	word_link *link;
	int err = vbuf_domain_self(entries_domain(w->entries), &r);

	*ret_times = *ret_last = 0;
	if (err != VBUF_OK)
		return err;
	vbuf_pin(r);
	do
		e = find(w, r, text, size, &link);
	while (!link); /* once more, then */
	if (e) {
		*ret_times = e->times;
		*ret_last = e->last;
	}
	vbuf_unpin(r);
	return VBUF_OK;
}
