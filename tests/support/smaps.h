/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the kernel says about our memory, read by other means than the library's. */
#ifndef VBUF_TESTS_SMAPS_H
#define VBUF_TESTS_SMAPS_H

#include <stddef.h>
#include <stdint.h>

/* Of the mappings that meet a range, each cut to it. */
struct smaps {
	size_t mappings;
	size_t bytes;   /* that are mapped */
	size_t flagged; /* of these, in mappings that have the flag asked about */
	/* these are not cut: keep guards around what you measure */
	size_t resident;
	size_t huge; /* of these, in transparent huge pages */
	size_t lazy; /* of these, that the kernel may take when it likes */
};

/*
 * The flag is one of VmFlags, see proc(5): "ac" charged, "dc" gone after fork, "dd"
 * not dumped, "hg" and "nh" huge pages or none, "nr" no reserve, "wf" wiped by fork.
 * Skips the test where the kernel does not tell.
 */
struct smaps smaps_of(const void *p, size_t size, const char *flag);

/* Mappings of the whole process. */
size_t count_mappings(void);

/* A number of /proc/self/status or /proc/meminfo, in bytes: key "VmSize:". */
uint64_t status_bytes(const char *key);
uint64_t meminfo_bytes(const char *key);

/* A number that is all there is in a file. */
uint64_t number_in(const char *path);

#endif
