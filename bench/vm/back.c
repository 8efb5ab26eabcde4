/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the system has back after a decommit: charge, memory, mappings. */
#include <stddef.h>

#include "../platform.h"
#include "vm.h"

#define ISLANDS 1000

/* Large ranges are touched here and there only: the charge does not care. */
static void
touch_some(unsigned char *p, uint64_t size)
{
	const uint64_t step = 64 * MIB;

	if (size <= step) {
		vm_touch(p, (size_t)size);
		return;
	}
	for (uint64_t i = 0; i < size; i += step)
		p[i] = 1;
}

struct holding {
	bool told, system_told;
	struct bench_memory memory;
	uint64_t system_charge;
};

static struct holding
look(const struct vm_area *a)
{
	struct holding h;

	h.told = bench_memory_of(a->base, a->size, &h.memory);
	h.system_told = bench_system_charge(&h.system_charge);
	return h;
}

static void
report(struct bench_batch *b, const struct holding *full, const struct holding *after)
{
	double size = (double)b->size;

	if (full->told && after->told) {
		bench_metric(b, "charge_returned",
		             ((double)full->memory.charge - (double)after->memory.charge) / size);
		bench_metric(b, "resident_left", (double)after->memory.resident / size);
		bench_metric(b, "mappings_left", (double)after->memory.mappings);
	}
	/* Of the whole system: other programs are lost in the noise of a large range only. */
	if (full->system_told && after->system_told && b->size >= GIB)
		bench_metric(b, "system_charge_returned",
		             ((double)full->system_charge - (double)after->system_charge) / size);
}

static void
give_back(struct bench_batch *b)
{
	const struct vm_peer *peer = b->arg;
	struct vm_area a;

	if (!vm_open(b, peer, b->size, &a))
		return;
	for (uint64_t done = 0; done < b->ops; done++) {
		struct holding full, after;

		if (!vm_ok(b, "commit", peer->commit(&a, VM_ROOM, (size_t)b->size)))
			break;
		touch_some(a.base + VM_ROOM, b->size);
		if (done == 0)
			full = look(&a);
		bench_start(b);
		const char *err = peer->decommit(&a, VM_ROOM, (size_t)b->size);
		bench_stop(b);
		if (!vm_ok(b, "decommit", err))
			break;
		if (done == 0) {
			after = look(&a);
			report(b, &full, &after);
		}
	}
	vm_close(b, peer, &a);
}

static bool
one_island(struct bench_batch *b, struct vm_area *a, size_t offset, bool commit)
{
	const struct vm_peer *peer = b->arg;
	size_t page = vbuf_page_size();

	if (!commit)
		return vm_ok(b, "decommit", peer->decommit(a, offset, page));
	if (!vm_ok(b, "commit", peer->commit(a, offset, page)))
		return false;
	a->base[offset] = 1;
	return true;
}

static void
islands(struct bench_batch *b)
{
	const struct vm_peer *peer = b->arg;
	const size_t step = 2 * vbuf_page_size();
	struct bench_memory full, after;
	struct vm_area a;
	uint64_t done;

	if (!vm_open(b, peer, ISLANDS * step, &a))
		return;
	for (done = 0; done < b->ops; done += ISLANDS) {
		bool told = true;

		bench_start(b);
		for (size_t i = 0; i < ISLANDS; i++)
			if (!one_island(b, &a, VM_ROOM + i * step, true))
				goto out;
		bench_stop(b);
		if (done == 0)
			told = bench_memory_of(a.base, a.size, &full);
		bench_start(b);
		for (size_t i = 0; i < ISLANDS; i++)
			if (!one_island(b, &a, VM_ROOM + i * step, false))
				goto out;
		bench_stop(b);
		if (done == 0 && told && bench_memory_of(a.base, a.size, &after)) {
			bench_metric(b, "mappings_full", (double)full.mappings);
			bench_metric(b, "mappings_left", (double)after.mappings);
		}
	}
	b->ops = done;
out:
	vm_close(b, peer, &a);
}

static const uint64_t sizes[] = { 64 * KIB, MIB, 64 * MIB, GIB, 0 };

static const struct bench_variant give_back_variants[] = {
	{ "vbuf", give_back, &vm_vbuf },
	{ "vbuf, no-dump", give_back, &vm_vbuf_kept },
	{ "DONTNEED+mprotect", give_back, &vm_naive },
	{ NULL, NULL, NULL },
};

static const struct bench_variant island_variants[] = {
	{ "vbuf", islands, &vm_vbuf },
	{ "vbuf, no-dump", islands, &vm_vbuf_kept },
	{ "DONTNEED+mprotect", islands, &vm_naive },
	{ NULL, NULL, NULL },
};

static const struct bench_target give_back_targets[] = {
	{ .variant = "vbuf", .figure = "charge_returned", .at_least = 1 },
	{ .variant = "vbuf, no-dump", .figure = "charge_returned", .at_least = 1 },
	{ .variant = NULL },
};

static const struct bench_target island_targets[] = {
	{ .variant = "vbuf", .figure = "mappings_left", .at_most = 1 },
	{ .variant = "vbuf, no-dump", .figure = "mappings_left", .at_most = 1 },
	{ .variant = NULL },
};

const struct bench_family vm_give_back = {
	.name = "give-back",
	.op = "decommit a range that was touched",
	.baseline = "DONTNEED+mprotect",
	.sizes = sizes,
	.smoke_max = 64 * MIB,
	.quick_max = 64 * MIB,
	.variants = give_back_variants,
	.apart = vm_environment,
	.targets = give_back_targets,
};

const struct bench_family vm_islands = {
	.name = "islands",
	.op = "commit, touch, and later decommit each of 1000 single pages",
	.baseline = "DONTNEED+mprotect",
	.variants = island_variants,
	.apart = vm_environment,
	.targets = island_targets,
};
