/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Does the system answer truly? An emulator of user programs says yes to calls that it
 * ignores, and tells of itself where it is asked of the program. A test that lives on
 * such an answer says so here, and is skipped, with the reason, where the answer is not
 * to be had. It is asked past the library, so what is broken in the library skips nothing.
 */
#ifndef VBUF_TESTS_SYSTEM_H
#define VBUF_TESTS_SYSTEM_H

#include <stdbool.h>

#include <vbuf/vbuf.h>

enum system_answer {
	SYSTEM_RESIDENCY, /* which pages are resident, and prefault makes them so */
	SYSTEM_ADVICE,    /* advice is followed or refused */
	SYSTEM_EXEC,      /* which pages can be executed */
	SYSTEM_ADDRESSES, /* what the addresses of this program are, and no others */
	SYSTEM_STATES,    /* what may be done to a page */
	SYSTEM_LIMIT,     /* a limit of addresses is kept */
	/* Not of the system but of the backend, as the build knows it: */
	BACKEND_DROPS,    /* VBUF_FORK_DROP is known */
	BACKEND_WIPES,    /* VBUF_FORK_WIPE is known */
	BACKEND_STATES,   /* vbuf_query() tells the state of pages, and all that rests on it */
	BACKEND_IN_PLACE, /* purge leaves pages where they are: mapped, and locked */
	BACKEND_LINUX,    /* all that only Linux tells is told */
};

bool system_answers(enum system_answer about);

/* What the system has to say of the first six. */
bool system_answers_itself(enum system_answer about);

/* Skip the test if it does not. */
void needs(enum system_answer about);

/* The option, or none where the backend does not know it. */
enum vbuf_fork fork_if_known(enum vbuf_fork how);

#endif
