/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Commit and decommit by chunk: the calls alone. */
#include <stddef.h>

#include "vm.h"

static uint64_t
at_most(uint64_t n, uint64_t most)
{
	return n < most ? n : most;
}

/* Chunks a fraction of stride apart; what is committed is given back between
 * rounds, untimed. */
static void
commit_chunks(struct bench_batch *b, uint64_t stride, uint64_t chunks)
{
	const struct vm_peer *peer = b->arg;
	struct vm_area a;
	uint64_t done = 0;

	if (!vm_open(b, peer, stride * chunks, &a))
		return;
	while (done < b->ops) {
		bench_start(b);
		for (uint64_t i = 0; i < chunks; i++)
			if (!vm_ok(b, "commit",
			           peer->commit(&a, VM_ROOM + (size_t)(i * stride),
			                        (size_t)b->size)))
				goto out;
		bench_stop(b);
		done += chunks;
		if (!vm_ok(b, "decommit", peer->decommit(&a, VM_ROOM, (size_t)(stride * chunks))))
			goto out;
	}
	b->ops = done;
out:
	vm_close(b, peer, &a);
}

/* One behind the other, as a growing container does: one mapping grows. */
static void
commit_next(struct bench_batch *b)
{
	commit_chunks(b, b->size, at_most(1024, GIB / b->size));
}

/* With gaps: each is a mapping of its own. */
static void
commit_islands(struct bench_batch *b)
{
	commit_chunks(b, 2 * b->size, at_most(1024, GIB / b->size));
}

/* Of memory that is there; touching it again is not timed. */
static void
decommit_touched(struct bench_batch *b)
{
	const struct vm_peer *peer = b->arg;
	const uint64_t chunks = at_most(256, 64 * MIB / b->size);
	struct vm_area a;
	uint64_t done = 0;

	if (!vm_open(b, peer, b->size * chunks, &a))
		return;
	while (done < b->ops) {
		if (!vm_ok(b, "commit", peer->commit(&a, VM_ROOM, (size_t)(b->size * chunks))))
			goto out;
		vm_touch(a.base + VM_ROOM, (size_t)(b->size * chunks));
		bench_start(b);
		for (uint64_t i = 0; i < chunks; i++)
			if (!vm_ok(b, "decommit",
			           peer->decommit(&a, VM_ROOM + (size_t)(i * b->size),
			                          (size_t)b->size)))
				goto out;
		bench_stop(b);
		done += chunks;
	}
	b->ops = done;
out:
	vm_close(b, peer, &a);
}

static const uint64_t sizes[] = { 4 * KIB, 64 * KIB, 512 * KIB, 2 * MIB, 64 * MIB, 0 };

static const struct bench_variant next_variants[] = {
	{ "vbuf", commit_next, &vm_vbuf },
	{ "mprotect", commit_next, &vm_naive },
	{ NULL, NULL, NULL },
};

static const struct bench_variant island_variants[] = {
	{ "vbuf", commit_islands, &vm_vbuf },
	{ "mprotect", commit_islands, &vm_naive },
	{ NULL, NULL, NULL },
};

static const struct bench_variant decommit_variants[] = {
	{ "vbuf", decommit_touched, &vm_vbuf },
	{ "vbuf, no-dump", decommit_touched, &vm_vbuf_kept },
	{ "DONTNEED+mprotect", decommit_touched, &vm_naive },
	{ NULL, NULL, NULL },
};

const struct bench_family vm_commit = {
	.name = "commit",
	.op = "commit the chunk behind the last one",
	.baseline = "mprotect",
	.sizes = sizes,
	.smoke_max = 2 * MIB,
	.quick_max = 64 * KIB,
	.variants = next_variants,
	.apart = vm_environment,
};

const struct bench_family vm_commit_island = {
	.name = "commit-island",
	.op = "commit a chunk with gaps on both sides",
	.baseline = "mprotect",
	.sizes = sizes,
	.smoke_max = 2 * MIB,
	.quick_max = 64 * KIB,
	.variants = island_variants,
	.apart = vm_environment,
};

const struct bench_family vm_decommit = {
	.name = "decommit",
	.op = "decommit a chunk that is all resident",
	.baseline = "DONTNEED+mprotect",
	.sizes = sizes,
	.smoke_max = 2 * MIB,
	.quick_max = 64 * KIB,
	.variants = decommit_variants,
	.apart = vm_environment,
};
