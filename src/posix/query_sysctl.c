/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* FreeBSD and NetBSD: the kernel gives the whole list of mappings at once, into memory
 * that we have to get for it. */
#include <errno.h>
#include <sys/mman.h>
#include <sys/types.h>

#include <sys/sysctl.h>

#include "../os.h"
#include "flags.h"
#include "runs.h"
#include "vmmap.h"
#include "why.h"

struct list {
	char *at;
	size_t size; /* of the list */
	size_t room; /* that it has */
};

/* Never ENOTSUP: what cannot be known now is not what never can. */
static int
why_refused(enum vbuf_why what, size_t size)
{
	int err = vbuf_why(what, size);

	return err == VBUF_ENOTSUP ? VBUF_ESYS : err;
}

/* The list grows while it is copied, by our own mapping to begin with: a third more. */
static int
read_list(struct list *ret)
{
	size_t page = vbuf_os_page_size();
	int name[VBUF_VMMAP_NAME];
	unsigned n = vbuf_vmmap_name(name);

	for (int tries = 0;; tries++) {
		size_t size = 0;

		if (sysctl(name, n, NULL, &size, NULL, 0) != 0)
			return why_refused(VBUF_WHY_CHANGE, 0);
		size = vbuf_align_up(size + size / 3 + page, page);
		void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		               0);
		if (p == MAP_FAILED)
			return why_refused(VBUF_WHY_COMMIT, size);
		*ret = (struct list){ .at = p, .size = size, .room = size };
		if (sysctl(name, n, p, &ret->size, NULL, 0) == 0)
			return VBUF_OK;
		int code = errno;
		munmap(p, size);
		errno = code;
		/* which says that it has outgrown the room */
		if (code != ENOMEM || tries == VBUF_FINDER_TRIES)
			return why_refused(VBUF_WHY_CHANGE, 0);
	}
}

static void
look_through(const struct list *list, struct vbuf_finder *finder)
{
	struct vbuf_vmmap map;

	for (size_t at = 0, step; at < list->size; at += step) {
		step = vbuf_vmmap_read(list->at + at, list->size - at, &map);
		if (step == 0 ||
		    !vbuf_finder_next(finder, map.start, map.end,
		                      vbuf_state_of(map.readable, map.writable, map.executable)))
			return;
	}
}

int
vbuf_os_query(void *addr, size_t size, struct vbuf_run *ret)
{
	struct vbuf_finder finder = vbuf_find_run(addr, size);
	struct list list;

	for (int tries = 0; tries < VBUF_FINDER_TRIES && vbuf_finder_is_lost(&finder); tries++) {
		int err = read_list(&list);

		if (err != VBUF_OK)
			return err;
		look_through(&list, &finder);
		munmap(list.at, list.room);
	}
	return vbuf_finder_result(&finder, ret);
}
