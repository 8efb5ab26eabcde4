/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * linedex: read a text of unknown length into memory that grows where it is, and
 * look things up in it. The parts:
 *
 *   text.c     the bytes, read straight into a vector
 *   lines.c    a raw pointer to each line, in a concurrent vector
 *   readers.c  threads that answer questions while the text is being read
 *   words.c    how often each word comes, in a concurrent slotmap
 *   lookup.c   the questions
 *   witness.c  watches that nothing moves
 *   report.c, args.c, platform_*.c  what any program has
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "args.h"
#include "platform.h"
#include "readers.h"
#include "report.h"

struct linedex {
	struct text text;
	struct lines lines;
	struct words words;
	struct readers readers;
	struct witness witness;
	struct ingested in;
	size_t reserve, show, threads;
	enum vbuf_huge huge;
	bool index, index_full; /* words are counted; no more of them are */
	bool progress;          /* stderr is a terminal */
	double started, reported;
};

static void
usage(FILE *to)
{
	fputs("usage: linedex [options] [FILE...]\n"
	      "Read the files, or stdin (also as -), as one text; then look things up in it.\n"
	      "\n"
	      "  --line N        print line N, counted from 1\n"
	      "  --word WORD     count the lines with that word, print the first of them\n"
	      "  --count WORD    how often that word comes, and where last, from an index of all\n"
	      "                  words that is made meanwhile; a word is letters, digits and _\n"
	      "  --show N        how many of them, at most 100 (5)\n"
	      "  --threads N     how many threads answer while the text is being read, at most\n"
	      "                  64 (1); without any, answers come when all is read\n"
	      "  --reserve SIZE  address space for the text, such as 512M or 1T (64G, or\n"
	      "                  what there is)\n"
	      "  --small-pages   do without huge pages\n"
	      "  --help          this text\n"
	      "\n"
	      "--line, --word and --count may be given many times. Exit status: 0 all went well,\n"
	      "1 something could not be read or held, 2 wrong usage.\n",
	      to);
}

static void
show_progress(struct linedex *x)
{
	double now = platform_seconds();

	if (!x->progress || now - x->reported < 0.1)
		return;
	x->reported = now;
	report_progress(&x->text, &x->lines, now - x->started);
}

static void
hide_progress(struct linedex *x)
{
	if (x->progress && x->reported > 0)
		report_progress_end();
	x->reported = 0;
}

/* The next thing to call after a failure: the system's own code is still there. */
static bool
no_memory(struct linedex *x, const char *what, int err)
{
	uint32_t sys = vbuf_sys_error();

	hide_progress(x);
	report_failure(what, &x->text, &x->lines, err, sys);
	return false;
}

/* No text without its lines. */
static bool
no_lines(struct linedex *x, int err)
{
	(void)text_truncate(&x->text, (size_t)(x->lines.end - x->text.data));
	return no_memory(x, "hold more lines", err);
}

/* The index follows the lines that are complete; text that is given up it has never seen. */
static bool
index_lines(struct linedex *x)
{
	if (!x->index || x->index_full)
		return !x->index_full;

	int err = words_follow(&x->words, &x->lines);
	x->index_full = err != VBUF_OK;
	return err == VBUF_OK || no_memory(x, "index more words", err);
}

/*
 * Read fd to its end. False when there is no more memory for it: then what was
 * read before is as good as ever, only incomplete. *readable tells of the input.
 */
static bool
ingest(struct linedex *x, int fd, const char *name, bool *readable)
{
	struct text *t = &x->text;

	for (;;) {
		size_t before = t->len, capacity = text_capacity(t);
		ptrdiff_t n;
		int err = text_read(t, fd, &n);

		if (err != VBUF_OK)
			return no_memory(x, "hold more text", err);
		x->in.grew += text_capacity(t) > capacity;
		if (n < 0) {
			int code = errno;
			hide_progress(x);
			fprintf(stderr, "linedex: cannot read %s: %s\n", name, strerror(code));
			*readable = false;
		}
		if (n <= 0)
			return true;
		err = lines_add(&x->lines, t->data + before, (size_t)n);
		if (err != VBUF_OK)
			return no_lines(x, err);
		if (!index_lines(x))
			return false;
		readers_tell(&x->readers);
		witness_look(&x->witness, t->data, t->data + t->len, t->data + before);
		show_progress(x);
	}
}

static bool
ingest_file(struct linedex *x, const char *name, bool *readable)
{
	if (strcmp(name, "-") == 0)
		return ingest(x, 0, "stdin", readable);

	int fd = platform_open(name);
	if (fd < 0) {
		int code = errno;
		hide_progress(x);
		fprintf(stderr, "linedex: cannot open %s: %s\n", name, strerror(code));
		*readable = false;
		return true;
	}
	bool held = ingest(x, fd, name, readable);
	platform_close(fd);
	return held;
}

/* All inputs, one after the other, as one text. False if part of it is missing. */
static bool
ingest_all(struct linedex *x, struct args args, bool from_stdin)
{
	bool readable = true, held = true;
	uint64_t faults = platform_page_faults();
	struct arg arg;

	x->started = platform_seconds();
	if (from_stdin)
		held = ingest_file(x, "-", &readable);
	while (held && args_next(&args, &arg))
		if (arg.kind == ARG_FILE)
			held = ingest_file(x, arg.text, &readable);
	int err = lines_finish(&x->lines, x->text.data + x->text.len);
	if (err != VBUF_OK)
		held = no_lines(x, err);
	if (!index_lines(x))
		held = false;
	hide_progress(x);
	if (!held)
		fprintf(stderr, "linedex: going on with what was read so far\n");

	x->in.seconds = platform_seconds() - x->started;
	x->in.page_faults = platform_page_faults() - faults;
	x->in.faults_known = faults != 0;
	x->in.moved = x->witness.moved;
	x->in.checked = x->witness.count;
	x->in.lost = witness_lost(&x->witness, x->text.data, x->text.data + x->text.len);
	return readable && held && x->in.moved == 0 && x->in.lost == 0;
}

/* Everything that is to be answered; who answers may begin at once. */
static bool
ask_all(struct linedex *x, struct args args)
{
	int err = VBUF_OK;
	struct arg arg;

	while (err == VBUF_OK && args_next(&args, &arg))
		if (arg.kind == ARG_LINE || arg.kind == ARG_WORD || arg.kind == ARG_COUNT)
			err = lookups_push(
				&x->readers.asked,
				(struct lookup){ .number = arg.number,
			                         .word = arg.kind != ARG_LINE ? arg.text : NULL,
			                         .index = arg.kind == ARG_COUNT ? &x->words : NULL,
			                         .show = x->show });
	if (err != VBUF_OK)
		return no_memory(x, "hold the questions", err);
	if (x->progress) /* an answer needs its line */
		x->readers.before_print = report_progress_end;
	readers_start(&x->readers, x->threads);
	return true;
}

/* Most texts have far fewer words that differ. */
static int
open_index(struct linedex *x)
{
	const size_t most = 1 << 24, words = text_max(&x->text) / 64 + 1;

	return words_open(&x->words, words < most ? words : most);
}

/* The table is large enough for lines of 16 bytes on average. */
static int
open_parts(struct linedex *x, size_t bytes)
{
	int err = text_open(&x->text, bytes, x->huge);

	if (err != VBUF_OK)
		return err;
	err = lines_open(&x->lines, text_max(&x->text) / 16 + 1, x->text.data, x->huge);
	if (err == VBUF_OK) {
		err = readers_open(&x->readers, &x->lines);
		if (err == VBUF_OK && x->index && (err = open_index(x)) != VBUF_OK)
			readers_close(&x->readers);
		if (err != VBUF_OK)
			lines_close(&x->lines);
	}
	if (err != VBUF_OK)
		(void)text_fini(&x->text);
	return err;
}

/* Where addresses are scarce the text takes what it finds, and leaves some for the rest. */
static bool
open_linedex(struct linedex *x)
{
	int err = open_parts(x, x->reserve);

	if (err != VBUF_OK)
		err = open_parts(x, 0);
	if (err != VBUF_OK)
		return no_memory(x, "reserve memory", err);
	witness_init(&x->witness, x->text.data);
	return true;
}

static void
close_linedex(struct linedex *x)
{
	readers_close(&x->readers);
	if (x->index)
		words_close(&x->words);
	lines_close(&x->lines);
	(void)text_fini(&x->text);
}

static bool
trim(struct linedex *x)
{
	int err = text_shrink_to_fit(&x->text);

	return err == VBUF_OK || no_memory(x, "give back what is not used", err);
}

/* False when somebody did not get all of the output, such as a full disk. */
static bool
flush_output(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return true;
	fprintf(stderr, "linedex: cannot write: %s\n", strerror(errno));
	return false;
}

int
main(int argc, char **argv)
{
	const size_t most = SIZE_MAX / 4; /* so that no sum below overflows */
	const uint64_t usual = (uint64_t)64 << 30;
	static struct linedex x; /* zero: empty vectors */
	struct args args = { .argc = argc, .argv = argv, .next = 1 };
	struct args walk = args;
	struct arg arg;
	bool from_stdin = true;

	platform_init();
	x.reserve = usual < most ? (size_t)usual : most;
	x.show = 5;
	x.threads = 1;
	while (args_next(&walk, &arg)) {
		switch (arg.kind) {
		case ARG_HELP:
			usage(stdout);
			return flush_output() ? 0 : 1;
		case ARG_WRONG:
			fprintf(stderr, "linedex: %s %s\n", arg.at, arg.text);
			return 2;
		case ARG_FILE:
			from_stdin = false;
			break;
		case ARG_COUNT:
			x.index = true;
			break;
		case ARG_SMALL_PAGES:
			x.huge = VBUF_HUGE_NEVER;
			break;
		case ARG_SHOW:
			x.show = arg.number < LOOKUP_SHOW_MAX ? arg.number : LOOKUP_SHOW_MAX;
			break;
		case ARG_THREADS:
			x.threads = arg.number;
			break;
		case ARG_RESERVE:
			x.reserve = arg.number < most ? arg.number : most;
			break;
		default:
			break;
		}
	}
	if (from_stdin && platform_is_terminal(0)) {
		usage(stderr);
		return 2;
	}

	x.progress = platform_is_terminal(2);
	bool good = open_linedex(&x);
	if (good) {
		good = ask_all(&x, args);
		good = ingest_all(&x, args, from_stdin) && good;
		readers_finish(&x.readers);
		good = trim(&x) && good;
		report_figures(&x.text, &x.readers, x.index ? &x.words : NULL, &x.in);
		close_linedex(&x);
	}
	return flush_output() && good ? 0 : 1;
}
