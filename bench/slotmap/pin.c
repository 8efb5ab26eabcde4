/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* To begin reading and to end it, and nothing else. */
#include <stddef.h>

#include "smap.h"

static void
pins(struct bench_batch *b)
{
	const struct smap_how *how = b->arg;

	if (!smap_may(b, how, how->peer->pins != NULL))
		return;
	if (!how->peer->open(how, 1000)) {
		bench_failed(b, "open", "out of memory");
		return;
	}
	bench_start(b);
	bool good = how->peer->pins(b->ops) == b->ops;
	bench_stop(b);
	how->peer->close();
	if (!good)
		bench_failed(b, "pin", "failed");
}

static const struct bench_variant variants[] = {
	{ "slotmap", pins, &smap_how_vbuf },
	{ "slotmap, symmetric", pins, &smap_how_symmetric },
	{ "urcu memb", pins, &smap_how_urcu_memb },
	{ "urcu bp", pins, &smap_how_urcu_bp },
	{ "urcu qsbr", pins, &smap_how_urcu_qsbr },
	{ "ck epoch", pins, &smap_how_ck },
	{ "mutex", pins, &smap_how_mutex },
	{ "rwlock", pins, &smap_how_rwlock },
	{ NULL, NULL, NULL },
};

const struct bench_family smap_case_pin = {
	.name = "pin",
	.op = "pin and unpin, and what others have for it",
	.baseline = "urcu memb",
	.variants = variants,
	.apart = smap_environment,
};
