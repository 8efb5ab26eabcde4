/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* OpenBSD's list of mappings: as many as there is room for, from where the first says. */
#include <sys/sysctl.h>

#include <sys/mman.h>
#include <unistd.h>

#include "../maps.h"

int
sysctl(const int *name, unsigned length, void *old, size_t *old_size, const void *new_value,
       size_t new_size)
{
	struct kinfo_vmentry *list = old;
	struct imitated_map map;
	struct vbuf_proc maps;
	size_t n = 0;

	(void)new_value;
	(void)new_size;
	if (length != 3 || name[0] != CTL_KERN || name[1] != KERN_PROC_VMMAP ||
	    name[2] != getpid() || !list || *old_size < sizeof *list) {
		errno = EINVAL;
		return -1;
	}
	unsigned long from = list[0].kve_start;
	if (!vbuf_proc_open(&maps, "/proc/self/maps"))
		return -1;
	while (n < *old_size / sizeof *list && imitated_next_map(&maps, &map)) {
		if (map.start < from)
			continue;
		list[n].kve_start = map.start;
		list[n].kve_end = map.end;
		list[n++].kve_protection = map.protection;
	}
	vbuf_proc_close(&maps);
	*old_size = n * sizeof *list;
	return 0;
}

void
imitated_conceal(void *p, size_t size)
{
	(void)madvise(p, size, MADV_DONTDUMP);
}
