/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include <sys/sysctl.h>
#include <sys/user.h>

#include "vmmap.h"

unsigned
vbuf_vmmap_name(int name[VBUF_VMMAP_NAME])
{
	name[0] = CTL_KERN;
	name[1] = KERN_PROC;
	name[2] = KERN_PROC_VMMAP;
	name[3] = getpid();
	return 4;
}

/* Entries are as long as their path needs, and say so. */
size_t
vbuf_vmmap_read(const char *p, size_t left, struct vbuf_vmmap *ret)
{
	struct kinfo_vmentry entry;
	const size_t least = offsetof(struct kinfo_vmentry, kve_path);

	if (left < least)
		return 0;
	memcpy(&entry, p, least);
	if (entry.kve_structsize <= 0)
		return 0;
	ret->start = (uintptr_t)entry.kve_start;
	ret->end = (uintptr_t)entry.kve_end;
	ret->readable = entry.kve_protection & KVME_PROT_READ;
	ret->writable = entry.kve_protection & KVME_PROT_WRITE;
	ret->executable = entry.kve_protection & KVME_PROT_EXEC;
	return (size_t)entry.kve_structsize;
}
