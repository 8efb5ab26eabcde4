/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The parts of linedex, fed by a platform that reads as awkwardly as can be. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform.h"
#include "readers.h"
#include "text.h"
#include "witness.h"
#include "words.h"

static unsigned tests, failures;
static bool failed; /* the test that runs */

#define CHECK(condition)                                                                           \
	do                                                                                         \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);            \
			failed = true;                                                             \
		}                                                                                  \
	while (0)

/* What platform_read() hands out, in pieces of 1 to piece bytes. */
static struct {
	const char *bytes;
	size_t left, piece;
	int interrupt_every; /* 0: never */
	int end;             /* 0, or the errno that the input ends with */
	int calls;
} input;

static uint32_t seed;

static size_t
below(size_t n) /* a xorshift: the same numbers everywhere */
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed % n;
}

ptrdiff_t
platform_read(int fd, void *to, size_t size)
{
	(void)fd;
	if (input.interrupt_every && ++input.calls % input.interrupt_every != 0) {
		errno = EINTR;
		return -1;
	}
	if (input.left == 0 && input.end) {
		errno = input.end;
		return -1;
	}
	size_t n = 1 + below(input.piece);
	if (n > size)
		n = size;
	if (n > input.left)
		n = input.left;
	if (n > 0)
		memcpy(to, input.bytes, n);
	input.bytes += n;
	input.left -= n;
	return (ptrdiff_t)n;
}

static void
feed(const char *bytes, size_t size, size_t piece)
{
	memset(&input, 0, sizeof input);
	input.bytes = bytes;
	input.left = size;
	input.piece = piece;
}

/* Read and enter everything; the first result that is not "some more bytes". */
static int
ingest(struct text *t, struct lines *l, ptrdiff_t *ret_read)
{
	int err;

	do {
		size_t before = t->len;

		err = text_read(t, 0, ret_read);
		if (err == VBUF_OK && *ret_read > 0)
			err = lines_add(l, t->data + before, (size_t)*ret_read);
	} while (err == VBUF_OK && *ret_read > 0);
	return err == VBUF_OK ? lines_finish(l, t->data + t->len) : err;
}

/* The same table, made the slow and obvious way. */
static void
check_lines(const struct text *t, const struct lines *l)
{
	const char *bytes = t->data;
	size_t size = t->len, line = 0, count = lines_count(l);

	for (size_t begin = 0, end; begin < size; begin = end, line++) {
		for (end = begin; end < size && bytes[end] != '\n';)
			end++;
		size_t length = end - begin;
		if (end < size) {
			if (length > 0 && bytes[end - 1] == '\r')
				length--;
			end++;
		}
		CHECK(line < count);
		if (failed)
			return;
		CHECK(lines_begin(l, line) == bytes + begin);
		CHECK(lines_length(l, line) == length);
		CHECK(lines_find(l, count, bytes + begin) == line);
		CHECK(lines_find(l, count, bytes + end - 1) == line);
	}
	CHECK(line == count);
	CHECK(l->end == bytes + size);
}

static void
lines_are_the_same_however_they_come(void)
{
	static const char alphabet[] = { 'a', 'b', '\n', '\n', '\r', '\0' };
	static char bytes[3000];

	for (int round = 0; round < 200 && !failed; round++) {
		struct text t;
		struct lines l;
		size_t size = below(sizeof bytes);
		ptrdiff_t n = 0;

		for (size_t i = 0; i < size; i++)
			bytes[i] = alphabet[below(sizeof alphabet)];
		feed(bytes, size, 1 + below(round % 2 ? 5 : 1000));
		CHECK(text_open(&t, 100000, VBUF_HUGE_DEFAULT) == VBUF_OK);
		CHECK(lines_open(&l, 100000, t.data, VBUF_HUGE_DEFAULT) == VBUF_OK);
		CHECK(ingest(&t, &l, &n) == VBUF_OK);
		CHECK(n == 0);
		CHECK(t.len == size);
		CHECK(size == 0 || memcmp(t.data, bytes, size) == 0);
		check_lines(&t, &l);
		lines_close(&l);
		CHECK(text_fini(&t) == VBUF_OK);
	}
}

static void
interrupted_read_is_repeated(void)
{
	struct text t;
	ptrdiff_t n = 0;

	feed("abc", 3, 1);
	input.interrupt_every = 3;
	CHECK(text_open(&t, 10, VBUF_HUGE_DEFAULT) == VBUF_OK);
	for (int i = 0; i < 3; i++)
		CHECK(text_read(&t, 0, &n) == VBUF_OK && n == 1);
	CHECK(text_read(&t, 0, &n) == VBUF_OK && n == 0);
	CHECK(input.calls == 12);
	CHECK(t.len == 3 && memcmp(t.data, "abc", 3) == 0);
	CHECK(text_fini(&t) == VBUF_OK);
}

static void
failed_read_leaves_what_was_read(void)
{
	struct text t;
	struct lines l;
	ptrdiff_t n = 0;

	feed("one\ntwo", 7, 2);
	input.end = EIO;
	CHECK(text_open(&t, 100, VBUF_HUGE_DEFAULT) == VBUF_OK);
	CHECK(lines_open(&l, 100, t.data, VBUF_HUGE_DEFAULT) == VBUF_OK);
	CHECK(ingest(&t, &l, &n) == VBUF_OK);
	CHECK(n == -1 && errno == EIO);
	CHECK(t.len == 7 && lines_count(&l) == 2);
	check_lines(&t, &l);
	lines_close(&l);
	CHECK(text_fini(&t) == VBUF_OK);
}

static void
text_takes_its_maximum_and_a_byte_more(void)
{
	const size_t max = 300000, more = max + 1000;
	char *bytes = malloc(more);
	struct text t;
	ptrdiff_t n = 0;
	int err;

	CHECK(bytes != NULL);
	if (!bytes)
		return;
	memset(bytes, 'x', more);
	feed(bytes, max, 1000);
	CHECK(text_open(&t, max, VBUF_HUGE_DEFAULT) == VBUF_OK);
	while ((err = text_read(&t, 0, &n)) == VBUF_OK && n > 0)
		continue;
	CHECK(err == VBUF_OK && n == 0 && t.len == max);

	feed(bytes, more, 1000);
	while ((err = text_read(&t, 0, &n)) == VBUF_OK && n > 0)
		continue;
	CHECK(err == VBUF_ERANGE && n == -1);
	CHECK(t.len == max + 1 && memcmp(t.data, bytes, max) == 0);
	CHECK(text_fini(&t) == VBUF_OK);
	free(bytes);
}

static void
full_table_has_the_lines_that_fit(void)
{
	const size_t max = 1000;
	char *bytes = malloc(max + 2);
	struct lines l;

	CHECK(bytes != NULL);
	if (!bytes)
		return;
	memset(bytes, '\n', max + 2);
	CHECK(lines_open(&l, max, bytes, VBUF_HUGE_DEFAULT) == VBUF_OK);
	CHECK(lines_add(&l, bytes, max - 1) == VBUF_OK);
	CHECK(lines_count(&l) == max - 1);
	CHECK(lines_add(&l, bytes + max - 1, 2) == VBUF_ERANGE);
	CHECK(lines_count(&l) == max);
	CHECK(l.end == bytes + max);
	CHECK(lines_begin(&l, max - 1) == bytes + max - 1);
	CHECK(lines_finish(&l, bytes + max) == VBUF_OK);
	CHECK(lines_finish(&l, bytes + max + 1) == VBUF_ERANGE);
	CHECK(lines_count(&l) == max);
	lines_close(&l);
	free(bytes);
}

static void
trimmed_text_stays_in_place_and_grows_again(void)
{
	const size_t size = 5000000, half = size / 2;
	char *bytes = malloc(size);
	struct text t;
	ptrdiff_t n = 0;

	CHECK(bytes != NULL);
	if (!bytes)
		return;
	for (size_t i = 0; i < size; i++)
		bytes[i] = (char)('a' + below(26));
	CHECK(text_open(&t, 0, VBUF_HUGE_NEVER) == VBUF_OK);
	CHECK(text_max(&t) > size);
	const char *begin = t.data;
	feed(bytes, size, 100000);
	while (t.len < half && text_read(&t, 0, &n) == VBUF_OK && n > 0)
		continue;
	size_t grown = text_capacity(&t);
	CHECK(text_shrink_to_fit(&t) == VBUF_OK);
	CHECK(text_capacity(&t) >= t.len && text_capacity(&t) <= grown);
	while (text_read(&t, 0, &n) == VBUF_OK && n > 0)
		continue;
	CHECK(n == 0 && t.data == begin);
	CHECK(t.len == size && memcmp(t.data, bytes, size) == 0);
	CHECK(text_fini(&t) == VBUF_OK);
	free(bytes);
}

/* What a thread sees while another reads: lines that are whole, and ever more of them. */
struct watcher {
	pthread_t thread;
	const struct lines *lines;
	const char *bytes; /* of the whole text */
	size_t size;       /* and how many */
	const char *wrong;
	size_t looks;
};

static void *
watch(void *arg)
{
	struct watcher *w = arg;
	size_t had = 0, seen = 0;

	while (seen < w->size && !w->wrong) {
		size_t n = lines_count(w->lines);

		if (n < had)
			w->wrong = "there are fewer lines";
		for (size_t i = had; i < n && !w->wrong; i++) {
			const char *begin = lines_begin(w->lines, i);
			const char *end = lines_begin(w->lines, i + 1);
			size_t size = (size_t)(end - begin);

			if (begin >= end || memcmp(begin, w->bytes + seen, size) != 0)
				w->wrong = "a line is not that of the text";
			else if (memchr(begin, '\n', size) != end - 1 && seen + size < w->size)
				w->wrong = "a line ends where it does not";
			else if (lines_find(w->lines, n, end - 1) != i)
				w->wrong = "a line is not found";
			seen += size;
		}
		had = n;
		w->looks++;
	}
	return NULL;
}

static void
lines_are_whole_while_others_come(void)
{
	enum { SIZE = 400000, WATCHERS = 3 };
	char *bytes = malloc(SIZE);

	CHECK(bytes != NULL);
	if (!bytes)
		return;
	for (int round = 0; round < 5 && !failed; round++) {
		struct watcher watchers[WATCHERS];
		struct text t;
		struct lines l;
		ptrdiff_t n = 0;

		for (size_t i = 0; i < SIZE; i++)
			bytes[i] = (char)(below(20) ? 'a' + below(26) : '\n');
		feed(bytes, SIZE, 300);
		CHECK(text_open(&t, SIZE, VBUF_HUGE_NEVER) == VBUF_OK);
		CHECK(lines_open(&l, SIZE, t.data, VBUF_HUGE_NEVER) == VBUF_OK);
		for (size_t i = 0; i < WATCHERS; i++) {
			watchers[i] = (struct watcher){ .lines = &l, .bytes = bytes, .size = SIZE };
			CHECK(pthread_create(&watchers[i].thread, NULL, watch, &watchers[i]) == 0);
		}
		CHECK(ingest(&t, &l, &n) == VBUF_OK && n == 0);
		for (size_t i = 0; i < WATCHERS; i++) {
			CHECK(pthread_join(watchers[i].thread, NULL) == 0);
			if (watchers[i].wrong)
				fprintf(stderr, "watcher %zu: %s\n", i, watchers[i].wrong);
			CHECK(!watchers[i].wrong);
		}
		check_lines(&t, &l);
		lines_close(&l);
		CHECK(text_fini(&t) == VBUF_OK);
	}
	free(bytes);
}

/* Who asks the index while it grows: every line has the word "each" once. */
struct asker {
	pthread_t thread;
	const struct words *words;
	size_t lines;
	const char *wrong;
};

static void *
ask(void *arg)
{
	struct asker *a = arg;
	size_t times = 0, last, had = 0, other;

	while (times < a->lines && !a->wrong) {
		if (words_find(a->words, "each", 4, &times, &last) != VBUF_OK)
			a->wrong = "it cannot be asked";
		else if (times != last)
			a->wrong = "count and line are not of one moment";
		else if (times < had)
			a->wrong = "it forgets";
		else if (words_find(a->words, "twice", 5, &other, &last) != VBUF_OK ||
		         other < 2 * times || last < times)
			a->wrong = "what came earlier is not there";
		had = times;
	}
	return NULL;
}

static void
index_is_whole_while_it_grows(void)
{
	enum { LINES = 20000, ASKERS = 3 };
	char *bytes = malloc(LINES * 40);
	size_t size = 0, times, last;

	CHECK(bytes != NULL);
	if (!bytes)
		return;
	for (unsigned i = 0; i < LINES; i++)
		size += (size_t)sprintf(bytes + size, "twice, twice (%u) each\n", i % 1000);
	for (int round = 0; round < 3 && !failed; round++) {
		struct asker askers[ASKERS];
		struct words w;
		struct lines l;

		CHECK(lines_open(&l, LINES, bytes, VBUF_HUGE_NEVER) == VBUF_OK);
		CHECK(words_open(&w, 1002) == VBUF_OK); /* as many as there are */
		for (size_t i = 0; i < ASKERS; i++) {
			askers[i] = (struct asker){ .words = &w, .lines = LINES };
			CHECK(pthread_create(&askers[i].thread, NULL, ask, &askers[i]) == 0);
		}
		for (size_t at = 0, n; at < size; at += n) {
			n = 1 + below(1000);
			if (n > size - at)
				n = size - at;
			CHECK(lines_add(&l, bytes + at, n) == VBUF_OK);
			CHECK(words_follow(&w, &l) == VBUF_OK);
		}
		for (size_t i = 0; i < ASKERS; i++) {
			CHECK(pthread_join(askers[i].thread, NULL) == 0);
			if (askers[i].wrong)
				fprintf(stderr, "asker %zu: %s\n", i, askers[i].wrong);
			CHECK(!askers[i].wrong);
		}
		CHECK(w.lines == LINES && w.total == 4 * LINES);
		CHECK(entries_len(w.entries) == 1002); /* what was replaced is gone */
		CHECK(words_find(&w, "twice", 5, &times, &last) == VBUF_OK);
		CHECK(times == 2 * LINES && last == LINES);
		CHECK(words_find(&w, "7", 1, &times, &last) == VBUF_OK);
		CHECK(times == LINES / 1000 && last == LINES - 1000 + 8);
		CHECK(words_find(&w, "twic", 4, &times, &last) == VBUF_OK && times == 0);
		words_close(&w);
		lines_close(&l);
	}
	free(bytes);
}

static void
full_index_keeps_what_it_has(void)
{
	enum { WORDS = 1000000 }; /* room is for 100, and what all threads might hold back */
	char *bytes = malloc(WORDS * 10);
	struct words w;
	struct lines l;
	size_t size = 0, times, last;

	CHECK(bytes != NULL);
	if (!bytes)
		return;
	for (unsigned i = 0; i < WORDS; i++)
		size += (size_t)sprintf(bytes + size, "w%u\n", i);
	CHECK(lines_open(&l, WORDS, bytes, VBUF_HUGE_NEVER) == VBUF_OK);
	CHECK(lines_add(&l, bytes, size) == VBUF_OK);
	CHECK(words_open(&w, 100) == VBUF_OK);
	CHECK(words_follow(&w, &l) == VBUF_ERANGE);
	CHECK(w.lines >= 100 && w.lines == w.total && w.lines == entries_len(w.entries));
	CHECK(words_follow(&w, &l) == VBUF_ERANGE);
	CHECK(words_find(&w, "w99", 3, &times, &last) == VBUF_OK && times == 1 && last == 100);
	CHECK(words_find(&w, "w999999", 7, &times, &last) == VBUF_OK && times == 0);
	words_close(&w);
	lines_close(&l);
	free(bytes);
}

static void
witness_sees_moves_and_changes(void)
{
	static char here[100000], there[sizeof here];
	struct witness w;

	for (size_t i = 0; i < sizeof here; i++)
		here[i] = (char)('a' + below(26));
	witness_init(&w, here);
	for (size_t i = 0; i < 5000; i++)
		witness_look(&w, here, here + 20 * (i + 1), here + 20 * i);
	CHECK(w.moved == 0 && witness_lost(&w, here, here + sizeof here) == 0);
	CHECK(w.count > WITNESS_POINTERS / 2 && w.count <= WITNESS_POINTERS);
	CHECK(w.kept[0].at == here && w.kept[w.count - 1].at > here + 90000);

	w.kept[3].bytes[0]++;
	CHECK(witness_lost(&w, here, here + sizeof here) == 1);
	CHECK(witness_lost(&w, here, w.kept[3].at + w.kept[3].size - 1) == 0); /* it was given up */
	w.kept[3].bytes[0]--;

	memcpy(there, here, sizeof here);
	CHECK(witness_lost(&w, there, there + sizeof there) == w.count);
	witness_look(&w, there, there + sizeof there, there);
	witness_look(&w, there, there + sizeof there, there);
	CHECK(w.moved == 1);
}

static void
run(void (*test)(void), const char *name)
{
	seed = 2463534242u;
	failed = false;
	test();
	printf("%s %u - %s\n", failed ? "not ok" : "ok", ++tests, name);
	failures += failed;
}

#define RUN(test) run(test, #test)

int
main(void)
{
	RUN(lines_are_the_same_however_they_come);
	RUN(interrupted_read_is_repeated);
	RUN(failed_read_leaves_what_was_read);
	RUN(text_takes_its_maximum_and_a_byte_more);
	RUN(full_table_has_the_lines_that_fit);
	RUN(trimmed_text_stays_in_place_and_grows_again);
	RUN(lines_are_whole_while_others_come);
	RUN(index_is_whole_while_it_grows);
	RUN(full_index_keeps_what_it_has);
	RUN(witness_sees_moves_and_changes);
	printf("1..%u\n", tests);
	return failures != 0;
}
