/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The command line, one argument after another. */
#ifndef LINEDEX_ARGS_H
#define LINEDEX_ARGS_H

#include <stdbool.h>
#include <stddef.h>

enum arg_kind {
	ARG_FILE,
	ARG_LINE,
	ARG_WORD,
	ARG_COUNT,
	ARG_SHOW,
	ARG_RESERVE,
	ARG_THREADS,
	ARG_SMALL_PAGES,
	ARG_HELP,
	ARG_WRONG
};

struct arg {
	enum arg_kind kind;
	const char *text; /* the file, the word; with ARG_WRONG what is wrong with at */
	const char *at;   /* the argument as it was given */
	size_t number;    /* of ARG_LINE, ARG_SHOW, ARG_RESERVE, ARG_THREADS */
};

/* Where one is in argv. */
struct args {
	int argc;
	char **argv;
	int next;        /* begins at 1 */
	bool only_files; /* after -- */
};

/* False when there are no more. Walking a second time gives the same. */
bool args_next(struct args *a, struct arg *ret);

#endif
