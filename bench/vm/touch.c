/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The first touch, which costs more than all calls together, and prefault. */
#include <stddef.h>

#include "../platform.h"
#include "vm.h"

/* What part of a range is there, and what part of that in huge pages. */
static void
residency(struct bench_batch *b, const unsigned char *p, size_t size)
{
	struct bench_memory m;

	if (!bench_memory_of(p, size, &m))
		return;
	bench_metric(b, "resident_fraction", (double)m.resident / (double)size);
	bench_metric(b, "huge_fraction", (double)m.huge / (double)size);
}

/* What the loop itself takes. */
static void
touch_again(struct bench_batch *b)
{
	const struct vm_peer *peer = b->arg;
	const uint64_t pages = b->size / vbuf_page_size();
	uint64_t done = 0;
	struct vm_area a;

	if (!vm_open(b, peer, b->size, &a))
		return;
	if (vm_ok(b, "commit", peer->commit(&a, VM_ROOM, (size_t)b->size))) {
		vm_touch(a.base + VM_ROOM, (size_t)b->size);
		bench_start(b);
		for (; done < b->ops; done += pages)
			vm_touch(a.base + VM_ROOM, (size_t)b->size);
		bench_stop(b);
		b->ops = done;
	}
	vm_close(b, peer, &a);
}

static void
first_touch(struct bench_batch *b)
{
	const struct vm_peer *peer = b->arg;
	const uint64_t pages = b->size / vbuf_page_size();
	struct vm_area a;
	uint64_t done;

	for (done = 0; done < b->ops; done += pages) {
		if (!vm_open(b, peer, b->size, &a))
			return;
		if (vm_ok(b, "commit", peer->commit(&a, VM_ROOM, (size_t)b->size))) {
			bench_start(b);
			vm_touch(a.base + VM_ROOM, (size_t)b->size);
			bench_stop(b);
			if (done == 0)
				residency(b, a.base + VM_ROOM, (size_t)b->size);
		}
		vm_close(b, peer, &a);
	}
	b->ops = done;
}

enum how { PREFAULT, TOUCH };

struct way {
	const struct vm_peer *peer;
	enum how how;
};

static const char *
make_ready(const struct way *way, struct vm_area *a, size_t offset, size_t size)
{
	if (way->how == PREFAULT)
		return way->peer->prefault(a, offset, size);
	vm_touch(a->base + offset, size);
	return NULL;
}

/* b->size is that of one call; they go over an area that is the same for all. */
static void
make_resident(struct bench_batch *b)
{
	const struct way *way = b->arg;
	const size_t size = (size_t)(b->smoke ? 8 * MIB : 64 * MIB);
	const uint64_t pages = size / vbuf_page_size();
	struct vm_area a;
	uint64_t done;

	for (done = 0; done < b->ops; done += pages) {
		if (!vm_open(b, way->peer, size, &a))
			return;
		if (!vm_ok(b, "commit", way->peer->commit(&a, VM_ROOM, size)))
			goto out;
		bench_start(b);
		for (size_t i = 0; i < size; i += (size_t)b->size)
			if (!vm_ok(b, "prefault",
			           make_ready(way, &a, VM_ROOM + i, (size_t)b->size)))
				goto out;
		bench_stop(b);
		if (done == 0)
			residency(b, a.base + VM_ROOM, size);
		uint64_t start = bench_now();
		vm_touch(a.base + VM_ROOM, size);
		bench_metric(b, "touch_after_ns", (double)(bench_now() - start) / (double)pages);
		vm_close(b, way->peer, &a);
	}
	b->ops = done;
	return;
out:
	vm_close(b, way->peer, &a);
}

static const uint64_t touch_sizes[] = { 8 * MIB, 64 * MIB, 0 };
static const uint64_t call_sizes[] = { 64 * KIB, 2 * MIB, 64 * MIB, 0 };

static const struct bench_variant touch_variants[] = {
	{ "huge pages", first_touch, &vm_vbuf_huge },
	{ "small pages", first_touch, &vm_vbuf_small },
	{ "default", first_touch, &vm_vbuf },
	{ "mmap+mprotect", first_touch, &vm_naive },
	{ "floor: warm pages", touch_again, &vm_vbuf_small },
	{ NULL, NULL, NULL },
};

static const struct way prefault = { &vm_vbuf, PREFAULT };
static const struct way prefault_huge = { &vm_vbuf_huge, PREFAULT };
static const struct way touch = { &vm_vbuf, TOUCH };
static const struct way willneed = { &vm_naive, PREFAULT };
static const struct way populate = { &vm_populate, PREFAULT };

static const struct bench_variant prefault_variants[] = {
	{ "prefault", make_resident, &prefault },
	{ "prefault, huge pages", make_resident, &prefault_huge },
	{ "touch", make_resident, &touch },
	{ "WILLNEED", make_resident, &willneed },
	{ "floor: MAP_POPULATE", make_resident, &populate },
	{ NULL, NULL, NULL },
};

static const struct bench_target touch_targets[] = {
	{ .variant = "huge pages",
	  .figure = "time",
	  .against = "small pages",
	  .at_most = 0.25,
	  .min_size = 64 * MIB },
	{ .variant = NULL },
};

static const struct bench_target prefault_targets[] = {
	{ .variant = "prefault", .figure = "resident_fraction", .at_least = 1 },
	{ .variant = NULL },
};

const struct bench_family vm_first_touch = {
	.name = "first-touch",
	.op = "write to a fresh small page",
	.baseline = "small pages",
	.sizes = touch_sizes,
	.smoke_max = 8 * MIB,
	.quick_max = 64 * MIB,
	.variants = touch_variants,
	.apart = vm_environment,
	.targets = touch_targets,
};

const struct bench_family vm_prefault = {
	.name = "prefault",
	.op = "make a small page ready, by calls for so much at a time",
	.baseline = "touch",
	.sizes = call_sizes,
	.smoke_max = 2 * MIB,
	.quick_max = 2 * MIB,
	.cost_ns = 0.3,
	.variants = prefault_variants,
	.apart = vm_environment,
	.targets = prefault_targets,
};
