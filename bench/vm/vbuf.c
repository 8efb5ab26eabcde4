/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <stddef.h>

#include "vm.h"

static const char *
text(int err)
{
	return err == VBUF_OK ? NULL : vbuf_strerror(err);
}

static const char *
reserve(const struct vm_peer *peer, struct vm_area *a, size_t size)
{
	int err = vbuf_reserve(&a->v, size, peer->options);

	a->base = a->v.base;
	a->size = a->v.size;
	return text(err);
}

static const char *
unreserve(struct vm_area *a)
{
	return text(vbuf_unreserve(&a->v));
}

static const char *
commit(struct vm_area *a, size_t offset, size_t size)
{
	return text(vbuf_commit(&a->v, offset, size));
}

static const char *
decommit(struct vm_area *a, size_t offset, size_t size)
{
	return text(vbuf_decommit(&a->v, offset, size));
}

static const char *
prefault(struct vm_area *a, size_t offset, size_t size)
{
	return text(vbuf_prefault(&a->v, offset, size, NULL));
}

static const char *
purge(struct vm_area *a, size_t offset, size_t size)
{
	return text(vbuf_purge(&a->v, offset, size));
}

static const char *
discard(struct vm_area *a, size_t offset, size_t size)
{
	return text(vbuf_discard(&a->v, offset, size));
}

static const struct vbuf_options kept = { .size = sizeof kept, .no_dump = true };
static const struct vbuf_options small = { .size = sizeof small, .huge = VBUF_HUGE_NEVER };
static const struct vbuf_options huge = { .size = sizeof huge, .huge = VBUF_HUGE_PREFER };

#define CALLS                                                                                      \
	.reserve = reserve, .unreserve = unreserve, .commit = commit, .decommit = decommit,        \
	.prefault = prefault, .purge = purge, .discard = discard

const struct vm_peer vm_vbuf = { CALLS };
const struct vm_peer vm_vbuf_kept = { CALLS, .options = &kept };
const struct vm_peer vm_vbuf_small = { CALLS, .options = &small };
const struct vm_peer vm_vbuf_huge = { CALLS, .options = &huge };
