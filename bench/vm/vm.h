/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The virtual-memory benchmarks: the interface that libvbuf and its peers stand
 * behind, so that each case is written once. One file per peer, one per subject.
 */
#ifndef BENCH_VM_VM_H
#define BENCH_VM_VM_H

#include <vbuf/vbuf.h>

#include "../bench.h"

#define KIB UINT64_C(1024)
#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)
#define TIB (UINT64_C(1) << 40)

struct vm_area {
	unsigned char *base;
	size_t size;
	struct vbuf v; /* of the peers that are libvbuf */
};

/* All functions return NULL, or what went wrong. Offsets and sizes are multiples
 * of the page. */
struct vm_peer {
	const char *absent; /* why it cannot run here, and then nothing else is set */
	const char *(*reserve)(const struct vm_peer *peer, struct vm_area *a, size_t size);
	const char *(*unreserve)(struct vm_area *a);
	const char *(*commit)(struct vm_area *a, size_t offset, size_t size);
	const char *(*decommit)(struct vm_area *a, size_t offset, size_t size);
	const char *(*prefault)(struct vm_area *a, size_t offset, size_t size);
	const char *(*purge)(struct vm_area *a, size_t offset, size_t size);
	const char *(*discard)(struct vm_area *a, size_t offset, size_t size);
	const struct vbuf_options *options; /* of the peers that are libvbuf */
};

extern const struct vm_peer vm_vbuf;       /* libvbuf as it is */
extern const struct vm_peer vm_vbuf_kept;  /* with options that each decommit sets anew */
extern const struct vm_peer vm_vbuf_small; /* VBUF_HUGE_NEVER */
extern const struct vm_peer vm_vbuf_huge;  /* VBUF_HUGE_PREFER */
extern const struct vm_peer vm_populate;   /* the same, and MAP_POPULATE for WILLNEED */
extern const struct vm_peer vm_naive;      /* mmap, mprotect, DONTNEED, WILLNEED, FREE */

/* On either side of the bytes that vm_open() is asked for, so that what lies next
 * to the reservation never becomes one mapping with what is committed in it. */
#define VM_ROOM ((size_t)(2 * MIB))

/* Open size bytes at offset VM_ROOM of *ret. false: nothing is open, and the
 * harness knows why. */
bool vm_open(struct bench_batch *b, const struct vm_peer *peer, uint64_t size, struct vm_area *ret);
void vm_close(struct bench_batch *b, const struct vm_peer *peer, struct vm_area *a);

/* Nothing: each batch just has a process of its own. */
const char *const *vm_environment(const void *peer);

/* Tell the harness if err is not NULL; returns whether it is. */
bool vm_ok(struct bench_batch *b, const char *what, const char *err);

/* Write one byte to each small page. */
void vm_touch(unsigned char *p, size_t size);

extern const struct bench_family vm_reserve, vm_life;                      /* reserve.c */
extern const struct bench_family vm_commit, vm_commit_island, vm_decommit; /* commit.c */
extern const struct bench_family vm_cycle, vm_cycle_end;                   /* cycle.c */
extern const struct bench_family vm_first_touch, vm_prefault;              /* touch.c */
extern const struct bench_family vm_empty;                                 /* empty.c */
extern const struct bench_family vm_give_back, vm_islands;                 /* back.c */

#endif
