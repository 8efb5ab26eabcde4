/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The list of mappings that sysctl() gives: under which name, and how an entry reads. */
#ifndef VBUF_SRC_POSIX_VMMAP_H
#define VBUF_SRC_POSIX_VMMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { VBUF_VMMAP_NAME = 5 };

struct vbuf_vmmap {
	uintptr_t start, end;
	bool readable, writable, executable;
};

/* Writes the name, and returns its length. */
unsigned vbuf_vmmap_name(int name[VBUF_VMMAP_NAME]);

/* Reads the entry at p, of which there are at most left bytes, and returns its size; 0:
 * there is none. */
size_t vbuf_vmmap_read(const char *p, size_t left, struct vbuf_vmmap *ret);

#endif
