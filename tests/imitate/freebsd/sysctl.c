/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* FreeBSD's list of mappings. An entry is as long as its path; ENOMEM says that there is no
 * room for all, and that the list has grown since it was measured is played now and then. */
#include <sys/sysctl.h>

#include <string.h>
#include <sys/user.h>
#include <unistd.h>

#include "../maps.h"

int
sysctl(const int *name, unsigned length, void *old, size_t *old_size, const void *new_value,
       size_t new_size)
{
	static unsigned calls;
	static const char path[] = "a path";
	struct imitated_map map;
	struct vbuf_proc maps;
	size_t at = 0;

	(void)new_value;
	(void)new_size;
	if (length != 4 || name[0] != CTL_KERN || name[1] != KERN_PROC ||
	    name[2] != KERN_PROC_VMMAP || name[3] != getpid()) {
		errno = EINVAL;
		return -1;
	}
	bool grown = old && __atomic_fetch_add(&calls, 1, __ATOMIC_RELAXED) % 3 == 1;
	if (!vbuf_proc_open(&maps, "/proc/self/maps"))
		return -1;
	for (size_t i = 0; imitated_next_map(&maps, &map); i++) {
		struct kinfo_vmentry entry = {
			.kve_structsize =
				(int)(offsetof(struct kinfo_vmentry, kve_path) + i % 2 * 8 + 8),
			.kve_protection = map.protection,
			.kve_start = map.start,
			.kve_end = map.end,
		};
		memcpy(entry.kve_path, path, sizeof path);
		if (old && (grown || at + (size_t)entry.kve_structsize > *old_size)) {
			vbuf_proc_close(&maps);
			errno = ENOMEM;
			return -1;
		}
		if (old)
			memcpy((char *)old + at, &entry, (size_t)entry.kve_structsize);
		at += (size_t)entry.kve_structsize;
	}
	vbuf_proc_close(&maps);
	*old_size = at;
	return 0;
}
