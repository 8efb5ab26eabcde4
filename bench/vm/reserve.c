/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Taking address space and giving it back. */
#include <stddef.h>

#include "vm.h"

/* Sanitizers, emulators, resource limits and small machines end somewhere above this. */
#define EVERYWHERE (64 * MIB)

static bool
reserved(struct bench_batch *b, const struct vm_peer *peer, struct vm_area *a)
{
	const char *err = peer->reserve(peer, a, (size_t)b->size);

	if (err && b->size > EVERYWHERE)
		bench_absent(b, err);
	else if (err)
		bench_failed(b, "reserve", err);
	return err == NULL;
}

static bool
possible(struct bench_batch *b, const struct vm_peer *peer)
{
	if (peer->absent)
		bench_absent(b, peer->absent);
	else if (b->size > SIZE_MAX / 2)
		bench_absent(b, "more than the addresses of this machine");
	else
		return true;
	return false;
}

static void
reserve_unreserve(struct bench_batch *b)
{
	const struct vm_peer *peer = b->arg;
	struct vm_area a;

	if (!possible(b, peer))
		return;
	bench_start(b);
	for (uint64_t i = 0; i < b->ops; i++)
		if (!reserved(b, peer, &a) || !vm_ok(b, "unreserve", peer->unreserve(&a)))
			return;
	bench_stop(b);
}

/* The least that a container costs: one page of it is used. */
static void
short_life(struct bench_batch *b)
{
	const struct vm_peer *peer = b->arg;
	struct vm_area a;

	if (!possible(b, peer))
		return;
	bench_start(b);
	for (uint64_t i = 0; i < b->ops; i++) {
		if (!reserved(b, peer, &a) ||
		    !vm_ok(b, "commit", peer->commit(&a, 0, vbuf_page_size())))
			return;
		*(volatile unsigned char *)a.base = 1;
		if (!vm_ok(b, "unreserve", peer->unreserve(&a)))
			return;
	}
	bench_stop(b);
}

static const struct bench_variant reserve_variants[] = {
	{ "vbuf", reserve_unreserve, &vm_vbuf },
	{ "vbuf, no-dump", reserve_unreserve, &vm_vbuf_kept },
	{ "mmap", reserve_unreserve, &vm_naive },
	{ NULL, NULL, NULL },
};

static const struct bench_variant life_variants[] = {
	{ "vbuf", short_life, &vm_vbuf },
	{ "mmap", short_life, &vm_naive },
	{ NULL, NULL, NULL },
};

static const uint64_t sizes[] = { 64 * KIB, MIB, 64 * MIB, GIB, 16 * GIB, TIB, 64 * TIB, 0 };
static const uint64_t life_sizes[] = { 64 * KIB, GIB, 64 * TIB, 0 };

const struct bench_family vm_reserve = {
	.name = "reserve",
	.op = "reserve, unreserve",
	.baseline = "mmap",
	.sizes = sizes,
	.smoke_max = 16 * GIB,
	.quick_max = GIB,
	.variants = reserve_variants,
	.apart = vm_environment,
};

const struct bench_family vm_life = {
	.name = "life",
	.op = "reserve, commit one page, touch it, unreserve",
	.baseline = "mmap",
	.sizes = life_sizes,
	.smoke_max = GIB,
	.quick_max = GIB,
	.variants = life_variants,
	.apart = vm_environment,
};
