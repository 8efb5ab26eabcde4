/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include <sys/sysctl.h>
#include <uvm/uvm_param.h>

#include "vmmap.h"

/* Without its path, which is at the end: the kernel gives as much as is asked for. */
enum { ENTRY = offsetof(struct kinfo_vmentry, kve_path) };

unsigned
vbuf_vmmap_name(int name[VBUF_VMMAP_NAME])
{
	name[0] = CTL_VM;
	name[1] = VM_PROC;
	name[2] = VM_PROC_MAP;
	name[3] = getpid();
	name[4] = ENTRY;
	return 5;
}

size_t
vbuf_vmmap_read(const char *p, size_t left, struct vbuf_vmmap *ret)
{
	struct kinfo_vmentry entry;

	if (left < ENTRY)
		return 0;
	memcpy(&entry, p, ENTRY);
	ret->start = (uintptr_t)entry.kve_start;
	ret->end = (uintptr_t)entry.kve_end;
	ret->readable = entry.kve_protection & KVME_PROT_READ;
	ret->writable = entry.kve_protection & KVME_PROT_WRITE;
	ret->executable = entry.kve_protection & KVME_PROT_EXEC;
	return ENTRY;
}
