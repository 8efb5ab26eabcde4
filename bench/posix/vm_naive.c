/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What most programs do by hand: access rights stand for commitment, and advice
 * for memory. */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>

#include "../vm/vm.h"

static const char *
text(int result)
{
	return result == 0 ? NULL : strerror(errno);
}

static const char *
reserve(const struct vm_peer *peer, struct vm_area *a, size_t size)
{
	void *p = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)peer;
	*a = (struct vm_area){ 0 };
	if (p == MAP_FAILED)
		return strerror(errno);
	a->base = p;
	a->size = size;
	return NULL;
}

static const char *
unreserve(struct vm_area *a)
{
	return text(munmap(a->base, a->size));
}

static const char *
commit(struct vm_area *a, size_t offset, size_t size)
{
	return text(mprotect(a->base + offset, size, PROT_READ | PROT_WRITE));
}

static const char *
decommit(struct vm_area *a, size_t offset, size_t size)
{
	if (madvise(a->base + offset, size, MADV_DONTNEED) != 0)
		return strerror(errno);
	return text(mprotect(a->base + offset, size, PROT_NONE));
}

static const char *
prefault(struct vm_area *a, size_t offset, size_t size)
{
	return text(madvise(a->base + offset, size, MADV_WILLNEED));
}

static const char *
purge(struct vm_area *a, size_t offset, size_t size)
{
	return text(madvise(a->base + offset, size, MADV_DONTNEED));
}

static const char *
discard(struct vm_area *a, size_t offset, size_t size)
{
	return text(madvise(a->base + offset, size, MADV_FREE));
}

/* The pages come with the mapping, at the price of a new one. */
static const char *
populate(struct vm_area *a, size_t offset, size_t size)
{
	void *p = mmap(a->base + offset, size, PROT_READ | PROT_WRITE,
	               MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_POPULATE, -1, 0);

	return p == MAP_FAILED ? strerror(errno) : NULL;
}

const struct vm_peer vm_populate = {
	.reserve = reserve,
	.unreserve = unreserve,
	.commit = commit,
	.decommit = decommit,
	.prefault = populate,
	.purge = purge,
	.discard = discard,
};

const struct vm_peer vm_naive = {
	.reserve = reserve,
	.unreserve = unreserve,
	.commit = commit,
	.decommit = decommit,
	.prefault = prefault,
	.purge = purge,
	.discard = discard,
};
