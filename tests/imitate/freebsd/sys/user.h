/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef VBUF_TESTS_IMITATE_FREEBSD_USER_H
#define VBUF_TESTS_IMITATE_FREEBSD_USER_H

#include <stdint.h>

enum { KVME_PROT_READ = 1, KVME_PROT_WRITE = 2, KVME_PROT_EXEC = 4 };

struct kinfo_vmentry { /* some of its fields, in an order of our own */
	int kve_structsize;
	int kve_protection;
	uint64_t kve_start, kve_end;
	char kve_path[1024]; /* cut to what it needs */
};

#endif
