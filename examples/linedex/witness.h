/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Did the text move? libvbuf says that it cannot; linedex looks all the same. The
 * witness keeps some raw pointers with a copy of the bytes they pointed to when
 * they were new, and compares when everything has been read.
 */
#ifndef LINEDEX_WITNESS_H
#define LINEDEX_WITNESS_H

#include <stddef.h>

enum { WITNESS_POINTERS = 512, WITNESS_BYTES = 24 };

struct witness {
	const char *begin; /* of the text, when last looked at */
	unsigned moved;    /* times it was found elsewhere */
	size_t seen, every, count;
	struct kept {
		const char *at;
		size_t offset, size;
		char bytes[WITNESS_BYTES];
	} kept[WITNESS_POINTERS];
};

void witness_init(struct witness *w, const char *text_begin);

/* After each growth: the text is now [begin, end), and at is a pointer into it
 * that somebody keeps. */
void witness_look(struct witness *w, const char *begin, const char *end, const char *at);

/* The text is now [begin, end): how many of the pointers kept no longer lead to their
 * bytes? Those into what was given up do not count. */
size_t witness_lost(const struct witness *w, const char *begin, const char *end);

#endif
