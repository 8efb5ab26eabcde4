/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The whole cycle, over and over at one place: what a decommit costs in the end,
 * with all that it leaves for the next commit and the next touch to do. */
#include <stddef.h>

#include "../platform.h"
#include "vm.h"

static bool
one_cycle(struct bench_batch *b, const struct vm_peer *peer, struct vm_area *a)
{
	if (!vm_ok(b, "commit", peer->commit(a, VM_ROOM, (size_t)b->size)))
		return false;
	vm_touch(a->base + VM_ROOM, (size_t)b->size);
	return vm_ok(b, "decommit", peer->decommit(a, VM_ROOM, (size_t)b->size));
}

/* before: bytes in front of the range that stay committed and resident */
static void
cycles(struct bench_batch *b, size_t before)
{
	const struct vm_peer *peer = b->arg;
	struct vm_area a;

	if (!vm_open(b, peer, b->size, &a))
		return;
	if (before) {
		if (!vm_ok(b, "commit", peer->commit(&a, VM_ROOM - before, before)))
			goto out;
		vm_touch(a.base + VM_ROOM - before, before);
	}
	if (!one_cycle(b, peer, &a)) /* it builds what the others find */
		goto out;
	bench_start(b);
	for (uint64_t i = 0; i < b->ops; i++)
		if (!one_cycle(b, peer, &a))
			goto out;
	bench_stop(b);
out:
	vm_close(b, peer, &a);
}

/* Nothing else is committed near: who keeps the mapping split has less to do. */
static void
cycle(struct bench_batch *b)
{
	cycles(b, 0);
}

/* Behind a run that stays: a container that grows and shrinks. */
static void
cycle_at_end(struct bench_batch *b)
{
	cycles(b, (size_t)MIB);
}

static const uint64_t sizes[] = { 4 * KIB, 16 * KIB, 64 * KIB, MIB, 16 * MIB, 64 * MIB, 0 };

static const struct bench_variant variants[] = {
	{ "vbuf", cycle, &vm_vbuf },
	{ "vbuf, no-dump", cycle, &vm_vbuf_kept },
	{ "DONTNEED+mprotect", cycle, &vm_naive },
	{ NULL, NULL, NULL },
};

static const struct bench_variant end_variants[] = {
	{ "vbuf", cycle_at_end, &vm_vbuf },
	{ "vbuf, no-dump", cycle_at_end, &vm_vbuf_kept },
	{ "DONTNEED+mprotect", cycle_at_end, &vm_naive },
	{ NULL, NULL, NULL },
};

static const struct bench_target targets[] = {
	{ .variant = "vbuf", .figure = "time", .against = "DONTNEED+mprotect", .at_most = 1.3 },
	{ .variant = NULL },
};

const struct bench_family vm_cycle = {
	.name = "cycle",
	.op = "commit, touch each page, decommit, alone in a reservation",
	.baseline = "DONTNEED+mprotect",
	.sizes = sizes,
	.smoke_max = MIB,
	.quick_max = MIB,
	.variants = variants,
	.apart = vm_environment,
	.targets = targets,
};

const struct bench_family vm_cycle_end = {
	.name = "cycle-end",
	.op = "commit, touch each page, decommit, behind a committed run",
	.baseline = "DONTNEED+mprotect",
	.sizes = sizes,
	.smoke_max = MIB,
	.quick_max = MIB,
	.variants = end_variants,
	.apart = vm_environment,
	.targets = targets,
};
