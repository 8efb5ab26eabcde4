/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What containers and sandboxes take away, for a child to live without. Linux only. */
#ifndef VBUF_TESTS_SANDBOX_H
#define VBUF_TESTS_SANDBOX_H

#include <stdbool.h>

/* Let the system call fail with the code from now on; false when we may not. */
bool refuse_system_call(long number, int code);

/* Put an empty folder in place of this one; false when we may not. */
bool hide_folder(const char *path);

/* Become an ordinary user, without the right to exceed limits; nothing to do when we
 * are one already. In a child only. */
void become_nobody(void);

#endif
