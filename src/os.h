/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The only door to the operating system. src/posix/ and src/win32/ each hold
 * every function below once, one file per mechanism, in this order; the build
 * picks the files. Only src/vbuf.c, src/reserve.c and src/error.c call them.
 *
 * True of all of them:
 *
 *   Arguments  are right: addresses and sizes are multiples of the page, sizes
 *              are not 0, ranges lie in one mapping that vbuf_os_reserve() made
 *              and has not been unreserved. Nothing is checked again here.
 *   Results    0 or a negative enum vbuf_err; a failed call changed nothing,
 *              unless its comment says otherwise. Out-parameters are written on
 *              success only.
 *   The code   errno or GetLastError() is, on failure, that of the first system
 *              call that failed.
 *   Policy     none: what to try next is the caller's business.
 *
 * The names begin with vbuf_ because a static archive shares one name space
 * with the program it is linked into.
 */
#ifndef VBUF_SRC_OS_H
#define VBUF_SRC_OS_H

#include <vbuf/vbuf.h>

/* What a mapping keeps through decommits; the bits of vbuf.attrs_. */
enum {
	VBUF_OS_UNCHARGED = 1 << 0,
	VBUF_OS_EXEC = 1 << 1,
	VBUF_OS_NO_DUMP = 1 << 2,
	VBUF_OS_FORK_DROP = 1 << 3,
	VBUF_OS_FORK_WIPE = 1 << 4,
	VBUF_OS_HUGE = 1 << 5,
	VBUF_OS_NO_HUGE = 1 << 6,
	/* those that a system call sets on a mapping, rather than its creation */
	VBUF_OS_ADVISED = VBUF_OS_NO_DUMP | VBUF_OS_FORK_DROP | VBUF_OS_FORK_WIPE | VBUF_OS_HUGE |
	                  VBUF_OS_NO_HUGE,
	/* of those, what a caller must be able to rely on */
	VBUF_OS_PROMISED = VBUF_OS_NO_DUMP | VBUF_OS_FORK_DROP | VBUF_OS_FORK_WIPE,
	/* known to src/vbuf.c alone: frozen; the policy of vbuf_numa(), two bits */
	VBUF_OS_FROZEN = 1 << 7,
	VBUF_OS_NUMA_SHIFT = 8,
	/* for a decommit: what is read there is zero. Windows has no such memory. */
	VBUF_OS_READABLE = 1 << 10,
};

static inline enum vbuf_numa
vbuf_os_numa_of(uint32_t attrs)
{
	return (enum vbuf_numa)(attrs >> VBUF_OS_NUMA_SHIFT & 3);
}

static inline uint32_t
vbuf_os_with_numa(uint32_t attrs, enum vbuf_numa policy)
{
	return (attrs & ~((uint32_t)3 << VBUF_OS_NUMA_SHIFT)) | (uint32_t)policy
	                                                                << VBUF_OS_NUMA_SHIFT;
}

struct vbuf_os_request {
	size_t size;
	size_t align;   /* of result + lead: a power of two, at least the page */
	size_t lead;    /* a multiple of the granularity, or 0 */
	void *addr;     /* with exact: where the mapping shall begin; not NULL */
	bool exact;     /* at addr or not at all; align is then met already */
	uint32_t attrs; /* here those matter that cannot be advised later */
};

/* Constants of the system, cached. They never fail. */
size_t vbuf_os_page_size(void);
size_t vbuf_os_granularity(void);
size_t vbuf_os_huge_page_size(void); /* 0: no transparent huge pages */

/* The attributes, of those that only advise, that the system does not have. */
uint32_t vbuf_os_unmet(uint32_t attrs);

/* EBUSY: exact, and taken. EPERM: exact, and not for programs. */
int vbuf_os_reserve(const struct vbuf_os_request *request, void **ret);
int vbuf_os_unreserve(void *addr, size_t size);

/* Of attrs the ADVISED ones. ENOTSUP: the system lacks the first that is left.
 * Those before it are set. */
int vbuf_os_advise(void *addr, size_t size, uint32_t attrs);
int vbuf_os_name(void *addr, size_t size, const char *name);

/* A prefix may be committed on failure. */
int vbuf_os_commit(void *addr, size_t size);
/* With the attributes of the reserve. The ADVISED ones, the name and the NUMA policy may
 * be gone afterwards. */
int vbuf_os_decommit(void *addr, size_t size, uint32_t attrs);
/* A prefix may be changed on failure. */
int vbuf_os_protect(void *addr, size_t size, enum vbuf_prot prot);
/* Part of the range may be empty on failure, here and in the next. ENOTSUP: the system
 * has nothing for it, so that it takes a decommit and a commit. */
int vbuf_os_purge(void *addr, size_t size);
int vbuf_os_discard(void *addr, size_t size);
/* Whether others may read the pages while purge is at them. */
bool vbuf_os_purge_is_seamless(void);

/* Make resident and writable without a loss of concurrent writes. Populate is one
 * system call that does not tell how far it came; ENOTSUP where there is none.
 * Touch goes page by page, and *ret_done is written on failure too. */
int vbuf_os_populate(void *addr, size_t size);
int vbuf_os_touch(void *addr, size_t size, size_t *ret_done);

/* These four and numa may have done part of it on failure. Collapse: EPERM where huge
 * pages are forbidden for the range; slots without a resident page, or of which not all
 * is committed alike, are passed by. */
int vbuf_os_advise_huge(void *addr, size_t size, enum vbuf_huge huge);
int vbuf_os_collapse(void *addr, size_t size);
int vbuf_os_lock(void *addr, size_t size);
int vbuf_os_unlock(void *addr, size_t size);
int vbuf_os_numa(void *addr, size_t size, enum vbuf_numa policy, uint64_t nodes);

/* The run that begins at addr, cut at addr + size. */
int vbuf_os_query(void *addr, size_t size, struct vbuf_run *ret);
int vbuf_os_resident(void *addr, size_t size, size_t *ret);
/* Fills every field but page_size, granularity and huge_page_size. */
void vbuf_os_limits(struct vbuf_limits *ret);

uint32_t vbuf_os_error(void);
void vbuf_os_set_error(uint32_t code);
size_t vbuf_os_strerror(uint32_t code, char *buf, size_t size);

#endif
