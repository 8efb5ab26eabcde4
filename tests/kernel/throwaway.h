/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* For tests that change settings of the kernel, or let it run out of something. */
#ifndef VBUF_TESTS_KERNEL_THROWAWAY_H
#define VBUF_TESTS_KERNEL_THROWAWAY_H

#include <stdbool.h>
#include <stdint.h>

/* Is this kernel here for the tests alone? Else a program says so, and runs none. */
bool kernel_is_ours(void);

/* The number in a file, which must be there. */
uint64_t read_number(const char *path);

/* Write to a file, which must take it. */
void write_to(const char *path, const char *text);

#endif
