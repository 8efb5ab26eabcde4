/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Who takes part, and what each is given. */
#include <stdlib.h>

#include "../allocators.h"
#include "smap.h"

#define HUGE .allocator = &bench_glibc, .huge = true

const struct smap_how smap_how_vbuf = { .peer = &smap_vbuf };
const struct smap_how smap_how_small = { .peer = &smap_vbuf, .small = true };
const struct smap_how smap_how_symmetric = { .peer = &smap_vbuf, .symmetric = true };
const struct smap_how smap_how_exclusive = { .peer = &smap_exclusive };
const struct smap_how smap_how_exclusive_small = { .peer = &smap_exclusive, .small = true };
const struct smap_how smap_how_used = { .peer = &smap_vbuf, .used = true };
const struct smap_how smap_how_plain_used = { .peer = &smap_plain, .used = true };
const struct smap_how smap_how_array = { .peer = &smap_array };
const struct smap_how smap_how_array_huge = { .peer = &smap_array, HUGE };
const struct smap_how smap_how_words = { .peer = &smap_words };
const struct smap_how smap_how_words_huge = { .peer = &smap_words, HUGE };
const struct smap_how smap_how_bits_huge = { .peer = &smap_bits, HUGE };
const struct smap_how smap_how_plain = { .peer = &smap_plain };
const struct smap_how smap_how_plain_huge = { .peer = &smap_plain, HUGE };
const struct smap_how smap_how_mutex = { .peer = &smap_mutex };
const struct smap_how smap_how_mutex_huge = { .peer = &smap_mutex, HUGE };
const struct smap_how smap_how_rwlock = { .peer = &smap_rwlock };
const struct smap_how smap_how_rwlock_huge = { .peer = &smap_rwlock, HUGE };
const struct smap_how smap_how_urcu_memb = { .peer = &smap_urcu_memb };
const struct smap_how smap_how_urcu_qsbr = { .peer = &smap_urcu_qsbr };
const struct smap_how smap_how_urcu_bp = { .peer = &smap_urcu_bp };
const struct smap_how smap_how_ck = { .peer = &smap_ck };

const char *const *
smap_environment(const void *how)
{
	const struct smap_how *h = how;

	return bench_allocator_environment(h ? h->allocator : NULL, h && h->huge);
}

bool
smap_may(struct bench_batch *b, const struct smap_how *how, bool able)
{
	if (how->peer->absent)
		bench_absent(b, how->peer->absent);
	else if (!able)
		bench_absent(b, "has no such call");
	else
		return bench_allocator_may(b, how->allocator, how->huge);
	return false;
}

uint64_t *
smap_handles(struct bench_batch *b, uint64_t n)
{
	static uint64_t *handles;

	free(handles);
	handles = malloc((size_t)n * sizeof *handles);
	if (!handles)
		bench_failed(b, "handles", "out of memory");
	for (uint64_t i = 0; i < n && handles; i++)
		handles[i] = UINT64_MAX;
	return handles;
}

void
smap_shuffle(uint64_t *some, uint64_t n)
{
	uint64_t random = 88172645463325252U;

	for (uint64_t i = n; i > 1; i--) {
		uint64_t k = smap_random(&random) % i, one = some[k];
		some[k] = some[i - 1];
		some[i - 1] = one;
	}
}
