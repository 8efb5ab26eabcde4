/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* From errno to the library's errors. ENOMEM has many meanings; one must ask. */
#ifndef VBUF_SRC_POSIX_WHY_H
#define VBUF_SRC_POSIX_WHY_H

#include <stddef.h>

enum vbuf_why {
	VBUF_WHY_RESERVE, /* more address space was asked for */
	VBUF_WHY_COMMIT,  /* more writable memory was asked for */
	VBUF_WHY_REMAP,   /* neither, but with mlockall() it counts as new */
	VBUF_WHY_LOCK,    /* a lock was, and the system says EAGAIN */
	VBUF_WHY_CHANGE,  /* neither: only mappings can have run out */
};

/* The error that errno stands for, after a call that concerned size bytes. Keeps
 * errno. Costs milliseconds where it must count mappings. */
int vbuf_why(enum vbuf_why what, size_t size);

/* The part of it that is about ENOMEM. */
int vbuf_why_no_memory(enum vbuf_why what, size_t size);

/* ENOTSUP, also in errno, where there is no system call that could say so. */
int vbuf_lacking(void);

#endif
