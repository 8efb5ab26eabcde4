/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What linedex says about itself: figures, progress, failures of memory. */
#ifndef LINEDEX_REPORT_H
#define LINEDEX_REPORT_H

#include "readers.h"
#include "text.h"
#include "witness.h"
#include "words.h"

struct ingested {
	double seconds;
	uint64_t page_faults;
	bool faults_known;    /* Wine does not count them */
	unsigned grew;        /* times the text got more memory */
	unsigned moved;       /* times it was found elsewhere */
	size_t lost, checked; /* pointers that were kept */
};

/* To stdout, at the end. w: NULL without a word index. */
void report_figures(const struct text *t, const struct readers *r, const struct words *w,
                    const struct ingested *in);

/* To stderr, on one line that is written over and over. */
void report_progress(const struct text *t, const struct lines *l, double seconds);
void report_progress_end(void);

/* To stderr: that a call for memory failed with err, why, and what may help. sys is
 * what vbuf_sys_error() said directly after the failure. */
void report_failure(const char *what, const struct text *t, const struct lines *l, int err,
                    uint32_t sys);

#endif
