/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The whole cycle, over and over at one place: what a decommit costs in the end,
 * with all that it leaves for the next commit and the next touch to do. */
#include <stddef.h>

#include "../platform.h"
#include "vm.h"

static void
cycle(struct bench_batch *b)
{
	const struct vm_peer *peer = b->arg;
	struct vm_area a;

	if (!vm_open(b, peer, b->size, &a))
		return;
	uint64_t faults = bench_faults();
	bench_start(b);
	for (uint64_t i = 0; i < b->ops; i++) {
		if (!vm_ok(b, "commit", peer->commit(&a, VM_ROOM, (size_t)b->size)))
			break;
		vm_touch(a.base + VM_ROOM, (size_t)b->size);
		if (!vm_ok(b, "decommit", peer->decommit(&a, VM_ROOM, (size_t)b->size)))
			break;
	}
	bench_stop(b);
	bench_metric(b, "faults", (double)(bench_faults() - faults) / (double)b->ops);
	vm_close(b, peer, &a);
}

static const uint64_t sizes[] = { 4 * KIB, 64 * KIB, MIB, 16 * MIB, 64 * MIB, 0 };

static const struct bench_variant variants[] = {
	{ "vbuf", cycle, &vm_vbuf },
	{ "vbuf, no-dump", cycle, &vm_vbuf_kept },
	{ "DONTNEED+mprotect", cycle, &vm_naive },
	{ NULL, NULL, NULL },
};

static const struct bench_target targets[] = {
	{ .variant = "vbuf", .figure = "time", .against = "DONTNEED+mprotect", .at_most = 1.3 },
	{ .variant = NULL },
};

const struct bench_family vm_cycle = {
	.name = "cycle",
	.op = "commit, touch each page, decommit",
	.baseline = "DONTNEED+mprotect",
	.sizes = sizes,
	.quick_max = MIB,
	.variants = variants,
	.targets = targets,
};
