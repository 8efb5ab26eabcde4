/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef VBUF_TESTS_IMITATE_NETBSD_SYSCTL_H
#define VBUF_TESTS_IMITATE_NETBSD_SYSCTL_H

#include <stddef.h>
#include <stdint.h>

enum { CTL_VM = 2, KVME_PROT_READ = 1, KVME_PROT_WRITE = 2, KVME_PROT_EXEC = 4 };

struct kinfo_vmentry { /* some of its fields, in an order of our own */
	uint64_t kve_start, kve_end;
	uint32_t kve_protection, kve_flags;
	char kve_path[1024];
};

int sysctl(const int *name, unsigned length, void *old, size_t *old_size, const void *new_value,
           size_t new_size);

#endif
