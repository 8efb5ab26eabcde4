/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Part of a test in a forked child: what it does to its limits, its user or its
 * address space ends with it. POSIX only. */
#ifndef VBUF_TESTS_CHILD_H
#define VBUF_TESTS_CHILD_H

#include <sys/types.h>

/*
 * Run the body in a child and wait for it. CMocka's assertions work there: one that
 * fails prints itself and ends the child, and the caller's test fails. The body may
 * use this again.
 */
void in_child(void (*body)(void *arg), void *arg);

/* The two halves, for who wants to look at the way the child ends. */
pid_t start_child(void (*body)(void *arg), void *arg);
int end_of_child(pid_t child); /* as waitpid() tells it */

/* Skip the test, from inside a child too. */
void skip_here(void);

#endif
