/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef VBUF_TESTS_IMITATE_OPENBSD_SYSCTL_H
#define VBUF_TESTS_IMITATE_OPENBSD_SYSCTL_H

#include <stddef.h>

enum {
	CTL_KERN = 1,
	KERN_PROC_VMMAP = 80,
	KVE_PROT_READ = 1,
	KVE_PROT_WRITE = 2,
	KVE_PROT_EXEC = 4
};

struct kinfo_vmentry { /* some of its fields, in an order of our own */
	unsigned long kve_start, kve_end;
	int kve_protection;
};

int sysctl(const int *name, unsigned length, void *old, size_t *old_size, const void *new_value,
           size_t new_size);

#endif
