/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* From GetLastError() to the library's errors. */
#ifndef VBUF_SRC_WIN32_WHY_H
#define VBUF_SRC_WIN32_WHY_H

#include <stdint.h>

enum vbuf_why {
	VBUF_WHY_RESERVE, /* more address space was asked for */
	VBUF_WHY_COMMIT,  /* more memory was asked for */
	VBUF_WHY_CHANGE,  /* neither */
};

/* The error that the thread's last error stands for. Keeps it. */
int vbuf_why(enum vbuf_why what);
int vbuf_why_code(enum vbuf_why what, uint32_t code);

/* VBUF_ENOTSUP, and the system's code for it: no call was there to set one. */
int vbuf_lacking(void);

#endif
