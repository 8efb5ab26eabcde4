/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Ways to be rid of contents and write anew at the same place. */
#include <stddef.h>

#include "vm.h"

enum how { PURGE, DISCARD, DECOMMIT };

struct way {
	const struct vm_peer *peer;
	enum how how;
};

static const char *
make_empty(const struct way *way, struct vm_area *a, size_t size)
{
	const char *err;

	switch (way->how) {
	case PURGE:
		return way->peer->purge(a, VM_ROOM, size);
	case DISCARD:
		return way->peer->discard(a, VM_ROOM, size);
	default:
		err = way->peer->decommit(a, VM_ROOM, size);
		return err ? err : way->peer->commit(a, VM_ROOM, size);
	}
}

static void
write_and_empty(struct bench_batch *b)
{
	const struct way *way = b->arg;
	struct vm_area a;

	if (!vm_open(b, way->peer, b->size, &a))
		return;
	if (!vm_ok(b, "commit", way->peer->commit(&a, VM_ROOM, (size_t)b->size)))
		goto out;
	vm_touch(a.base + VM_ROOM, (size_t)b->size);
	if (!vm_ok(b, "empty", make_empty(way, &a, (size_t)b->size)))
		goto out;
	bench_start(b);
	for (uint64_t i = 0; i < b->ops; i++) {
		vm_touch(a.base + VM_ROOM, (size_t)b->size);
		if (!vm_ok(b, "empty", make_empty(way, &a, (size_t)b->size)))
			break;
	}
	bench_stop(b);
out:
	vm_close(b, way->peer, &a);
}

static const struct way discard = { &vm_vbuf, DISCARD };
static const struct way purge = { &vm_vbuf, PURGE };
static const struct way decommit = { &vm_vbuf, DECOMMIT };
static const struct way free_it = { &vm_naive, DISCARD };
static const struct way dontneed = { &vm_naive, PURGE };
static const struct way mprotect_twice = { &vm_naive, DECOMMIT };

static const struct bench_variant variants[] = {
	{ "discard", write_and_empty, &discard },
	{ "purge", write_and_empty, &purge },
	{ "decommit+commit", write_and_empty, &decommit },
	{ "FREE", write_and_empty, &free_it },
	{ "DONTNEED", write_and_empty, &dontneed },
	{ "DONTNEED+mprotect twice", write_and_empty, &mprotect_twice },
	{ NULL, NULL, NULL },
};

static const uint64_t sizes[] = { 64 * KIB, MIB, 16 * MIB, 0 };

const struct bench_family vm_empty = {
	.name = "empty",
	.op = "touch each page, then empty the range",
	.baseline = "decommit+commit",
	.sizes = sizes,
	.smoke_max = MIB,
	.quick_max = MIB,
	.variants = variants,
	.apart = vm_environment,
};
