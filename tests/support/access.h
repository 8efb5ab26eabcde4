/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Does touching a byte fault? Asked by touching it, not by asking the system. */
#ifndef VBUF_TESTS_ACCESS_H
#define VBUF_TESTS_ACCESS_H

#include <stdbool.h>

enum access {
	ACCESS_READ,
	ACCESS_WRITE, /* writes what is there, atomically; changes nothing */
	ACCESS_EXEC,  /* calls the byte: put_return() was there before */
};

/*
 * On POSIX systems a forked child does the touching, so a buffer that the fork
 * drops or wipes answers for the child's copy of it.
 */
bool access_faults(const volatile void *p, enum access how);

/*
 * Write the processor's "return" instruction to p, which is aligned to 4. False
 * when this file does not know the processor: there is nothing to execute then.
 */
bool put_return(void *p);

#endif
