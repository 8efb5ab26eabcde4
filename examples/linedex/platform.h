/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What linedex needs of the system and C11 does not have. Meson picks the file. */
#ifndef LINEDEX_PLATFORM_H
#define LINEDEX_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Once, first: bytes pass through stdin and stdout as they are. */
void platform_init(void);
bool platform_is_terminal(int fd);

/* As open, read and close of POSIX: -1 and errno on failure. */
int platform_open(const char *path);
ptrdiff_t platform_read(int fd, void *to, size_t size);
void platform_close(int fd);

double platform_seconds(void);       /* since some moment in the past */
uint64_t platform_page_faults(void); /* of the process so far; 0: unknown */

#endif
