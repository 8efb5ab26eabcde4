/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* NetBSD's list of mappings, in entries as long as the name says. */
#include <sys/sysctl.h>

#include <string.h>
#include <unistd.h>
#include <uvm/uvm_param.h>

#include "../maps.h"

int
sysctl(const int *name, unsigned length, void *old, size_t *old_size, const void *new_value,
       size_t new_size)
{
	struct imitated_map map;
	struct vbuf_proc maps;
	size_t at = 0;

	(void)new_value;
	(void)new_size;
	if (length != 5 || name[0] != CTL_VM || name[1] != VM_PROC || name[2] != VM_PROC_MAP ||
	    name[3] != getpid() || name[4] <= 0) {
		errno = EINVAL;
		return -1;
	}
	if (!vbuf_proc_open(&maps, "/proc/self/maps"))
		return -1;
	while (imitated_next_map(&maps, &map)) {
		struct kinfo_vmentry entry = {
			.kve_start = map.start,
			.kve_end = map.end,
			.kve_protection = (uint32_t)map.protection,
		};
		size_t size = (size_t)name[4] < sizeof entry ? (size_t)name[4] : sizeof entry;
		if (old && at + size > *old_size) {
			vbuf_proc_close(&maps);
			errno = ENOMEM;
			return -1;
		}
		if (old)
			memcpy((char *)old + at, &entry, size);
		at += size;
	}
	vbuf_proc_close(&maps);
	*old_size = at;
	return 0;
}
