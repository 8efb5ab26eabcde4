/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * OpenBSD: the kernel gives as many mappings as there is room for, from the first on that
 * begins at or behind the start field of the first entry. One that holds an address begins
 * before it, so the list is read from its beginning.
 */
#include <errno.h>
#include <sys/types.h>
#include <unistd.h>

#include <sys/sysctl.h>

#include "../os.h"
#include "runs.h"

static int
read_list(struct vbuf_finder *finder)
{
	enum { ROOM = 32 };
	const int name[] = { CTL_KERN, KERN_PROC_VMMAP, getpid() };
	struct kinfo_vmentry list[ROOM];
	unsigned long next = 0;
	bool more = true;

	while (more) {
		size_t bytes = sizeof list;

		list[0].kve_start = next;
		if (sysctl(name, sizeof name / sizeof *name, list, &bytes, NULL, 0) != 0)
			return errno == EPERM ? VBUF_EPERM
			                      : VBUF_ESYS; /* never ENOTSUP: it knows */
		size_t n = bytes / sizeof *list;
		if (n == 0 || list[n - 1].kve_start < next) /* the end of the list */
			break;
		for (size_t i = 0; more && i < n; i++)
			more = vbuf_finder_next(
				finder, list[i].kve_start, list[i].kve_end,
				vbuf_state_of(list[i].kve_protection & KVE_PROT_READ,
			                      list[i].kve_protection & KVE_PROT_WRITE,
			                      list[i].kve_protection & KVE_PROT_EXEC));
		next = list[n - 1].kve_start + 1;
	}
	return VBUF_OK;
}

int
vbuf_os_query(void *addr, size_t size, struct vbuf_run *ret)
{
	struct vbuf_finder finder = vbuf_find_run(addr, size);

	for (int tries = 0; tries < VBUF_FINDER_TRIES && vbuf_finder_is_lost(&finder); tries++) {
		int err = read_list(&finder);

		if (err != VBUF_OK)
			return err;
	}
	return vbuf_finder_result(&finder, ret);
}
