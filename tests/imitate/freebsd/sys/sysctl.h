/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef VBUF_TESTS_IMITATE_FREEBSD_SYSCTL_H
#define VBUF_TESTS_IMITATE_FREEBSD_SYSCTL_H

#include <stddef.h>

enum { CTL_KERN = 1, KERN_PROC = 14, KERN_PROC_VMMAP = 32 };

int sysctl(const int *name, unsigned length, void *old, size_t *old_size, const void *new_value,
           size_t new_size);

#endif
