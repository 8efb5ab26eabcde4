/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* malloc() and its family, counted, for the whole program. glibc only: the build
 * chooses it where it can take the place of the real ones. */
#ifndef VBUF_TESTS_MALLOC_COUNT_H
#define VBUF_TESTS_MALLOC_COUNT_H

/* Calls so far, free() included. */
unsigned malloc_count(void);

#endif
