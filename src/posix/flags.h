/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The protection and the flags of every mapping: reserve and decommit must agree on
 * them. What a system has no flag for, it does by itself or not at all. */
#ifndef VBUF_SRC_POSIX_FLAGS_H
#define VBUF_SRC_POSIX_FLAGS_H

#include <sys/mman.h>

#include "../os.h"

#ifndef MAP_ANONYMOUS
#define MAP_ANONYMOUS MAP_ANON
#endif
#ifndef MAP_NORESERVE /* FreeBSD; OpenBSD has it as 0 */
#define MAP_NORESERVE 0
#endif
#ifndef MAP_CONCEAL /* OpenBSD alone: not in core dumps */
#define MAP_CONCEAL 0
#endif

/* What a mapping may become later, where that must be said at first. */
#if defined(PROT_MAX) /* FreeBSD, where vm.imply_prot_max may be set */
#define VBUF_PROT_MOST(prot) PROT_MAX(prot)
#elif defined(PROT_MPROTECT) /* NetBSD, under PaX MPROTECT */
#define VBUF_PROT_MOST(prot) PROT_MPROTECT(prot)
#else
#define VBUF_PROT_MOST(prot) ((prot)&0)
#endif

static inline int
vbuf_map_flags(uint32_t attrs)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS;

	if (attrs & VBUF_OS_UNCHARGED)
		flags |= MAP_NORESERVE;
	if (attrs & VBUF_OS_NO_DUMP)
		flags |= MAP_CONCEAL;
	return flags;
}

static inline int
vbuf_map_prot(uint32_t attrs)
{
	int most = PROT_READ | PROT_WRITE;

	if (attrs & VBUF_OS_EXEC)
		most |= PROT_EXEC;
	return (attrs & VBUF_OS_READABLE ? PROT_READ : PROT_NONE) | VBUF_PROT_MOST(most);
}

#endif
